#include <array>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/ops/concat.h"
#include "core/ops/depth_to_space.h"
#include "core/ops/embedding.h"
#include "core/ops/expand.h"
#include "core/ops/flatten.h"
#include "core/ops/gather.h"
#include "core/ops/pad.h"
#include "core/ops/reshape.h"
#include "core/ops/slice.h"
#include "core/ops/space_to_depth.h"
#include "core/ops/squeeze.h"
#include "core/ops/transpose.h"
#include "core/ops/unsqueeze.h"
#include "tests/core/ops/double_reference_axes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::ops;
using namespace cameo::test;

namespace {

Shape inferred(const Op& op, const Shape& x) { return op.infer_shape(std::array{x}); }

}  // namespace

TEST_CASE("Flatten: forward and gradient") {
  const Tensor x = random_tensor({2, 3, 4, 5}, 1);
  CHECK(problems({Flatten(), reshaped({2, 60}), {x}}) == "");
  CHECK(problems({Flatten({.axis = 0}), reshaped({1, 120}), {x}}) == "");
  CHECK(problems({Flatten({.axis = 4}), reshaped({120, 1}), {x}}) == "");
  CHECK(problems({Flatten({.axis = -1}), reshaped({24, 5}), {x}}) == "");
  CHECK(problems({Flatten(), reshaped({0, 12}), {Tensor({0, 3, 4})}}) == "");
  CHECK(problems({Flatten({.axis = 0}), reshaped({1, 1}), {Tensor({}, 1.0F)}}) == "");
  CHECK_THROWS_WITH(inferred(Flatten({.axis = 3}), {2, 3}), Catch::StartsWith("Flatten: "));
  CHECK_THROWS_AS(inferred(Flatten({.axis = -3}), {2, 3}), ArgumentError);
  CHECK_THROWS_AS(inferred(Flatten(), {0, 1LL << 40, 1LL << 40}), ShapeError);
}

TEST_CASE("Reshape: forward and gradient") {
  const Tensor x = random_tensor({2, 3, 4}, 1);
  CHECK(problems({Reshape({.shape = {4, 6}}), reshaped({4, 6}), {x}}) == "");
  CHECK(problems({Reshape({.shape = {0, -1}}), reshaped({2, 12}), {x}}) == "");
  CHECK(problems({Reshape({.shape = {-1}}), reshaped({24}), {x}}) == "");
  CHECK(problems({Reshape({.shape = {}}), reshaped({}), {Tensor({1, 1}, 3.0F)}}) == "");
  CHECK(problems({Reshape({.shape = {0, 12}}), reshaped({0, 12}), {Tensor({0, 3, 4})}}) == "");
  CHECK_THROWS_AS(inferred(Reshape({.shape = {5, -1}}), {2, 3}), ShapeError);
  CHECK_THROWS_AS(inferred(Reshape({.shape = {-1, -1}}), {2, 3}), ArgumentError);
  CHECK_THROWS_AS(inferred(Reshape({.shape = {-2, 3}}), {2, 3}), ArgumentError);
  CHECK_THROWS_AS(inferred(Reshape({.shape = {6, 1, 0}}), {2, 3}), ShapeError);
  CHECK_THROWS_AS(inferred(Reshape({.shape = {7}}), {2, 3}), ShapeError);
  CHECK_THROWS_WITH(inferred(Reshape({.shape = {INT64_MAX, 3}}), {2, 3}),
                    Catch::StartsWith("Reshape: "));
}

TEST_CASE("Concat: forward and gradients") {
  const auto x = [](Shape shape) { return random_tensor(shape, 10 + shape.size()); };
  CHECK(problems({Concat(), concat(1), {x({2, 3, 4, 5}), x({2, 1, 4, 5}), x({2, 2, 4, 5})}}) == "");
  CHECK(problems({Concat({.axis = -1}), concat(2), {x({2, 3, 1}), x({2, 3, 4})}}) == "");
  CHECK(problems({Concat({.axis = 0}), concat(0), {x({2, 3}), x({0, 3}), x({1, 3})}}) == "");
  CHECK(problems({Concat({.axis = 0}), concat(0), {x({4})}}) == "");
  CHECK_THROWS_WITH(Concat().infer_shape(std::array{Shape{2, 3}, Shape{3, 3}}),
                    Catch::StartsWith("Concat: "));
  CHECK_THROWS_AS(Concat().infer_shape(std::array{Shape{2, 3}, Shape{2, 3, 1}}), ShapeError);
  CHECK_THROWS_AS(Concat().infer_shape({}), ShapeError);
  CHECK_THROWS_AS(inferred(Concat({.axis = 2}), {2, 3}), ArgumentError);
  CHECK_THROWS_AS(Concat().infer_shape(std::array{Shape{0, INT64_MAX}, Shape{0, 2}}), ShapeError);
}

TEST_CASE("Transpose: forward and gradient") {
  const Tensor x = random_tensor({2, 3, 4, 5}, 1);
  CHECK(problems({Transpose(), transpose({3, 2, 1, 0}), {x}}) == "");
  CHECK(problems({Transpose({.perm = {0, 2, 3, 1}}), transpose({0, 2, 3, 1}), {x}}) == "");
  CHECK(problems({Transpose({.perm = {1, 0, 2, -1}}), transpose({1, 0, 2, 3}), {x}}) == "");
  CHECK(problems({Transpose({.perm = {0, 1, 2, 3}}), transpose({0, 1, 2, 3}), {x}}) == "");
  CHECK(problems({Transpose({.perm = {2, 0, 1}}), transpose({2, 0, 1}), {Tensor({0, 3, 2})}}) ==
        "");
  CHECK(problems({Transpose(), transpose({}), {Tensor({}, 1.0F)}}) == "");
  CHECK_THROWS_WITH(inferred(Transpose({.perm = {0, 1}}), {2, 3, 4}),
                    Catch::StartsWith("Transpose: "));
  CHECK_THROWS_AS(inferred(Transpose({.perm = {0, -2}}), {2, 3}), ArgumentError);
  CHECK_THROWS_AS(inferred(Transpose({.perm = {0, 2}}), {2, 3}), ArgumentError);
}

TEST_CASE("Expand: forward and gradient") {
  const auto x = [](Shape shape) { return random_tensor(shape, 1); };
  CHECK(problems({Expand({.shape = {2, 3, 4}}), expand({2, 3, 4}), {x({3, 1})}}) == "");
  CHECK(problems({Expand({.shape = {1, 5}}), expand({1, 5}), {x({2, 3, 1})}}) == "");
  CHECK(problems({Expand({.shape = {2, 1}}), expand({2, 1}), {x({2, 3})}}) == "");
  CHECK(problems({Expand({.shape = {}}), expand({}), {x({2})}}) == "");
  CHECK_THROWS_WITH(inferred(Expand({.shape = {2}}), {3}), Catch::StartsWith("Expand: "));
  CHECK_THROWS_AS(inferred(Expand({.shape = {-1}}), {3}), ShapeError);
  CHECK_THROWS_AS(inferred(Expand({.shape = {1LL << 40, 1LL << 40}}), {1}), ShapeError);
}

TEST_CASE("Pad: forward and gradient") {
  const Tensor x = random_tensor({2, 3, 4, 5}, 1);
  const std::vector<PadOptions> variants{
      {.pads = {0, 0, 1, 2, 0, 0, 3, 0}, .value = -1.5F},
      {.pads = {1, 0, 0, 0, 0, 1, 0, 0}},
      {.pads = {0, 0, -1, -2, 0, 0, -1, 0}},
      {.pads = {-1, 0, 2, -1, 1, 0, -3, 4}, .value = 2.0F},
      {.pads = {0, 0, 0, -5, 0, 0, 0, 0}},
      {.pads = {0, 0, 0, 0, 0, 0, 0, 0}},
  };
  for (const PadOptions& options : variants)
    CHECK(problems({Pad(options), pad(options), {x}}) == "");
  const PadOptions batch{.pads = {0, 1, 0, 1}};
  CHECK(problems({Pad(batch), pad(batch), {Tensor({0, 3})}}) == "");
  CHECK_THROWS_WITH(inferred(Pad({.pads = {1, 1}}), {2, 3}), Catch::StartsWith("Pad: "));
  CHECK_THROWS_AS(inferred(Pad({.pads = {0, -2, 0, -2}}), {2, 3}), ShapeError);
  CHECK_THROWS_AS(inferred(Pad({.pads = {0, -4, 0, 4}}), {2, 3}), ShapeError);
  CHECK_THROWS_AS(inferred(Pad({.pads = {INT64_MAX, 0, INT64_MAX, 0}}), {2, 3}), ShapeError);
  CHECK_THROWS_AS(inferred(Pad({.pads = {INT64_MIN, 0, 0, 0}}), {2, 3}), ShapeError);
  CHECK_THROWS_AS(inferred(Pad({.pads = {1LL << 40, 1LL << 40, 0, 0}}), {2, 3}), ShapeError);
}

TEST_CASE("Pad by mirroring and by repeating the edge: forward and gradient") {
  const Tensor x = random_tensor({2, 3, 4}, 1);
  const Shape all2{0, 1};
  const PadOptions mirrored{.pads = {0, 2, 3, 0, 1, 0}, .mode = PadMode::kReflect};
  CHECK(problems({Pad(mirrored), slice({all2, {2, 1, 0, 1, 2, 1}, {3, 2, 1, 0, 1, 2, 3}}), {x}}) ==
        "");
  const PadOptions repeated{.pads = {0, 2, 0, 0, 1, 5}, .mode = PadMode::kEdge};
  CHECK(problems(
            {Pad(repeated), slice({all2, {0, 0, 0, 1, 2, 2}, {0, 1, 2, 3, 3, 3, 3, 3, 3}}), {x}}) ==
        "");
  const PadOptions cropped{.pads = {0, -1, 1, 0, 1, -2}, .mode = PadMode::kEdge};
  CHECK(problems({Pad(cropped), slice({all2, {1, 2, 2}, {0, 0, 1}}), {x}}) == "");
  const auto refused = [](PadMode mode, std::vector<std::int64_t> pads, const Shape& shape) {
    return inferred(Pad({.pads = std::move(pads), .mode = mode}), shape);
  };
  CHECK_THROWS_WITH(refused(PadMode::kReflect, {0, 3, 0, 0}, {2, 3}), Catch::StartsWith("Pad: "));
  CHECK_THROWS_AS(refused(PadMode::kReflect, {0, 1, 0, 0}, {2, 1}), ShapeError);
  CHECK_THROWS_AS(refused(PadMode::kEdge, {0, 1, 0, 0}, {2, 0}), ShapeError);
}

TEST_CASE("Squeeze and Unsqueeze: forward and gradient") {
  const Tensor x = random_tensor({2, 1, 3, 1}, 1);
  CHECK(problems({Squeeze({.axes = {1, -1}}), reshaped({2, 3}), {x}}) == "");
  CHECK(problems({Squeeze({.axes = {3}}), reshaped({2, 1, 3}), {x}}) == "");
  CHECK(problems({Squeeze(), reshaped({2, 1, 3, 1}), {x}}) == "");
  CHECK(problems({Unsqueeze({.axes = {4, 0}}), reshaped({1, 2, 1, 3, 1, 1}), {x}}) == "");
  CHECK(problems({Unsqueeze({.axes = {-1, 1}}), reshaped({2, 1, 1, 3, 1, 1}), {x}}) == "");
  CHECK(problems({Unsqueeze({.axes = {0}}), reshaped({1}), {Tensor({}, 1.0F)}}) == "");
  CHECK_THROWS_WITH(inferred(Squeeze({.axes = {0}}), {2, 1}), Catch::StartsWith("Squeeze: "));
  CHECK_THROWS_AS(inferred(Squeeze({.axes = {2}}), {2, 1}), ArgumentError);
  CHECK_THROWS_WITH(inferred(Unsqueeze({.axes = {3}}), {2, 1}), Catch::StartsWith("Unsqueeze: "));
  CHECK_THROWS_AS(inferred(Unsqueeze({.axes = {0, 0}}), {2, 1}), ArgumentError);
}

TEST_CASE("Gather: forward and gradient") {
  const Tensor x = random_tensor({2, 4, 3}, 1);
  const Shape all2{0, 1};
  const Shape all3{0, 1, 2};
  const auto gathered = [](std::vector<Shape> taken, Shape shape) {
    return [=](Inputs in) {
      const std::vector<DoubleTensor> part{slice(taken)(in)};
      return reshaped(shape)(part);
    };
  };
  CHECK(problems({Gather({.axis = 1, .indices = {3, 0, -1, 1}, .indices_shape = {2, 2}}),
                  gathered({all2, {3, 0, 3, 1}, all3}, {2, 2, 2, 3}),
                  {x}}) == "");
  CHECK(problems({Gather({.axis = -1, .indices = {-2}}),
                  gathered({all2, {0, 1, 2, 3}, {1}}, {2, 4}),
                  {x}}) == "");
  CHECK(problems({Gather({.axis = 0, .indices = {}, .indices_shape = {0}}),
                  gathered({{}, {0, 1, 2, 3}, all3}, {0, 4, 3}),
                  {x}}) == "");
  CHECK_THROWS_WITH(inferred(Gather({.indices = {2}}), {2, 3}), Catch::StartsWith("Gather: "));
  CHECK_THROWS_AS(inferred(Gather({.indices = {-3}}), {2, 3}), ShapeError);
  CHECK_THROWS_AS(inferred(Gather({.indices = {0, 1}}), {2, 3}), ArgumentError);
  CHECK_THROWS_AS(inferred(Gather({.axis = 2, .indices = {0}}), {2, 3}), ArgumentError);
}

TEST_CASE("Embedding: forward and gradient") {
  const auto rows = [](Inputs in) {
    Shape shape = in[0].shape;
    shape.push_back(in[1].shape[1]);
    DoubleTensor y(shape);
    for (std::size_t i = 0; i < y.values.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      const std::int64_t width = in[1].shape[1];
      y.values[i] =
          in[1].at({std::lround(in[0].values[static_cast<std::size_t>(at / width)]), at % width});
    }
    return y;
  };
  const Tensor weight = random_tensor({5, 3}, 1);
  const Tensor twice({2, 3}, std::array{4.0F, 0.0F, 4.0F, 1.0F, 1.0F, 1.0F});
  CHECK(problems({Embedding(), rows, {twice, weight}}) == "");
  CHECK(problems({Embedding(), rows, {Tensor({}, 3.0F), weight}}) == "");
  CHECK(problems({Embedding(), rows, {Tensor({2, 0}), weight}}) == "");
  for (const float bad : {-1.0F, 5.0F, 0.5F, NAN, INFINITY, 1e30F}) {
    CHECK_THROWS_AS(Embedding().forward(std::array{Tensor({1}, bad), weight}, {}), ArgumentError);
  }
  CHECK_THROWS_WITH(Embedding().infer_shape(std::array{Shape{2}, Shape{5}}),
                    Catch::StartsWith("Embedding: "));
}

TEST_CASE("DepthToSpace and SpaceToDepth: forward and gradient") {
  const Tensor deep = random_tensor({2, 18, 2, 3}, 1);
  CHECK(problems({DepthToSpace({.block = 3}), depth_to_space(3, false), {deep}}) == "");
  CHECK(problems({DepthToSpace({.block = 3, .order = DepthOrder::kChannelFirst}),
                  depth_to_space(3, true),
                  {deep}}) == "");
  CHECK(
      problems({SpaceToDepth({.block = 2}), space_to_depth(2), {random_tensor({2, 3, 4, 6}, 1)}}) ==
      "");
  const std::array there{DepthToSpace({.block = 3}).forward(std::array{deep}, {})};
  CHECK(same_bits(SpaceToDepth({.block = 3}).forward(there, {}), deep));
  CHECK_THROWS_WITH(inferred(DepthToSpace({.block = 2}), {1, 6, 2, 2}),
                    Catch::StartsWith("DepthToSpace: "));
  CHECK_THROWS_WITH(inferred(SpaceToDepth({.block = 2}), {1, 6, 2, 3}),
                    Catch::StartsWith("SpaceToDepth: "));
  CHECK_THROWS_AS(inferred(DepthToSpace({.block = 0}), {1, 6, 2, 2}), ArgumentError);
  CHECK_THROWS_AS(inferred(SpaceToDepth({.block = INT64_MAX}), {1, 6, 2, 2}), ArgumentError);
}

TEST_CASE("a slice that lies in one piece shares its input's memory") {
  const Tensor x = random_tensor({1, 4, 3, 5}, 1);
  const auto slice = [&](const Tensor& of, SliceOptions options) {
    return Slice(std::move(options)).forward(std::array{of}, {});
  };
  const Tensor half = slice(x, {.starts = {2}, .ends = {4}, .axes = {1}});
  CHECK(half.shape() == Shape{1, 2, 3, 5});
  CHECK(half.data().data() == x.data().data() + 2 * 15);
  const Tensor rows = slice(x, {.starts = {3, 1}, .ends = {4, 3}, .axes = {1, 2}});
  CHECK(rows.data().data() == x.data().data() + 3 * 15 + 5);
  CHECK(slice(x, {.starts = {1}, .ends = {3}, .axes = {2}}).data().data() != x.data().data() + 5);
  CHECK(slice(x, {.starts = {-1}, .ends = {-5}, .axes = {1}, .steps = {-1}}).data()[0] ==
        x.data()[3 * 15]);
  const Tensor pictures = random_tensor({3, 2, 2, 2}, 2);
  CHECK(slice(pictures, {.starts = {1}, .ends = {2}, .axes = {1}}).data()[4] ==
        pictures.data()[8 + 4]);
  Tensor written = half;
  written.mutable_data()[0] = 7.0F;
  CHECK(x.data()[2 * 15] != 7.0F);
}

TEST_CASE("Slice: forward and gradient") {
  struct Variant {
    SliceOptions options;
    std::vector<Shape> taken;
  };
  const Shape all2{0, 1};
  const Shape all3{0, 1, 2};
  const Shape all5{0, 1, 2, 3, 4};
  const std::vector<Variant> variants{
      {{.starts = {1}, .ends = {3}, .axes = {1}}, {all2, {1, 2}, all5}},
      {{.starts = {0, 1}, .ends = {1, 9}}, {{0}, {1, 2}, all5}},
      {{.starts = {-2}, .ends = {INT64_MAX}, .axes = {-1}}, {all2, all3, {3, 4}}},
      {{.starts = {0}, .ends = {5}, .axes = {2}, .steps = {2}}, {all2, all3, {0, 2, 4}}},
      {{.starts = {-1}, .ends = {INT64_MIN}, .axes = {2}, .steps = {-1}},
       {all2, all3, {4, 3, 2, 1, 0}}},
      {{.starts = {3}, .ends = {0}, .axes = {2}, .steps = {-2}}, {all2, all3, {3, 1}}},
      {{.starts = {2, 9}, .ends = {0, -9}, .axes = {1, 2}, .steps = {-1, -3}},
       {all2, {2, 1}, {4, 1}}},
      {{.starts = {1}, .ends = {5}, .axes = {2}, .steps = {INT64_MAX}}, {all2, all3, {1}}},
      {{.starts = {4}, .ends = {0}, .axes = {2}, .steps = {INT64_MIN}}, {all2, all3, {4}}},
      {{.starts = {3}, .ends = {2}, .axes = {2}}, {all2, all3, {}}},
      {{.starts = {}, .ends = {}}, {all2, all3, all5}},
  };
  for (std::size_t i = 0; i < variants.size(); ++i) {
    INFO("variant " << i);
    CHECK(problems({Slice(variants[i].options),
                    slice(variants[i].taken),
                    {random_tensor({2, 3, 5}, 1)}}) == "");
  }
  const auto refused = [](SliceOptions options) { return inferred(Slice(options), {2, 3, 5}); };
  CHECK_THROWS_WITH(refused({.starts = {0}, .ends = {1, 2}}), Catch::StartsWith("Slice: "));
  CHECK_THROWS_AS(refused({.starts = {0}, .ends = {1}, .axes = {3}}), ArgumentError);
  CHECK_THROWS_AS(refused({.starts = {0}, .ends = {1}, .steps = {0}}), ArgumentError);
  CHECK_THROWS_AS(refused({.starts = {0, 0}, .ends = {1, 1}, .axes = {1, -2}}), ArgumentError);
}
