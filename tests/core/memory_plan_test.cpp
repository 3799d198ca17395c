#include "core/memory_plan.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <numeric>

#include "core/buffer_pool.h"
#include "core/graph_paths.h"
#include "core/ops/add.h"
#include "core/ops/concat.h"
#include "core/ops/conv.h"
#include "core/ops/dropout.h"
#include "core/ops/flatten.h"
#include "core/ops/gemm.h"
#include "core/ops/global_average_pool.h"
#include "core/ops/relu.h"
#include "core/parallel.h"
#include "core/random.h"
#include "core/run_plan.h"
#include "core/tape.h"
#include "tests/core/nodes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using test::random_tensor;
using test::RandomNodes;
using test::same_bits;

namespace {

constexpr std::int64_t kAlignment = 16;

std::int64_t aligned(std::int64_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

/// The most that is alive at one step.
std::int64_t most_alive(const std::vector<Lifetime>& values) {
  std::int64_t most = 0;
  for (const Lifetime& at : values) {
    std::int64_t alive = 0;
    for (const Lifetime& value : values) {
      if (value.first <= at.first && at.first <= value.last) alive += aligned(value.size);
    }
    most = std::max(most, alive);
  }
  return most;
}

void check_plan(const std::vector<Lifetime>& values, const MemoryPlan& plan) {
  CHECK(plan.size >= most_alive(values));
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK(plan.offsets[i] % kAlignment == 0);
    CHECK(plan.offsets[i] >= 0);
    CHECK(plan.offsets[i] + values[i].size <= plan.size);
    for (std::size_t k = 0; k < i; ++k) {
      const bool together =
          values[i].kind != values[k].kind ||
          (values[i].first <= values[k].last && values[k].first <= values[i].last);
      const bool over = plan.offsets[i] < plan.offsets[k] + values[k].size &&
                        plan.offsets[k] < plan.offsets[i] + values[i].size;
      CHECK_FALSE((together && over));
    }
  }
}

/// Each value is read by the next step, some also later.
std::vector<Lifetime> random_lifetimes(std::uint64_t seed) {
  Random random({seed});
  std::vector<Lifetime> values;
  const int count = 1 + static_cast<int>(random.uniform() * 60.0F);
  for (int i = 0; i < count; ++i) {
    const int later = random.chance(0.3F) ? static_cast<int>(random.uniform() * 8.0F) : 0;
    values.push_back({.first = i,
                      .last = i + 1 + later,
                      .size = 1 + static_cast<std::int64_t>(random.uniform() * 5000.0F)});
  }
  return values;
}

/// Convolutions of random size where a part of a concatenation, a sum and a pool read them.
Network random_network(std::uint64_t seed) {
  RandomNodes n(100 * seed);
  Random random({seed});
  const ops::ConvOptions same{.pads = {1, 1, 1, 1}};
  int count = 0;
  const auto conv = [&](ValueId x, std::int64_t from, std::int64_t to) {
    const std::string name = "conv" + std::to_string(++count);
    const ValueId weight = n.random(name + ".weight", {to, from, 3, 3}, -0.3F, 0.3F);
    const ValueId y = n.apply(name, ops::Conv(same), {x, weight});
    return random.chance(0.5F) ? n.apply(name + ".relu", ops::Relu(), {y}) : y;
  };
  const ValueId picture = n.input("picture");
  std::int64_t channels = 4;
  ValueId x = conv(picture, 3, channels);
  for (int block = 0; block < 6; ++block) {
    const std::string name = "block" + std::to_string(block);
    const float kind = random.uniform();
    if (kind < 0.3F) {
      const ValueId right = conv(x, channels, 5);
      x = n.apply(name, ops::Concat(), {conv(x, channels, 3), right, x});
      channels += 8;
    } else if (kind < 0.6F) {
      const ValueId inner = conv(conv(x, channels, 6), 6, channels);
      x = n.apply(name, ops::Add(), {inner, x});
    } else if (kind < 0.7F) {
      x = n.apply(name, ops::Dropout({.ratio = 0.5F}), {x});
    } else {
      x = conv(x, channels, 2 * channels);
      channels *= 2;
    }
  }
  const ValueId pool = n.apply("pool", ops::GlobalAveragePool(), {x});
  const ValueId flat = n.apply("flat", ops::Flatten(), {pool});
  const ValueId weight = n.random("fc.weight", {5, channels}, -1.0F, 1.0F);
  const ValueId fc = n.apply("fc", ops::Gemm(), {flat, weight});
  return std::move(n).finish(picture, fc, {3, 12, 12});
}

std::vector<ValueId> computed_values(const Network& network) {
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    if (network.nodes()[i].op) ids.push_back(static_cast<ValueId>(i));
  }
  return ids;
}

/// What the run has on one thread, on two, and where no value's memory serves another; `beside` the
/// picture, values that are given.
void check_threads(const Network& network, const Request& request,
                   const std::vector<ValueId>& beside = {}) {
  const Tensor picture = random_tensor({1, 3, 12, 12}, 7);
  std::map<ValueId, Tensor> given{{network.input(), picture}};
  const std::vector<Shape> shapes = network.infer_shapes(picture.shape());
  for (const ValueId id : beside) given[id] = random_tensor(shapes[index_of(id)], 8);
  const auto run = [&](int threads) {
    const ThreadLimit limit(threads);
    return forward_from(network, given, request);
  };
  Request all = request;
  all.keep_all = true;
  const Tape apart = forward_from(network, given, all);
  const Tape own = run(2);
  const Tape shared = run(1);
  REQUIRE(shared.alive() == own.alive());
  for (const ValueId id : own.alive()) {
    INFO(network.node(id).name);
    CHECK(same_bits(shared.value(id), own.value(id)));
    CHECK(same_bits(shared.value(id), apart.value(id)));
  }
  if (request.wrt.empty()) return;
  const Tensor seed(own.output().shape(), 1.0F);
  const Gradients expected = own.backward(network.output(), seed);
  for (const auto& [id, gradient] : shared.backward(network.output(), seed)) {
    CHECK(same_bits(gradient, expected.at(id)));
  }
}

/// `by_shape`: values of different shapes lie apart.
void check_arena(const Network& network, const RunPlan& plan, const MemoryPlan& arena,
                 bool by_shape) {
  std::vector<Lifetime> values;
  std::map<Shape, std::int64_t> kinds;
  MemoryPlan placed{.size = arena.size};
  for (const ValueId id : computed_values(network)) {
    const std::size_t i = index_of(id);
    if (arena.offsets[i] < 0) continue;
    std::int64_t first = id;
    for (std::size_t part = 0; part < plan.places.size(); ++part) {
      if (plan.places[part].concat == id) {
        first = std::min(first, static_cast<std::int64_t>(part));
        CHECK(arena.offsets[part] == -1);
        CHECK(plan.last_use[part] <= id);
      }
    }
    const auto kind = kinds.try_emplace(plan.shapes[i], static_cast<std::int64_t>(kinds.size()));
    values.push_back({.first = first,
                      .last = plan.last_use[i],
                      .size = element_count(plan.shapes[i]),
                      .kind = by_shape ? kind.first->second : 0});
    placed.offsets.push_back(arena.offsets[i]);
  }
  CHECK_FALSE(values.empty());
  check_plan(values, placed);
}

}  // namespace

TEST_CASE("values that are alive together do not overlap") {
  double excess = 0.0;
  constexpr int kSeeds = 200;
  for (int seed = 0; seed < kSeeds; ++seed) {
    const std::vector<Lifetime> values = random_lifetimes(static_cast<std::uint64_t>(seed));
    const MemoryPlan plan = plan_memory(values, kAlignment);
    check_plan(values, plan);
    excess += static_cast<double>(plan.size) / static_cast<double>(most_alive(values)) - 1.0;
  }
  CHECK(excess / kSeeds < 0.1);
}

TEST_CASE("values of different kinds never overlap") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<Lifetime> values = random_lifetimes(seed);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i].kind = static_cast<std::int64_t>(i * 7 % 3);
    }
    check_plan(values, plan_memory(values, kAlignment));
  }
}

TEST_CASE("a chain of values takes the memory of two neighbours") {
  std::vector<Lifetime> values;
  for (int i = 0; i < 10; ++i) values.push_back({.first = i, .last = i + 1, .size = 1000 - 10 * i});
  const MemoryPlan plan = plan_memory(values, kAlignment);
  check_plan(values, plan);
  CHECK(plan.size == aligned(1000) + aligned(990));
  CHECK(plan_memory({}, kAlignment).size == 0);
  CHECK(plan_memory(std::vector<Lifetime>(3), kAlignment).size == 0);
}

TEST_CASE("a run lays over each other what is not alive together") {
  int apart = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Network network = random_network(seed);
    const RunPlan plan = plan_run(network, {.given = {{network.input(), {1, 3, 12, 12}}}});
    check_arena(network, plan, plan.arena, false);
    const bool by_shape = plan.threads_arena.offsets != plan.arena.offsets;
    check_arena(network, plan, plan.threads_arena, by_shape);
    CHECK(plan.threads_arena.size <= 4 * plan.arena.size);
    apart += by_shape ? 1 : 0;
  }
  CHECK(apart > 15);
}

TEST_CASE("the bits of a run do not depend on where its values lie") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Network network = random_network(seed);
    INFO("seed " << seed);
    check_threads(network, {});
    check_threads(network, {.wrt = {network.input()}});
    check_threads(network, {.wrt = network.parameters(true), .training = true});
    check_threads(network, {.keep_all = true});
    for (const ValueId id : computed_values(network)) {
      check_threads(network, {.keep = {id, network.output()}});
      check_threads(network, {}, {id});
    }
  }
}

TEST_CASE("a result that is a view of a convolution's output keeps its values") {
  RandomNodes n(1);
  const ValueId picture = n.input("picture");
  const ValueId weight = n.random("weight", {3, 3, 1, 1}, -1.0F, 1.0F);
  const ValueId conv = n.apply("conv", ops::Conv(), {picture, weight});
  const ValueId flat = n.apply("flat", ops::Flatten(), {conv});
  const ValueId next = n.apply("next", ops::Conv(), {conv, weight});
  const ValueId last = n.apply("last", ops::Conv(), {next, weight});
  const Network network = std::move(n).finish(picture, last, {3, 12, 12});
  check_threads(network, {.keep = {flat, last}});
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // where the pool keeps memory
TEST_CASE("a run asks for no memory after the first") {
  const Network network = random_network(3);
  const Tensor picture = random_tensor({1, 3, 200, 200}, 7);
  const ThreadLimit limit(GENERATE(1, 2));
  for (int run = 0; run < 3; ++run) forward(network, picture);
  const std::size_t before = buffer_pool_state().fresh;
  for (int run = 0; run < 3; ++run) forward(network, picture);
  CHECK(buffer_pool_state().fresh == before);
}
#endif

TEST_CASE("runs at the same time have memory of their own") {
  const Network network = random_network(3);
  const ThreadLimit limit(1);
  const Tensor pictures[] = {random_tensor({1, 3, 12, 12}, 1), random_tensor({1, 3, 12, 12}, 2)};
  const Tensor expected[] = {forward(network, pictures[0]).output(),
                             forward(network, pictures[1]).output()};
  std::vector<char> right(40, 0);
  const ThreadLimit several(4);
  parallel_for(40, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const Tape tape = forward(network, pictures[i % 2]);
      right[static_cast<std::size_t>(i)] = same_bits(tape.output(), expected[i % 2]);
    }
  });
  CHECK(std::accumulate(right.begin(), right.end(), 0) == 40);
}
