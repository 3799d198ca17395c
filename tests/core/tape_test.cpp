#include "core/tape.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <thread>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/ops/add.h"
#include "core/ops/batch_normalization.h"
#include "core/ops/conv.h"
#include "core/ops/dropout.h"
#include "core/ops/flatten.h"
#include "core/ops/gemm.h"
#include "core/ops/global_average_pool.h"
#include "core/ops/max_pool.h"
#include "core/ops/mul.h"
#include "core/ops/relu.h"
#include "core/parallel.h"
#include "tests/core/nodes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using test::Nodes;
using test::random_tensor;
using test::same_bits;

namespace {

/// A small residual GAP network: conv1 bn relu1 pool, conv2 added to pool, relu2 gap flat fc.
Network gap_network() {
  Nodes n;
  const ValueId picture = n.input("picture");
  const ValueId w1 = n.parameter("conv1.weight", random_tensor({4, 3, 3, 3}, 1));
  const ValueId b1 = n.parameter("conv1.bias", random_tensor({4}, 2));
  const ValueId scale = n.parameter("bn.weight", random_tensor({4}, 3, 0.5F, 1.5F));
  const ValueId shift = n.parameter("bn.bias", random_tensor({4}, 4));
  const ValueId mean = n.parameter("bn.running_mean", random_tensor({4}, 5), false);
  const ValueId variance = n.parameter("bn.running_var", random_tensor({4}, 6, 0.5F, 2.0F), false);
  const ValueId w2 = n.parameter("conv2.weight", random_tensor({4, 4, 3, 3}, 7));
  const ValueId w3 = n.parameter("fc.weight", random_tensor({5, 4}, 8));
  const ValueId b3 = n.parameter("fc.bias", random_tensor({5}, 9));
  const ops::ConvOptions same{.pads = {1, 1, 1, 1}};
  const ValueId conv1 = n.apply("conv1", ops::Conv(same), {picture, w1, b1});
  const ValueId bn =
      n.apply("bn", ops::BatchNormalization(), {conv1, scale, shift, mean, variance});
  const ValueId relu1 = n.apply("relu1", ops::Relu(), {bn});
  const ValueId pool = n.apply("pool", ops::MaxPool(), {relu1});
  const ValueId conv2 = n.apply("conv2", ops::Conv(same), {pool, w2});
  const ValueId sum = n.apply("sum", ops::Add(), {conv2, pool});
  const ValueId relu2 = n.apply("relu2", ops::Relu(), {sum});
  const ValueId gap = n.apply("gap", ops::GlobalAveragePool(), {relu2});
  const ValueId flat = n.apply("flat", ops::Flatten(), {gap});
  const ValueId fc = n.apply("fc", ops::Gemm(), {flat, w3, b3});
  return std::move(n).finish(picture, fc, {3, 8, 8});
}

Tensor picture(std::uint64_t seed = 20) { return random_tensor({1, 3, 8, 8}, seed); }

Tensor one_hot(std::int64_t index) {
  Tensor seed({1, 5});
  seed.mutable_data()[static_cast<std::size_t>(index)] = 1.0F;
  return seed;
}

std::vector<ValueId> find_all(const Network& net, std::initializer_list<const char*> names) {
  std::vector<ValueId> ids;
  for (const char* name : names) ids.push_back(net.find(name));
  return ids;
}

std::vector<std::string> names_of(const Network& net, const std::vector<ValueId>& ids) {
  std::vector<std::string> names;
  for (const ValueId id : ids) names.push_back(net.node(id).name);
  return names;
}

using Names = std::vector<std::string>;

VjpOverrides guided() {
  return {{"Relu",
           [](const VjpContext& c) { c.input_grads[0] = where_positive(c.output, relu(c.grad)); }}};
}

VjpOverrides deconvnet() {
  return {{"Relu", [](const VjpContext& c) { c.input_grads[0] = relu(c.grad); }}};
}

}  // namespace

TEST_CASE("backward stops at what was asked for") {
  const Network net = gap_network();
  const ValueId fc = net.output();
  const ValueId layer = net.find("relu2");
  const Tape to_layer = forward(net, picture(), {.wrt = {layer}});
  CHECK(names_of(net, to_layer.backward_order(fc)) == Names{"fc", "flat", "gap"});
  const Tape to_picture = forward(net, picture(), {.wrt = {net.input(), layer}});
  CHECK(to_picture.backward_order(fc).size() == 10);
  CHECK(to_picture.backward_order(fc, std::array{layer}).size() == 3);
  CHECK(names_of(net, to_picture.backward_order(net.find("relu1"))) ==
        Names{"relu1", "bn", "conv1"});
  CHECK(to_picture.backward_order(net.find("conv1.weight")).empty());
}

TEST_CASE("forward holds what will be read and nothing else") {
  const Network net = gap_network();
  const auto alive = [&](const Request& request) {
    return names_of(net, forward(net, picture(), request).alive());
  };
  const ValueId fc = net.output();
  const ValueId layer = net.find("relu2");
  CHECK(alive({}) == Names{"fc"});
  CHECK(alive({.keep = {layer, fc}, .wrt = {layer}}) == Names{"relu2", "fc"});
  CHECK(alive({.wrt = {net.input()}}) == Names{"relu1", "relu2", "fc"});
  CHECK(alive({.wrt = net.parameters(true), .training = true}) ==
        Names{"picture", "conv1", "relu1", "pool", "relu2", "flat", "fc"});
  CHECK(alive({.wrt = {net.find("fc.bias")}}) == Names{"fc"});
  CHECK(alive({.wrt = {layer}, .keep_all = true}).size() == 11);
}

TEST_CASE("nothing runs that nobody wants") {
  const Network net = gap_network();
  const ValueId relu1 = net.find("relu1");
  const Tape tape = forward(net, picture(), {.keep = {relu1}, .wrt = {net.input()}});
  CHECK_THROWS_AS(tape.backward(net.output(), one_hot(0)), ArgumentError);
  CHECK_THROWS_WITH(tape.output(), Catch::Contains("\"fc\""));
  CHECK(tape.backward(relu1, Tensor({1, 4, 8, 8}, 1.0F)).size() == 1);
}

TEST_CASE("Grad-CAM's gradient on a GAP network is the weight over the map's size") {
  const Network net = gap_network();
  const ValueId layer = net.find("relu2");
  const Tape tape = forward(net, picture(), {.keep = {layer, net.output()}, .wrt = {layer}});
  const Tensor& weight = net.node(net.find("fc.weight")).parameter;
  for (const std::int64_t target : {0, 3}) {
    const Tensor grad = tape.backward(net.output(), one_hot(target)).at(layer);
    REQUIRE(grad.shape() == Shape{1, 4, 4, 4});
    for (std::size_t i = 0; i < 64; ++i) {
      const std::size_t channel = i / 16;
      CHECK(grad.data()[i] ==
            Approx(weight.data()[static_cast<std::size_t>(target) * 4 + channel] / 16.0F));
    }
  }
}

TEST_CASE("saliency agrees with differences of the logit") {
  const Network net = gap_network();
  const Tensor x = picture();
  const Tape tape = forward(net, x, {.wrt = {net.input()}});
  const Tensor grad = tape.backward(net.output(), one_hot(2)).at(net.input());
  const auto logit = [&](const Tensor& at) {
    return static_cast<double>(forward(net, at).output().data()[2]);
  };
  std::size_t agreeing = 0;
  constexpr std::size_t kCount = 3 * 8 * 8;
  for (std::size_t i = 0; i < kCount; ++i) {
    constexpr float kStep = 2e-3F;
    Tensor above = x;
    Tensor below = x;
    above.mutable_data()[i] += kStep;
    below.mutable_data()[i] -= kStep;
    const double slope = (logit(above) - logit(below)) / (2.0 * static_cast<double>(kStep));
    if (std::abs(slope - static_cast<double>(grad.data()[i])) < 2e-3) ++agreeing;
  }
  CHECK(agreeing > kCount * 9 / 10);  // the others cross a kink of a ReLU or a switch of the pool
}

TEST_CASE("gradients of several uses add up") {
  Nodes n;
  const ValueId x = n.input("x");
  const ValueId twice = n.apply("twice", ops::Add(), {x, x});
  const ValueId y = n.apply("y", ops::Mul(), {x, twice});
  const Network net = std::move(n).finish(x, y, {});
  const Tensor at({3}, std::vector<float>{1, -2, 0.5F});
  const Tape tape = forward(net, at, {.wrt = {x, twice}});
  const Gradients grads = tape.backward(y, Tensor({3}, 1.0F));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(grads.at(x).data()[i] == 4.0F * at.data()[i]);
    CHECK(grads.at(twice).data()[i] == at.data()[i]);
  }
}

TEST_CASE("one tape serves several targets, and the seed stays as it was") {
  const Network net = gap_network();
  const Tape shared = forward(net, picture(), {.wrt = {net.input()}});
  for (std::int64_t target = 0; target < 5; ++target) {
    const Tensor seed = one_hot(target);
    const Tensor once = shared.backward(net.output(), seed).at(net.input());
    const Tape own = forward(net, picture(), {.wrt = {net.input()}});
    CHECK(same_bits(once, own.backward(net.output(), one_hot(target)).at(net.input())));
    CHECK(same_bits(once, shared.backward(net.output(), seed).at(net.input())));
    CHECK(same_bits(seed, one_hot(target)));
  }
}

TEST_CASE("overrides replace the vjp of one type for one call") {
  const Network net = gap_network();
  const Tape tape = forward(net, picture(), {.wrt = {net.input()}});
  const auto run = [&](const VjpOverrides& rules) {
    return tape.backward(net.output(), one_hot(1), rules).at(net.input());
  };
  const Tensor standard = run({});
  CHECK_FALSE(same_bits(run(guided()), standard));
  CHECK_FALSE(same_bits(run(deconvnet()), standard));
  CHECK_FALSE(same_bits(run(deconvnet()), run(guided())));
  CHECK(same_bits(run({}), standard));
  int calls = 0;
  const VjpOverrides counting{{"Relu", [&](const VjpContext& c) {
                                 ++calls;
                                 ops::Relu().vjp(c);
                               }}};
  CHECK(same_bits(run(counting), standard));
  CHECK(calls == 2);
  const VjpOverrides elsewhere{{"Tanh", [](const VjpContext&) { throw Error("never"); }}};
  CHECK(same_bits(run(elsewhere), standard));
}

TEST_CASE("a part of wrt gives the same gradients for less work") {
  const Network net = gap_network();
  const std::vector<ValueId> all = net.parameters(true);
  const Tape tape = forward(net, picture(), {.wrt = all});
  const Gradients full = tape.backward(net.output(), one_hot(0));
  CHECK(full.size() == all.size());
  for (const ValueId id : all) {
    const Gradients one = tape.backward(net.output(), one_hot(0), {}, std::array{id});
    REQUIRE(one.size() == 1);
    CHECK(same_bits(one.at(id), full.at(id)));
  }
}

TEST_CASE("a value that the target does not depend on gets zeros") {
  const Network net = gap_network();
  const ValueId relu1 = net.find("relu1");
  const ValueId late = net.find("conv2.weight");
  const Tape tape =
      forward(net, picture(), {.keep = {relu1, net.output()}, .wrt = {late, net.input()}});
  const Gradients grads = tape.backward(relu1, Tensor({1, 4, 8, 8}, 1.0F));
  CHECK(same_bits(grads.at(late), Tensor({4, 4, 3, 3})));
}

TEST_CASE("keep_all lets a rule read what the op declined") {
  const Network net = gap_network();
  const VjpOverrides reads_output{{"Conv", [](const VjpContext& c) {
                                     static_cast<void>(c.output.data());
                                     static_cast<void>(c.inputs[0].data());
                                     ops::Conv({.pads = {1, 1, 1, 1}}).vjp(c);
                                   }}};
  const Tape lean = forward(net, picture(), {.wrt = {net.input()}});
  CHECK_THROWS_WITH(lean.backward(net.output(), one_hot(0), reads_output),
                    Catch::Contains("layer \"conv2\"") && Catch::Contains("empty handle"));
  const Tape full = forward(net, picture(), {.wrt = {net.input()}, .keep_all = true});
  CHECK(same_bits(full.backward(net.output(), one_hot(0), reads_output).at(net.input()),
                  lean.backward(net.output(), one_hot(0)).at(net.input())));
}

TEST_CASE("a run from any layer gives the bits of a whole run that keeps the layer") {
  const Network net = gap_network();
  const ValueId fc = net.output();
  for (const char* name :
       {"picture", "conv1", "bn", "relu1", "pool", "conv2", "sum", "relu2", "gap", "flat", "fc"}) {
    INFO(name);
    const ValueId layer = net.find(name);
    std::vector<ValueId> start = values_beside(net, layer, fc);
    start.push_back(layer);
    std::vector<ValueId> keep = start;
    keep.push_back(fc);
    const Tape whole = forward(net, picture(), {.keep = keep});
    std::map<ValueId, Tensor> given;
    for (const ValueId id : start) given[id] = whole.value(id);
    const Tape rest = forward_from(net, given);
    CHECK(same_bits(rest.output(), whole.output()));
  }
  CHECK(names_of(net, values_beside(net, net.find("conv2"), fc)) == Names{"pool"});
  CHECK(values_beside(net, net.find("pool"), fc).empty());
  CHECK(names_of(net, values_beside(net, net.find("fc"), net.find("conv2"))) == Names{"conv2"});
}

TEST_CASE("a run from a layer gives the layer's gradient and asks for what it misses") {
  const Network net = gap_network();
  const ValueId fc = net.output();
  const ValueId layer = net.find("relu2");
  const Tape whole = forward(net, picture(), {.keep = {layer, fc}, .wrt = {layer}});
  const Tape rest = forward_from(net, {{layer, whole.value(layer)}}, {.wrt = {layer}});
  CHECK(
      same_bits(rest.backward(fc, one_hot(2)).at(layer), whole.backward(fc, one_hot(2)).at(layer)));
  const Tensor two = random_tensor({2, 4, 4, 4}, 9);
  CHECK(forward_from(net, {{layer, two}}).output().shape() == Shape{2, 5});
  CHECK(names_of(net, forward_from(net, {{layer, two}}, {.keep_all = true}).alive()) ==
        Names{"relu2", "gap", "flat", "fc"});
  CHECK_THROWS_WITH(forward_from(net, {{net.find("conv2"), two}}), Catch::Contains("\"picture\""));
  CHECK_THROWS_WITH(forward_from(net, {{layer, Tensor({1, 7, 4, 4})}}),
                    Catch::Contains("layer \"fc\""));
  CHECK_THROWS_AS(forward_from(net, {{99, two}}), ArgumentError);
}

TEST_CASE("a tape says what is wrong with a request") {
  const Network net = gap_network();
  const ValueId fc = net.output();
  const ValueId relu1 = net.find("relu1");
  const Tape tape = forward(net, picture(), {.wrt = {net.input()}});
  CHECK_THROWS_AS(tape.backward(fc, Tensor({5})), ShapeError);
  CHECK_THROWS_WITH(tape.backward(fc, Tensor({1, 4})),
                    Catch::Contains("[1,5]") && Catch::Contains("[1,4]"));
  CHECK_THROWS_WITH(tape.backward(fc, one_hot(0), {}, std::array{relu1}),
                    Catch::Contains("\"relu1\""));
  CHECK_THROWS_AS(tape.backward(99, one_hot(0)), ArgumentError);
  CHECK_THROWS_AS(tape.backward(-1, one_hot(0)), ArgumentError);
  CHECK_THROWS_AS(tape.value(net.find("conv1")), ArgumentError);
  CHECK_THROWS_AS(forward(net, picture()).backward(fc, one_hot(0)), ArgumentError);
  CHECK_THROWS_AS(forward(net, picture(), {.keep = {99}}), ArgumentError);
  CHECK_THROWS_AS(forward(net, picture(), {.wrt = {-1}}), ArgumentError);
  CHECK_THROWS_AS(forward(net, Tensor({1, 2, 8, 8})), ShapeError);
  CHECK_THROWS_AS(forward(net, Tensor()), Error);
  const VjpOverrides lazy{{"Relu", [](const VjpContext&) {}}};
  CHECK_THROWS_WITH(tape.backward(fc, one_hot(0), lazy), Catch::Contains("layer \"relu2\""));
}

TEST_CASE("twelve threads and three rules on one network give the serial bits") {
  const Network net = gap_network();
  std::vector<Tensor> before;
  for (const ValueId id : net.parameters()) {
    const Tensor& parameter = net.node(id).parameter;
    before.emplace_back(parameter.shape(), parameter.data());
  }
  const std::array<VjpOverrides, 3> rules{VjpOverrides{}, guided(), deconvnet()};
  const auto explain = [&](std::size_t i) {
    const Tape tape = forward(net, picture(30 + i / 3), {.wrt = {net.input()}});
    return tape.backward(net.output(), one_hot(static_cast<std::int64_t>(i % 5)), rules[i % 3])
        .at(net.input());
  };
  constexpr std::size_t kThreads = 12;
  std::vector<Tensor> serial;
  for (std::size_t i = 0; i < kThreads; ++i) serial.push_back(explain(i));
  std::vector<Tensor> threaded(kThreads);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        const ThreadLimit limit(i % 2 == 0 ? 1 : 2);
        for (int repeat = 0; repeat < 3; ++repeat) threaded[i] = explain(i);
      });
    }
  }
  for (std::size_t i = 0; i < kThreads; ++i) CHECK(same_bits(threaded[i], serial[i]));
  for (std::size_t k = 0; k < before.size(); ++k) {
    CHECK(same_bits(net.node(net.parameters()[k]).parameter, before[k]));
  }
}

TEST_CASE("training proposes running statistics and leaves the network alone") {
  const Network net = gap_network();
  const Tensor batch = random_tensor({4, 3, 8, 8}, 40);
  const std::vector<ValueId> running = find_all(net, {"bn.running_mean", "bn.running_var"});
  const Tensor old(Shape{4}, net.node(running[0]).parameter.data());
  const Tape tape = forward(net, batch, {.wrt = net.parameters(true), .training = true});
  REQUIRE(tape.updates().size() == 2);
  for (const ValueId id : running) {
    CHECK(tape.updates().at(id).shape() == Shape{4});
    CHECK_FALSE(same_bits(tape.updates().at(id), net.node(id).parameter));
  }
  CHECK(same_bits(net.node(running[0]).parameter, old));
  CHECK(forward(net, batch).updates().empty());
}

TEST_CASE("Dropout masks follow the request's seed and differ between nodes") {
  Nodes n;
  const ValueId x = n.input("x");
  const ValueId a = n.apply("a", ops::Dropout(), {x});
  const ValueId b = n.apply("b", ops::Dropout(), {x});
  const ValueId y = n.apply("y", ops::Add(), {a, b});
  const Network net = std::move(n).finish(x, y, {});
  const Tensor ones({1000}, 1.0F);
  const auto run = [&](std::uint64_t seed) {
    return forward(net, ones, {.keep = {a, b, y}, .training = true, .seed = seed});
  };
  CHECK(same_bits(run(1).value(y), run(1).value(y)));
  CHECK_FALSE(same_bits(run(1).value(y), run(2).value(y)));
  CHECK_FALSE(same_bits(run(1).value(a), run(1).value(b)));
  CHECK(same_bits(forward(net, ones).output(), Tensor({1000}, 2.0F)));
}
