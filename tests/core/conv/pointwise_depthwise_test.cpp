// Pairs of convolutions as one kernel, against one after the other.
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>

#include "core/conv/algorithm.h"
#include "core/error.h"
#include "core/ops/clip.h"
#include "core/ops/conv.h"
#include "core/parallel.h"
#include "core/tape.h"
#include "tests/core/nodes.h"

using namespace cameo;
using test::random_tensor;
using test::same_bits;

namespace {

struct PairShape {
  std::array<std::int64_t, 4> x;  ///< [batch,channels,height,width]
  std::int64_t filters;           ///< of both
  std::int64_t stride;            ///< of the depthwise one
};

// One tile and many, a column behind a whole register, several strips and parts, columns and
// filters that fill no panel, several pictures.
constexpr std::array kPairShapes{
    PairShape{.x = {1, 3, 4, 4}, .filters = 4, .stride = 1},
    PairShape{.x = {1, 16, 112, 112}, .filters = 20, .stride = 2},
    PairShape{.x = {1, 24, 57, 56}, .filters = 31, .stride = 1},
    PairShape{.x = {1, 160, 7, 7}, .filters = 50, .stride = 1},
    PairShape{.x = {3, 33, 14, 14}, .filters = 26, .stride = 2},
    PairShape{.x = {5, 256, 9, 8}, .filters = 13, .stride = 1},
    PairShape{.x = {2, 200, 45, 60}, .filters = 8, .stride = 2},
    PairShape{.x = {1, 4, 1, 9}, .filters = 6, .stride = 1},
    PairShape{.x = {1, 2, 300, 1000}, .filters = 5, .stride = 1},
    PairShape{.x = {2, 9, 13, 14}, .filters = 9, .stride = 1},
    PairShape{.x = {1, 7, 14, 22}, .filters = 17, .stride = 2},
};

struct Pair {
  explicit Pair(const PairShape& shape)
      : first(complete({.batch = shape.x[0],
                        .channels = shape.x[1],
                        .height = shape.x[2],
                        .width = shape.x[3],
                        .filters = shape.filters})),
        second(complete({.batch = shape.x[0],
                         .channels = shape.filters,
                         .height = shape.x[2],
                         .width = shape.x[3],
                         .filters = shape.filters,
                         .kernel = {3, 3},
                         .strides = {shape.stride, shape.stride},
                         .pads = {1, 1, 1, 1},
                         .groups = shape.filters})),
        x(random_tensor({shape.x[0], shape.x[1], shape.x[2], shape.x[3]}, 1)),
        weight(random_tensor({first.filters, first.channels, 1, 1}, 2)),
        depthwise(random_tensor({first.filters, 1, 3, 3}, 3)),
        scale(random_tensor({first.filters}, 4)),
        bias(random_tensor({first.filters}, 5)),
        residual(
            random_tensor({first.batch, first.filters, second.out_height, second.out_width}, 6)) {}

  ConvStage first_stage(const PreparedConv* prepared) const {
    return {.params = first,
            .weight = weight.data(),
            .prepared = prepared,
            .epilogue = {.scale = scale.data(), .bias = bias.data(), .low = 0.0F, .high = 1.5F}};
  }
  ConvStage second_stage() const {
    return {.params = second,
            .weight = depthwise.data(),
            .prepared = nullptr,
            .epilogue = {.bias = bias.data(), .residual = added, .low = -1.0F}};
  }

  Tensor one_after_the_other() const {
    Tensor between({first.batch, first.filters, first.out_height, first.out_width});
    const ConvStage stage = first_stage(nullptr);
    conv2d_forward(first, x.data(), stage.weight, nullptr, stage.epilogue, between.mutable_data());
    Tensor y(residual.shape());
    conv2d_forward(second, between.data(), depthwise.data(), nullptr, second_stage().epilogue,
                   y.mutable_data());
    return y;
  }
  Tensor as_pair(const PreparedConv* prepared) const {
    Tensor y(residual.shape(), std::nanf(""));
    conv2d_forward_pair(first_stage(prepared), second_stage(), x.data(), y.mutable_data());
    return y;
  }

  ConvParams first, second;
  Tensor x, weight, depthwise, scale, bias, residual;
  std::span<const float> added = residual.data();  ///< by the second
};

}  // namespace

TEST_CASE("a pointwise and a depthwise convolution give the same bits as one kernel") {
  for (const PairShape& shape : kPairShapes) {
    Pair pair(shape);
    INFO(shape.x[0] << "x" << shape.x[1] << "x" << shape.x[2] << "x" << shape.x[3] << ", "
                    << shape.filters << " filters, stride " << shape.stride);
    REQUIRE(run_as_pair(pair.first, pair.second) == (pair.first.filters >= 4));
    const auto prepared = prepare_conv(pair.first, ConvPass::kForward, pair.weight.data());
    for (const bool adds : {true, false}) {
      if (!adds) pair.added = {};
      const Tensor expected = pair.one_after_the_other();
      for (const int threads : {1, 2, 3, 7}) {
        const ThreadLimit limit(threads);
        CHECK(same_bits(pair.as_pair(nullptr), expected));
        CHECK(same_bits(pair.as_pair(prepared.get()), expected));
      }
    }
  }
}

TEST_CASE("only what fits runs as a pair, and the rest one after the other") {
  const Pair pair({.x = {1, 8, 12, 12}, .filters = 12, .stride = 1});
  const auto refuses = [&](auto change) {
    ConvParams first = pair.first;
    ConvParams second = pair.second;
    change(first, second);
    return !run_as_pair(complete(first), complete(second));
  };
  CHECK_FALSE(refuses([](ConvParams&, ConvParams&) {}));
  CHECK(refuses([](ConvParams& first, ConvParams&) { first.groups = 2; }));
  CHECK(refuses([](ConvParams& first, ConvParams&) { first.strides = {2, 2}; }));
  CHECK(refuses([](ConvParams& first, ConvParams&) { first.channels = 257; }));
  CHECK(refuses([](ConvParams&, ConvParams& second) { second.groups = 6; }));
  CHECK(refuses([](ConvParams&, ConvParams& second) { second.pads = {0, 1, 1, 1}; }));
  CHECK(refuses([](ConvParams&, ConvParams& second) { second.dilations = {2, 2}; }));
  CHECK(refuses([](ConvParams&, ConvParams& second) { second.strides = {1, 2}; }));
  CHECK(refuses([](ConvParams&, ConvParams& second) { second.batch = 2; }));

  const Tensor expected = pair.one_after_the_other();
  setenv("CAMEO_CONV_ALGORITHM", "reference", 1);
  const Tensor got = pair.as_pair(nullptr);
  unsetenv("CAMEO_CONV_ALGORITHM");
  for (std::size_t i = 0; i < got.data().size(); ++i) {
    REQUIRE(std::abs(got.data()[i] - expected.data()[i]) < 1e-5F);
  }
}

TEST_CASE("a pair checks sizes and takes an empty batch") {
  const Pair pair({.x = {1, 8, 12, 12}, .filters = 12, .stride = 1});
  std::vector<float> y(12 * 12 * 12);
  const std::span<const float> x = pair.x.data();
  CHECK_THROWS_AS(
      conv2d_forward_pair(pair.first_stage(nullptr), pair.second_stage(), x.first(7), y),
      ArgumentError);
  CHECK_THROWS_AS(
      conv2d_forward_pair(pair.first_stage(nullptr), pair.second_stage(), x, std::span(y).first(7)),
      ArgumentError);
  ConvStage residual = pair.first_stage(nullptr);
  residual.epilogue.residual = y;
  CHECK_THROWS_AS(conv2d_forward_pair(residual, pair.second_stage(), x, y), ArgumentError);
  ConvStage scale = pair.second_stage();
  scale.epilogue.scale = std::span(y).first(11);
  CHECK_THROWS_AS(conv2d_forward_pair(pair.first_stage(nullptr), scale, x, y), ArgumentError);
  const Pair empty({.x = {0, 8, 12, 12}, .filters = 12, .stride = 1});
  CHECK_NOTHROW(conv2d_forward_pair(empty.first_stage(nullptr), empty.second_stage(), {}, {}));
}

TEST_CASE("an inverted residual block runs its first two convolutions as one kernel") {
  test::RandomNodes n(100);
  const ValueId x = n.input("picture");
  const ValueId expand =
      n.apply("expand", ops::Conv(), {x, n.random("expand.weight", {18, 6, 1, 1}, -0.5F, 0.5F)});
  const ValueId clip1 =
      n.apply("clip1", ops::Clip({.low = 0.0F, .high = 6.0F}), {n.norm("bn1", expand, 18)});
  const ValueId depthwise =
      n.apply("depthwise", ops::Conv({.pads = {1, 1, 1, 1}, .groups = 18}),
              {clip1, n.random("depthwise.weight", {18, 1, 3, 3}, -0.5F, 0.5F)});
  const ValueId clip2 =
      n.apply("clip2", ops::Clip({.low = 0.0F, .high = 6.0F}), {n.norm("bn2", depthwise, 18)});
  const ValueId project = n.apply("project", ops::Conv(),
                                  {clip2, n.random("project.weight", {4, 18, 1, 1}, -0.5F, 0.5F)});
  const Network network = std::move(n).finish(x, project, {6, 20, 20});
  const Tensor picture = random_tensor({2, 6, 20, 20}, 7);

  std::vector<std::string> kernels;
  const auto run = [&](Request request) {
    kernels.clear();
    request.on_step = [&](std::span<const ValueId> computed) {
      std::string name;
      for (const ValueId id : computed) name += network.node(id).name + " ";
      kernels.push_back(name);
    };
    return forward(network, picture, request).value(project);
  };
  run({.keep_all = true});
  CHECK(kernels.size() == 7);
  const Tensor apart = run({.keep = {clip1, project}});
  CHECK(kernels ==
        std::vector<std::string>{"expand bn1 clip1 ", "depthwise bn2 clip2 ", "project "});
  for (int repetition = 0; repetition < 3; ++repetition) {
    CHECK(same_bits(run({}), apart));
    CHECK(kernels == std::vector<std::string>{"expand bn1 clip1 depthwise bn2 clip2 ", "project "});
  }
}
