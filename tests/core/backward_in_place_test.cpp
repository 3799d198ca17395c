/// Gradients that take the memory of those they are made from.
#include <array>
#include <catch2/catch.hpp>

#include "core/buffer_pool.h"
#include "core/elementwise.h"
#include "core/ops/add.h"
#include "core/ops/neg.h"
#include "core/ops/relu.h"
#include "core/tape.h"
#include "tests/core/nodes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using test::random_tensor;
using test::RandomNodes;
using test::same_bits;

namespace {

const Shape kShape{2, 4, 64, 64};

Network chain() {
  RandomNodes n(3);
  const ValueId picture = n.input("picture");
  const ValueId bn1 = n.norm("bn1", picture, 4);
  const ValueId relu1 = n.apply("relu1", ops::Relu(), {bn1});
  const ValueId bn2 = n.norm("bn2", relu1, 4);
  const ValueId relu2 = n.apply("relu2", ops::Relu(), {bn2});
  return std::move(n).finish(picture, relu2, {4, 64, 64});
}

/// Both terms of the sum get one gradient, and each changes what it gets.
Network block() {
  RandomNodes n(3);
  const ValueId picture = n.input("picture");
  const ValueId stem = n.apply("stem", ops::Neg(), {picture});
  const ValueId bn = n.norm("bn", stem, 4);
  const ValueId shortcut = n.apply("shortcut", ops::Neg(), {stem});
  const ValueId sum = n.apply("sum", ops::Add(), {bn, shortcut});
  const ValueId relu = n.apply("relu", ops::Relu(), {sum});
  return std::move(n).finish(picture, relu, {4, 64, 64});
}

/// The bytes that `work` takes beyond those in use before it, at its peak.
template <typename F>
std::size_t peak_of(F work) {
  const BufferPoolState before = buffer_pool_state();
  const std::size_t filling = before.most_in_use - before.in_use + kPooledBytes;
  const Tensor filler = Tensor::uninitialized({static_cast<std::int64_t>(filling / sizeof(float))});
  const std::size_t most = buffer_pool_state().most_in_use;
  work();
  return buffer_pool_state().most_in_use - most;
}

/// Rules are given no gradient to use up.
VjpOverrides nothing_in_place() {
  const VjpRule own = [](const VjpContext& ctx) { ctx.op->vjp(ctx); };
  return {{"Neg", own}, {"BatchNormalization", own}, {"Add", own}, {"Relu", own}};
}

void check_backward(const Network& network, const std::vector<ValueId>& wrt, bool training) {
  const Tensor picture = random_tensor(kShape, 1);
  const Tape tape = forward(network, picture, {.wrt = wrt, .training = training});
  const Tensor seed = random_tensor(kShape, 2);
  const Tensor same_seed(seed.shape(), seed.data());
  const Gradients expected = tape.backward(network.output(), seed, nothing_in_place());
  for (int repeat = 0; repeat < 2; ++repeat) {
    const Gradients gradients = tape.backward(network.output(), seed);
    for (const auto& [id, gradient] : expected) {
      INFO(network.node(id).name << (training ? ", training" : ""));
      CHECK(same_bits(gradients.at(id), gradient));
    }
    CHECK(same_bits(seed, same_seed));
  }
}

}  // namespace

TEST_CASE("an elementwise result takes the memory of what alone it is made from") {
  Tensor x = random_tensor({8}, 1);
  const float* const memory = x.data().data();
  const Tensor copy = x;
  const auto twice = [](float v) { return 2.0F * v; };
  CHECK(map(x, twice).data().data() != memory);
  CHECK(map(std::move(x), twice).data().data() != memory);
  CHECK(same_bits(copy, random_tensor({8}, 1)));

  Tensor alone = random_tensor({8}, 1);
  const float* const taken = alone.data().data();
  const Tensor doubled = map(std::move(alone), twice);
  CHECK(doubled.data().data() == taken);
  CHECK(doubled.data()[3] == 2.0F * copy.data()[3]);

  const auto values = std::make_shared<std::array<float, 8>>();
  Tensor view = Tensor::view_of({8}, {values, values->data()});
  CHECK(Tensor::in_place_of(std::move(view)).data().data() != values->data());
  CHECK_THROWS(Tensor::in_place_of(Tensor()));
}

TEST_CASE("backward overwrites nothing that somebody else holds") {
  const bool training = GENERATE(false, true);
  for (const Network& network : {chain(), block()}) {
    std::vector<ValueId> everything = network.parameters(true);
    for (std::size_t i = 0; i < network.nodes().size(); ++i) {
      if (network.nodes()[i].op) everything.push_back(static_cast<ValueId>(i));
    }
    check_backward(network, everything, training);
    check_backward(network, network.parameters(true), training);
    check_backward(network, {network.input()}, training);
  }
}

TEST_CASE("backward through a chain takes the memory of one gradient") {
  const Network network = chain();
  const Tensor seed = random_tensor(kShape, 2);
  const std::size_t bytes = seed.data().size_bytes();
  const bool training = GENERATE(false, true);
  const bool keep_all = GENERATE(false, true);
  const Tape tape = forward(network, random_tensor(kShape, 1),
                            {.wrt = {network.input()}, .training = training, .keep_all = keep_all});
  CHECK(peak_of([&] { tape.backward(network.output(), seed); }) == bytes);
  CHECK(peak_of([&] { tape.backward(network.output(), seed, nothing_in_place()); }) == 2 * bytes);
}
