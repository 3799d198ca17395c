#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/ops/adaptive_average_pool.h"
#include "core/ops/average_pool.h"
#include "core/ops/global_average_pool.h"
#include "core/ops/global_max_pool.h"
#include "core/ops/max_pool.h"
#include "core/parallel.h"
#include "tests/core/ops/double_reference_axes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::ops;
using namespace cameo::test;

namespace {

const std::vector<MaxPoolOptions> kMaxPools{
    {},
    {.kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}},
    {.kernel = {3, 2}, .strides = {1, 1}},
    {.kernel = {3, 3}, .strides = {2, 2}, .ceil_mode = true},
    {.kernel = {2, 2}, .strides = {3, 3}, .pads = {1, 0, 0, 1}, .ceil_mode = true},
    {.kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}, .ceil_mode = true},
    {.kernel = {2, 3}, .strides = {1, 2}, .pads = {0, 2, 1, 1}},
    {.kernel = {3, 2}, .strides = {2, 1}, .pads = {1, 0, 1, 1}, .dilations = {2, 3}},
};

Tensor run(const Op& op, const Tensor& x) { return op.forward(std::array{x}, {}); }

std::vector<float> values(const Tensor& t) { return {t.data().begin(), t.data().end()}; }

Shape inferred(const Op& op, const Shape& x) { return op.infer_shape(std::array{x}); }

}  // namespace

TEST_CASE("MaxPool: forward and gradient") {
  for (std::size_t i = 0; i < kMaxPools.size(); ++i) {
    INFO("variant " << i);
    for (const Shape& shape : {Shape{2, 3, 7, 8}, Shape{1, 1, 5, 4}, Shape{0, 2, 6, 6}}) {
      const Tensor x = random_tensor(shape, 3 + i, -3.0F, 3.0F);
      CHECK(problems({MaxPool(kMaxPools[i]), max_pool(kMaxPools[i]), {x}}) == "");
    }
  }
}

TEST_CASE("MaxPool: maxima without their winners have the bits of those with them") {
  std::vector<MaxPoolOptions> variants = kMaxPools;
  variants.push_back({.kernel = {3, 3}, .strides = {1, 1}, .pads = {1, 1, 1, 1}});
  variants.push_back({.kernel = {1, 70}, .strides = {1, 1}, .pads = {0, 69, 0, 69}});
  variants.push_back({.kernel = {2, 9}, .strides = {2, 2}, .pads = {1, 8, 1, 5}});
  for (std::size_t i = 0; i < variants.size(); ++i) {
    for (const Shape& shape : {Shape{2, 3, 7, 71}, Shape{1, 2, 5, 4}, Shape{2, 2, 17, 6}}) {
      INFO("variant " << i << " on " << to_string(shape));
      Tensor x = random_tensor(shape, 3 + i, -3.0F, 3.0F);
      for (const bool with_nan : {false, true}) {
        const std::span<float> line = x.mutable_data();
        std::fill_n(line.begin(), shape[3] / 2, -std::numeric_limits<float>::infinity());
        if (with_nan) line[line.size() / 3] = std::numeric_limits<float>::quiet_NaN();
        Residuals winners;
        const MaxPool pool(variants[i]);
        if (shape[3] + variants[i].pads[1] + variants[i].pads[3] < variants[i].kernel[1]) continue;
        const Tensor expected = pool.forward(std::array{x}, {.residuals = &winners});
        CHECK(same_bits(run(pool, x), expected));
      }
    }
  }
}

TEST_CASE("GlobalMaxPool: forward and gradient") {
  CHECK(
      problems({GlobalMaxPool(), reduce("Max", {2, 3}, true), {random_tensor({2, 3, 4, 5}, 1)}}) ==
      "");
  CHECK(problems({GlobalMaxPool(), reduce("Max", {2}, true), {random_tensor({2, 3, 7}, 1)}}) == "");
  CHECK_THROWS_WITH(inferred(GlobalMaxPool(), {2, 3}), Catch::StartsWith("GlobalMaxPool: "));
  CHECK_THROWS_AS(inferred(GlobalMaxPool(), {2, 3, 0, 4}), ShapeError);
}

TEST_CASE("AdaptiveAveragePool: forward and gradient") {
  const std::vector<std::array<std::int64_t, 2>> outputs{{1, 1}, {7, 7}, {3, 5}, {2, 12}};
  for (const auto& output : outputs) {
    INFO(output[0] << "x" << output[1]);
    for (const Shape& shape : {Shape{2, 3, 7, 8}, Shape{1, 1, 5, 4}, Shape{0, 2, 6, 6}}) {
      CHECK(problems({AdaptiveAveragePool({.output = output}),
                      adaptive_average_pool(output[0], output[1]),
                      {random_tensor(shape, 5)}}) == "");
    }
  }
  CHECK_THROWS_WITH(inferred(AdaptiveAveragePool({.output = {0, 1}}), {1, 2, 3, 3}),
                    Catch::StartsWith("AdaptiveAveragePool: "));
  CHECK_THROWS_AS(inferred(AdaptiveAveragePool({.output = {INT64_MAX, 1}}), {1, 2, 3, 3}),
                  ArgumentError);
  CHECK_THROWS_AS(inferred(AdaptiveAveragePool(), {1, 2, 0, 3}), ShapeError);
  CHECK_THROWS_AS(inferred(AdaptiveAveragePool(), {2, 3, 3}), ShapeError);
}

TEST_CASE("AveragePool: forward and gradient") {
  for (std::size_t i = 0; i + 1 < kMaxPools.size(); ++i) {
    for (const bool count : {false, true}) {
      INFO("variant " << i << ", padding counted " << count);
      const AveragePoolOptions options{.kernel = kMaxPools[i].kernel,
                                       .strides = kMaxPools[i].strides,
                                       .pads = kMaxPools[i].pads,
                                       .ceil_mode = kMaxPools[i].ceil_mode,
                                       .count_include_pad = count};
      for (const Shape& shape : {Shape{2, 3, 7, 8}, Shape{1, 1, 5, 4}, Shape{0, 2, 6, 6}}) {
        const Tensor x = random_tensor(shape, 3 + i);
        CHECK(problems({AveragePool(options), average_pool(options), {x}}) == "");
      }
    }
  }
}

TEST_CASE("GlobalAveragePool: forward and gradient") {
  for (const Shape& shape :
       {Shape{2, 3, 7, 8}, Shape{1, 5, 1, 1}, Shape{0, 2, 6, 6}, Shape{1, 2, 23, 17}}) {
    CHECK(problems({GlobalAveragePool(), global_average_pool(), {random_tensor(shape, 1)}}) == "");
  }
}

TEST_CASE("ceil mode drops a window that would start in the padding behind") {
  CHECK(inferred(MaxPool({.kernel = {2, 2}, .strides = {2, 2}, .ceil_mode = true}), {1, 1, 5, 4}) ==
        Shape{1, 1, 3, 2});
  // PyTorch: (2 - 2 - 1 + 1)/2 + 1 = 1, a window that hangs over the only end.
  const MaxPool over_the_end({.kernel = {3, 3}, .strides = {2, 2}, .ceil_mode = true});
  CHECK(inferred(over_the_end, {1, 1, 2, 2}) == Shape{1, 1, 1, 1});
  CHECK(values(run(over_the_end, Tensor({1, 1, 2, 2}, std::array{1.0F, 2.0F, 4.0F, 3.0F}))) ==
        std::vector<float>{4.0F});
  const AveragePool mean_over_the_end({.kernel = {3, 3}, .strides = {2, 2}, .ceil_mode = true});
  CHECK(values(run(mean_over_the_end, Tensor({1, 1, 2, 2}, std::array{1.0F, 2.0F, 4.0F, 3.0F}))) ==
        std::vector<float>{2.5F});
  CHECK_THROWS_AS(inferred(over_the_end, {1, 1, 1, 2}), ShapeError);
  CHECK(inferred(MaxPool({.kernel = {1, 1}, .strides = {3, 3}, .ceil_mode = true}), {1, 1, 3, 3}) ==
        Shape{1, 1, 1, 1});
  const MaxPoolOptions padded{
      .kernel = {2, 2}, .strides = {2, 2}, .pads = {1, 1, 1, 1}, .ceil_mode = true};
  CHECK(inferred(MaxPool(padded), {1, 1, 3, 4}) == Shape{1, 1, 2, 3});
}

TEST_CASE("the divisor of AveragePool counts declared padding only") {
  const Tensor x({1, 1, 3, 3}, 6.0F);
  AveragePoolOptions options{.kernel = {2, 2}, .strides = {2, 2}, .ceil_mode = true};
  CHECK(values(run(AveragePool(options), x)) == std::vector<float>{6, 6, 6, 6});
  options = {.kernel = {2, 2}, .strides = {2, 2}, .pads = {1, 1, 0, 0}, .count_include_pad = true};
  CHECK(values(run(AveragePool(options), x)) == std::vector<float>{1.5F, 3, 3, 6});
  options.count_include_pad = false;
  CHECK(values(run(AveragePool(options), x)) == std::vector<float>{6, 6, 6, 6});
}

TEST_CASE("the first of equal maxima takes the gradient") {
  const MaxPool pool({.kernel = {2, 2}, .strides = {2, 2}});
  const std::vector<Tensor> all =
      run_all({pool, max_pool(pool.options()), {Tensor({1, 1, 2, 4}, 1.0F)}});
  const std::vector<float> grad = values(all[0]);
  for (const std::size_t loser : {1U, 3U, 4U, 5U, 6U, 7U}) CHECK(grad[loser] == 0.0F);
  CHECK(grad[0] != 0.0F);
  CHECK(grad[2] != 0.0F);
}

TEST_CASE("an all-negative window and minus infinity keep real switches") {
  const float low = -std::numeric_limits<float>::infinity();
  const MaxPool pool({.kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}});
  const std::vector<Tensor> all =
      run_all({pool, max_pool(pool.options()), {Tensor({1, 1, 3, 3}, low)}});
  CHECK(values(all[1]) == std::vector<float>{low, low, low, low});
  CHECK(values(all[0])[0] != 0.0F);
  CHECK(values(run(pool, Tensor({1, 1, 2, 2}, -5.0F))) == std::vector<float>{-5.0F});
}

TEST_CASE("NaN wins a maximum and spoils an average") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t place = 0; place < 4; ++place) {
    Tensor x({1, 1, 2, 2}, 1.0F);
    x.mutable_data()[place] = nan;
    CHECK(std::isnan(run(MaxPool(), x).data()[0]));
    CHECK(std::isnan(run(AveragePool(), x).data()[0]));
  }
}

TEST_CASE("pooling gives the same bits for any number of threads") {
  const Tensor x = random_tensor({3, 7, 33, 31}, 5);
  const MaxPool most({.kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}});
  const AveragePool mean({.kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}});
  const GlobalAveragePool global;
  for (const Op* op : std::initializer_list<const Op*>{&most, &mean, &global}) {
    std::vector<Tensor> expected;
    for (const int threads : {1, 2, 3, 5}) {
      const ThreadLimit limit(threads);
      const std::vector<Tensor> got = run_all({*op, nullptr, {x}});
      if (expected.empty()) expected = got;
      CHECK(same_bits(got[0], expected[0]));
      CHECK(same_bits(got[1], expected[1]));
    }
  }
}

TEST_CASE("an empty batch of endless maps costs nothing") {
  const Tensor x({0, 1, 1LL << 30, 1});
  const MaxPoolOptions options{.kernel = {2, 1}, .strides = {1, 1}};
  CHECK(run(MaxPool(options), x).shape() == Shape{0, 1, (1LL << 30) - 1, 1});
}

TEST_CASE("pools check their arguments") {
  const Shape x{1, 2, 5, 5};
  CHECK_THROWS_WITH(inferred(MaxPool({.kernel = {0, 2}}), x), Catch::StartsWith("MaxPool: "));
  CHECK_THROWS_AS(inferred(MaxPool({.strides = {0, 1}}), x), ArgumentError);
  CHECK_THROWS_AS(inferred(MaxPool({.dilations = {1, 0}}), x), ArgumentError);
  CHECK_THROWS_AS(inferred(MaxPool({.pads = {-1, 0, 0, 0}}), x), ArgumentError);
  CHECK_THROWS_AS(inferred(MaxPool({.pads = {2, 0, 0, 0}}), x), ArgumentError);
  CHECK_THROWS_AS(inferred(MaxPool({.kernel = {6, 6}}), x), ShapeError);
  CHECK_THROWS_AS(inferred(MaxPool(), {2, 5, 5}), ShapeError);
  CHECK_THROWS_AS(inferred(MaxPool(), {1, 2, 0, 5}), ShapeError);
  CHECK_THROWS_AS(inferred(MaxPool(), {0, 1, INT64_MAX, 1LL << 40}), ShapeError);
  CHECK_THROWS_AS(inferred(AveragePool({.kernel = {INT64_MAX, 2}}), x), ArgumentError);
  CHECK_THROWS_WITH(inferred(AveragePool({.pads = {0, 2, 0, 0}}), x),
                    Catch::StartsWith("AveragePool: "));
  CHECK_THROWS_AS(inferred(GlobalAveragePool(), {1, 2, 0, 5}), ShapeError);
  CHECK_THROWS_AS(inferred(GlobalAveragePool(), {1, 2}), ShapeError);
  const MaxPoolOptions gap{
      .kernel = {3, 3}, .strides = {1, 1}, .pads = {2, 2, 2, 2}, .dilations = {5, 5}};
  CHECK_THROWS_AS(
      inferred(
          MaxPool({.kernel = {3, 1}, .strides = {1, 1}, .pads = {2, 0, 2, 0}, .dilations = {3, 1}}),
          {1, 1, 1, 1}),
      ShapeError);
  CHECK_THROWS_AS(inferred(MaxPool(gap), {1, 1, 3, 3}), ShapeError);
}
