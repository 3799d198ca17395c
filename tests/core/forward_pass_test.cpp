#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <thread>

#include "core/between_runs.h"
#include "core/error.h"
#include "core/graph_paths.h"
#include "core/ops/add.h"
#include "core/ops/clip.h"
#include "core/ops/concat.h"
#include "core/ops/conv.h"
#include "core/ops/div.h"
#include "core/ops/dropout.h"
#include "core/ops/flatten.h"
#include "core/ops/max_pool.h"
#include "core/ops/mul.h"
#include "core/ops/relu.h"
#include "core/ops/sigmoid.h"
#include "core/ops/sub.h"
#include "core/ops/tanh.h"
#include "core/parallel.h"
#include "core/tape.h"
#include "tests/core/nodes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using test::random_tensor;
using test::same_bits;

namespace {

class ConvNodes : public test::RandomNodes {
 public:
  ConvNodes() : RandomNodes(100) {}
  ValueId conv3x3(const std::string& name, ValueId x, std::int64_t channels, std::int64_t filters) {
    const ValueId weight = random(name + ".weight", {filters, channels, 3, 3}, -0.2F, 0.2F);
    return apply(name, ops::Conv({.pads = {1, 1, 1, 1}}), {x, weight});
  }
};

/// A residual block with a convolution in its shortcut, a fire module and a clipped convolution.
Network block_network() {
  ConvNodes n;
  const ValueId x = n.input("picture");
  const ValueId relu1 =
      n.apply("relu1", ops::Relu(), {n.norm("bn1", n.conv3x3("conv1", x, 3, 8), 8)});
  const ValueId main = n.norm("bn2", n.conv3x3("conv2", relu1, 8, 8), 8);
  const ValueId shortcut = n.norm("bn3", n.conv3x3("conv3", relu1, 8, 8), 8);
  const ValueId sum = n.apply("sum", ops::Add(), {main, shortcut});
  const ValueId relu2 = n.apply("relu2", ops::Relu(), {sum});
  const ValueId left = n.apply("left.relu", ops::Relu(), {n.conv3x3("left", relu2, 8, 4)});
  const ValueId right = n.apply("right.relu", ops::Relu(), {n.conv3x3("right", relu2, 8, 6)});
  const ValueId joined = n.apply("joined", ops::Concat({.axis = 1}), {left, relu2, right});
  const ValueId last = n.apply("clip", ops::Clip({.low = -0.5F, .high = 0.75F}),
                               {n.conv3x3("conv4", joined, 18, 5)});
  return std::move(n).finish(x, last, {3, 12, 12});
}

Network pooled_network(const ops::MaxPoolOptions& options, std::int64_t side) {
  ConvNodes n;
  const ValueId x = n.input("picture");
  const ValueId relu = n.apply("relu", ops::Relu(), {n.conv3x3("conv", x, 48, 48)});
  const ValueId pool = n.apply("pool", ops::MaxPool(options), {relu});
  const ValueId last = n.apply("last", ops::Relu(), {n.conv3x3("next", pool, 48, 8)});
  return std::move(n).finish(x, last, {48, side, side});
}

/// The names of what each kernel of a run computed, as "conv1+bn1+relu1".
std::vector<std::string> kernels(const Network& network, Request request,
                                 const Tensor& picture = random_tensor({1, 3, 12, 12}, 7)) {
  std::vector<std::string> names;
  request.on_step = [&](std::span<const ValueId> computed) {
    std::string name;
    for (const ValueId id : computed) name += (name.empty() ? "" : "+") + network.node(id).name;
    names.push_back(name);
  };
  forward(network, picture, request);
  return names;
}

bool runs_alone(const Network& network, const Request& request, const std::string& name) {
  const std::vector<std::string> all = kernels(network, request);
  return std::find(all.begin(), all.end(), name) != all.end();
}

void check_close(const Tensor& got, const Tensor& expected) {
  REQUIRE(got.shape() == expected.shape());
  for (std::size_t i = 0; i < got.data().size(); ++i) {
    REQUIRE(std::abs(got.data()[i] - expected.data()[i]) <= 2e-5F);
  }
}

}  // namespace

TEST_CASE("convolutions run as one kernel with what follows them") {
  const Network network = block_network();
  CHECK(kernels(network, {}) ==
        std::vector<std::string>{"conv1+bn1+relu1", "conv3+bn3", "conv2+bn2+sum+relu2",
                                 "left+left.relu", "right+right.relu", "joined", "conv4+clip"});
  SECTION("but for a value that is kept") {
    for (const char* name : {"conv1", "bn1", "conv2", "bn2", "sum", "left", "conv4"}) {
      INFO(name);
      const ValueId id = network.find(name);
      const Tape plain = forward(network, random_tensor({1, 3, 12, 12}, 7),
                                 {.keep = {id, network.output()}, .keep_all = true});
      const Tape tape =
          forward(network, random_tensor({1, 3, 12, 12}, 7), {.keep = {id, network.output()}});
      check_close(tape.value(id), plain.value(id));
      check_close(tape.output(), plain.output());
    }
  }
  SECTION("but for a value in wrt") {
    CHECK(runs_alone(network, {.wrt = {network.find("bn1")}}, "relu1"));
    CHECK(runs_alone(network, {.wrt = {network.find("conv4")}}, "clip"));
  }
  SECTION("but for batch normalisation in training") {
    CHECK(runs_alone(network, {.training = true}, "conv1"));
    CHECK(runs_alone(network, {.training = true}, "bn1+relu1"));
    CHECK(runs_alone(network, {.training = true}, "bn3"));
    CHECK(runs_alone(network, {.training = true}, "bn2+sum+relu2"));
    CHECK(runs_alone(network, {.training = true}, "left+left.relu"));
  }
  SECTION("but where everything is kept") { CHECK(runs_alone(network, {.keep_all = true}, "sum")); }
}

TEST_CASE("a fused run gives the values and gradients of a plain one") {
  const Network network = block_network();
  const std::int64_t batch = GENERATE(1, 3);
  const Tensor picture = random_tensor({batch, 3, 12, 12}, 8);
  const ValueId weight = network.find("conv2.weight");
  const ValueId scale = network.find("bn3.scale");
  for (const std::vector<ValueId>& wrt :
       {std::vector<ValueId>{network.input()}, std::vector<ValueId>{network.find("relu2")},
        std::vector<ValueId>{weight, scale, network.input()}}) {
    const Tape plain = forward(network, picture, {.wrt = wrt, .keep_all = true});
    const Tape fused = forward(network, picture, {.wrt = wrt});
    check_close(fused.output(), plain.output());
    const Tensor seed = random_tensor(fused.output().shape(), 9, -0.1F, 0.1F);
    const Gradients expected = plain.backward(network.output(), seed);
    const Gradients got = fused.backward(network.output(), seed);
    for (const ValueId id : wrt) {
      const Tensor& a = got.at(id);
      const Tensor& b = expected.at(id);
      for (std::size_t i = 0; i < a.data().size(); ++i) {
        REQUIRE(a.data()[i] == Approx(b.data()[i]).epsilon(1e-3).margin(1e-4));
      }
    }
  }
}

TEST_CASE("a fused run has the same bits for every thread count and every repetition") {
  const Network network = block_network();
  const Tensor picture = random_tensor({1, 3, 12, 12}, 8);
  set_default_threads(1);
  const Tensor one = forward(network, picture).output();
  set_default_threads(3);
  for (int i = 0; i < 3; ++i) CHECK(same_bits(forward(network, picture).output(), one));
  set_default_threads(0);
}

TEST_CASE("joined values are readable one by one") {
  const Network network = block_network();
  const ValueId left = network.find("left.relu");
  const ValueId right = network.find("right.relu");
  const ValueId joined = network.find("joined");
  const Tape tape = forward(network, random_tensor({1, 3, 12, 12}, 8),
                            {.keep = {left, right, joined, network.find("relu2")}});
  const std::span<const float> all = tape.value(joined).data();
  const auto part = [&](std::ptrdiff_t first, const Tensor& value) {
    return std::equal(value.data().begin(), value.data().end(), all.begin() + first);
  };
  CHECK(part(0, tape.value(left)));
  CHECK(part(4 * 144, tape.value(network.find("relu2"))));
  CHECK(part(12 * 144, tape.value(right)));
  Tensor changed = tape.value(left);
  changed.mutable_data()[0] = 1e6F;
  CHECK(tape.value(joined).data()[0] != 1e6F);
}

TEST_CASE(
    "at inference, normalisation without a convolution gives the bits of all alone with its ReLU") {
  test::RandomNodes n(5);
  const ValueId picture = n.input("picture");
  const ValueId bn1 = n.norm("bn1", picture, 3);
  const ValueId relu1 = n.apply("relu1", ops::Relu(), {bn1});
  const ValueId bn2 = n.norm("bn2", relu1, 3);
  const ValueId sum = n.apply("sum", ops::Add(), {bn2, picture});
  const ValueId relu2 = n.apply("relu2", ops::Relu(), {sum});
  const Network network = std::move(n).finish(picture, relu2, {3, 8, 8});
  const Tensor x = random_tensor({2, 3, 8, 8}, 8);
  std::vector<std::vector<ValueId>> steps;
  const auto note = [&](std::span<const ValueId> computed) {
    steps.emplace_back(computed.begin(), computed.end());
  };
  const Tape fused = forward(network, x, {.on_step = note});
  CHECK(steps == std::vector<std::vector<ValueId>>{{bn1, relu1}, {bn2, sum, relu2}});
  const Tape plain = forward(network, x, {.wrt = {picture}, .keep_all = true});
  CHECK(same_bits(fused.output(), plain.output()));
  const ValueId scale = network.node(bn2).inputs[1];
  for (const ValueId wrt : {picture, scale}) {
    const Tensor seed = random_tensor(x.shape(), 9);
    const Tape all = forward(network, x, {.wrt = {wrt}, .keep_all = true});
    const Gradients expected = all.backward(relu2, seed);
    const Gradients gradients = forward(network, x, {.wrt = {wrt}}).backward(relu2, seed);
    CHECK(same_bits(gradients.at(wrt), expected.at(wrt)));
  }
}

TEST_CASE("in training, normalisation with the ReLU behind it gives the bits of both alone") {
  const Network network = block_network();
  const Tensor picture = random_tensor({3, 3, 12, 12}, 8);
  const auto [before, after] =
      GENERATE(std::pair{"bn1", "relu1"}, std::pair{"bn2", "relu2"}, std::pair{"bn3", "relu2"});
  const ValueId norm = network.find(before);
  const ValueId relu = network.find(after);
  std::vector<ValueId> wrt = network.parameters(true);
  wrt.push_back(network.input());
  SECTION("for what comes before") {}
  SECTION("for the ReLU's output") { wrt.push_back(relu); }
  SECTION("for its own scale and bias alone") {
    wrt = {network.node(norm).inputs[1], network.node(norm).inputs[2]};
  }
  const Tape plain = forward(network, picture, {.wrt = wrt, .training = true, .keep_all = true});
  const Tape fused = forward(network, picture, {.wrt = wrt, .training = true});
  CHECK(same_bits(fused.output(), plain.output()));
  CHECK(fused.updates().size() == plain.updates().size());
  for (const auto& [id, value] : plain.updates()) CHECK(same_bits(fused.updates().at(id), value));
  const VjpRule halved = [](const VjpContext& ctx) {
    ctx.op->vjp(ctx);
    for (Tensor& grad : ctx.input_grads) {
      if (!grad.defined()) continue;
      for (float& value : grad.mutable_data()) value *= 0.5F;
    }
  };
  const VjpOverrides rules[] = {{}, {{"Relu", halved}}, {{"BatchNormalization", halved}}};
  for (const VjpOverrides& rule : rules) {
    for (const ValueId of : {network.output(), relu, norm}) {
      INFO(rule.size() << " rules, of " << network.node(of).name);
      const Tensor seed = random_tensor(network.infer_shapes(picture.shape())[index_of(of)], 9);
      const Gradients expected = plain.backward(of, seed, rule);
      const Gradients gradients = fused.backward(of, seed, rule);
      for (const auto& [id, value] : expected) {
        INFO(network.node(id).name);
        CHECK(same_bits(gradients.at(id), value));
      }
    }
  }
}

TEST_CASE("prepared weights follow the parameters") {
  ConvNodes n;
  const ValueId x = n.input("picture");
  const ValueId conv = n.conv3x3("conv", x, 16, 16);
  Network network = std::move(n).finish(x, conv, {16, 32, 32});
  const Tensor picture = random_tensor({1, 16, 32, 32}, 3);
  const ValueId weight = network.find("conv.weight");
  const Tensor first = forward(network, picture).output();
  CHECK(network.between_runs().weights.bytes() == 0);
  CHECK(same_bits(forward(network, picture).output(), first));
  const std::int64_t kept = network.between_runs().weights.bytes();
  CHECK(kept > 0);
  CHECK(same_bits(forward(network, picture).output(), first));
  CHECK(network.between_runs().weights.bytes() == kept);

  SECTION("a copy has none") {
    const Network copy = network;
    CHECK(copy.between_runs().weights.bytes() == 0);
    CHECK(same_bits(forward(copy, picture).output(), first));
  }
  SECTION("a new value") {
    const Tape tape = forward(network, picture, {.wrt = {x}});
    const Tensor before = tape.backward(conv, first).at(x);
    network.set_parameter(weight, random_tensor({16, 16, 3, 3}, 77));
    CHECK(network.between_runs().weights.bytes() == 0);
    CHECK(same_bits(tape.backward(conv, first).at(x), before));
    const Network fresh = network;
    for (int i = 0; i < 3; ++i) {
      CHECK(same_bits(forward(network, picture).output(), forward(fresh, picture).output()));
    }
  }
  SECTION("a change in place") {
    for (float& value : network.mutable_parameter(weight)) value *= 2.0F;
    check_close(forward(network, picture).output(),
                forward(network, picture, {.keep_all = true}).output());
    CHECK_FALSE(same_bits(forward(network, picture).output(), first));
  }
  SECTION("a value given for one run") {
    const Tensor zeros({16, 16, 3, 3});
    const Tape tape = forward_from(network, {{x, picture}, {weight, zeros}});
    CHECK(same_bits(tape.output(), Tensor({1, 16, 32, 32})));
    CHECK(same_bits(forward(network, picture).output(), first));
  }
}

TEST_CASE("a normalisation that runs with its convolution follows its parameters") {
  Network network = block_network();
  const Tensor picture = random_tensor({1, 3, 12, 12}, 8);
  Tensor last = forward(network, picture).output();
  const Node& norm = network.node(network.find("bn2"));
  for (std::size_t k = 1; k < norm.inputs.size(); ++k) {
    INFO(network.node(norm.inputs[k]).name);
    for (float& value : network.mutable_parameter(norm.inputs[k])) value += 0.5F;
    const Network fresh = network;
    const Tensor expected = forward(fresh, picture).output();
    CHECK_FALSE(same_bits(expected, last));
    for (int i = 0; i < 2; ++i) CHECK(same_bits(forward(network, picture).output(), expected));
    last = expected;
  }
  const Tensor zeros({8});
  const ValueId scale = norm.inputs[1];
  const Tape tape = forward_from(network, {{network.input(), picture}, {scale, zeros}});
  CHECK_FALSE(same_bits(tape.output(), last));
  CHECK(same_bits(forward(network, picture).output(), last));
}

TEST_CASE("a convolution pools where nobody asks for its whole output") {
  const auto first_kernel = [](const ops::MaxPoolOptions& options, Request request,
                               std::int64_t side) {
    const Network network = pooled_network(options, side);
    const Tensor picture = random_tensor({1, 48, side, side}, 3);
    const Tape tape = forward(network, picture, request);
    Request all = request;
    all.keep_all = true;
    const Tape plain = forward(network, picture, all);
    for (const ValueId id : tape.alive()) CHECK(same_bits(tape.value(id), plain.value(id)));
    if (!request.wrt.empty()) {
      const Tensor seed(tape.output().shape(), 1.0F);
      const Gradients expected = plain.backward(network.output(), seed);
      for (const auto& [id, gradient] : tape.backward(network.output(), seed)) {
        CHECK(same_bits(gradient, expected.at(id)));
      }
    }
    return kernels(network, request, picture).front();
  };
  constexpr std::int64_t kSide = 28;
  const ops::MaxPoolOptions two{};
  CHECK(first_kernel(two, {}, kSide) == "conv+relu+pool");
  CHECK(first_kernel(two, {}, kSide + 1) == "conv+relu+pool");
  CHECK(first_kernel({.ceil_mode = true}, {}, kSide) == "conv+relu+pool");
  CHECK(first_kernel({.ceil_mode = true}, {}, kSide + 1) == "conv+relu");
  CHECK(first_kernel({.kernel = {3, 3}}, {}, kSide) == "conv+relu");
  CHECK(first_kernel({.strides = {1, 1}}, {}, kSide) == "conv+relu");
  CHECK(first_kernel({.pads = {1, 1, 1, 1}}, {}, kSide) == "conv+relu");
  CHECK(first_kernel({.dilations = {2, 2}}, {}, kSide) == "conv+relu");
  CHECK(first_kernel(two, {}, 6) == "conv+relu");  // another algorithm than Winograd's

  const Network network = pooled_network(two, kSide);
  const auto id = [&](const char* name) { return network.find(name); };
  CHECK(first_kernel(two, {.wrt = {id("pool")}}, kSide) == "conv+relu+pool");
  CHECK(first_kernel(two, {.wrt = {id("relu")}}, kSide) == "conv+relu");
  CHECK(first_kernel(two, {.wrt = {id("picture")}}, kSide) == "conv+relu");
  CHECK(first_kernel(two, {.keep = {id("relu"), id("last")}}, kSide) == "conv+relu");
}

TEST_CASE("an op writes over an input only where it has the last handle") {
  const Tensor part = random_tensor({4, 1, 1}, 3);
  const auto check = [&](const Op& op, std::size_t count, std::size_t taken) {
    INFO(op.type() << ", input " << taken);
    const RunContext training{.training = true, .seed = 5};
    std::vector<Tensor> inputs(count, part);
    inputs[taken] = random_tensor({2, 4, 5, 6}, 7);
    const Tensor before(inputs[taken].shape(), inputs[taken].data());
    const Tensor expected = op.forward(inputs, training);
    CHECK(same_bits(inputs[taken], before));

    const auto run = [&] {
      RunContext spends = training;
      spends.spent = inputs;
      return op.forward(inputs, spends);
    };
    const Tensor held = inputs[taken];
    CHECK(same_bits(run(), expected));
    CHECK(same_bits(held, before));
    inputs = std::vector<Tensor>(count, part);
    inputs[taken] = Tensor(before.shape(), before.data());
    const float* memory = inputs[taken].data().data();
    const Tensor got = run();
    CHECK(same_bits(got, expected));
    CHECK(got.data().data() == memory);
  };
  check(ops::Relu(), 1, 0);
  check(ops::Clip({.low = -0.1F, .high = 0.2F}), 1, 0);
  check(ops::Sigmoid(), 1, 0);
  check(ops::Dropout({.ratio = 0.3F}), 1, 0);
  for (const std::size_t taken : {0, 1}) {
    check(ops::Add(), 2, taken);
    check(ops::Sub(), 2, taken);
    check(ops::Mul(), 2, taken);
    check(ops::Div(), 2, taken);
  }
}

TEST_CASE("values that are kept, read again or shared are not written over") {
  test::RandomNodes n(4);
  const ValueId x = n.input("picture");
  const ValueId part = n.random("part", {3, 1, 1}, 0.5F, 1.0F);
  const ValueId gate = n.apply("gate", ops::Sigmoid(), {x});
  const ValueId gated = n.apply("gated", ops::Mul(), {x, gate});
  const ValueId tanh = n.apply("tanh", ops::Tanh(), {gated});
  const ValueId flat = n.apply("flat", ops::Flatten(), {tanh});
  const ValueId flat_relu = n.apply("flat relu", ops::Relu(), {flat});
  const ValueId twice = n.apply("twice", ops::Add(), {tanh, tanh});
  const ValueId scaled = n.apply("scaled", ops::Div(), {twice, part});
  const ValueId less = n.apply("less", ops::Sub(), {part, scaled});
  const ValueId relu = n.apply("relu", ops::Relu(), {less});
  const ValueId sum = n.apply("sum", ops::Add(), {relu, gate});
  const ValueId flat_sum = n.apply("flat sum", ops::Flatten(), {sum});
  const ValueId last = n.apply("last", ops::Mul(), {flat_sum, flat_relu});
  const Network network = std::move(n).finish(x, last, {3, 5, 5});
  const Tensor picture = random_tensor({2, 3, 5, 5}, 9);
  const Tensor before(picture.shape(), picture.data());
  const Tensor parameter(network.node(part).parameter.shape(), network.node(part).parameter.data());
  const Tape all = forward(network, picture, {.keep_all = true});
  for (ValueId id = gate; id <= last; ++id) {
    INFO(network.node(id).name);
    CHECK(same_bits(forward(network, picture, {.keep = {id}}).value(id), all.value(id)));
    const Tape both = forward(network, picture, {.keep = {id, last}});
    CHECK(same_bits(both.value(id), all.value(id)));
    CHECK(same_bits(both.value(last), all.value(last)));
    const Tensor given = all.value(id);
    const Tape from = forward_from(network, {{x, picture}, {id, given}}, {});
    CHECK(same_bits(from.output(), all.output()));
    CHECK(same_bits(given, all.value(id)));
  }
  const Tape tape = forward(network, picture, {.wrt = {x}});
  const Tensor seed(tape.output().shape(), 1.0F);
  CHECK(same_bits(
      tape.backward(last, seed).at(x),
      forward(network, picture, {.wrt = {x}, .keep_all = true}).backward(last, seed).at(x)));
  CHECK(same_bits(picture, before));
  CHECK(same_bits(network.node(part).parameter, parameter));
}

TEST_CASE("a run is planned once") {
  const Network network = block_network();
  RunPlans plans;
  const auto key = [&](std::int64_t batch) {
    return RunKey{.given = {{network.input(), {batch, 3, 12, 12}}}};
  };
  const auto first = plans.get(network, key(1));
  CHECK(plans.get(network, key(1)) == first);
  RunKey other = key(1);
  other.training = true;
  CHECK(plans.get(network, other) != first);
  other = key(1);
  other.keep = {network.find("relu1")};
  CHECK(plans.get(network, other) != first);
  for (std::int64_t batch = 2; batch < 6; ++batch) plans.get(network, key(batch));
  CHECK(plans.get(network, key(1)) == first);
  for (std::int64_t batch = 6; batch < 20; ++batch) plans.get(network, key(batch));
  CHECK(plans.get(network, key(1)) != first);
}

TEST_CASE("many threads prepare the weights of one network") {
  const Network network = block_network();
  const Tensor picture = random_tensor({1, 3, 12, 12}, 8);
  const Network alone = network;
  const Tensor expected = forward(alone, picture).output();
  std::vector<Tensor> results(4);
  {
    std::vector<std::jthread> threads;
    for (Tensor& result : results) {
      threads.emplace_back([&] {
        const ThreadLimit limit(1);
        for (int i = 0; i < 3; ++i) result = forward(network, picture).output();
      });
    }
  }
  for (const Tensor& result : results) CHECK(same_bits(result, expected));
}
