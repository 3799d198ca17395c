#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/ops/reduce_max.h"
#include "core/ops/reduce_mean.h"
#include "core/ops/reduce_min.h"
#include "core/ops/reduce_sum.h"
#include "core/parallel.h"
#include "tests/core/ops/double_reference_axes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::ops;
using namespace cameo::test;

namespace {

struct Variant {
  std::vector<std::int64_t> named;
  std::vector<std::size_t> axes;
};

void check_all(const Shape& shape, const Variant& variant, bool keepdims) {
  INFO(to_string(shape) << ", " << variant.axes.size() << " axes, kept " << keepdims);
  const Tensor x = random_tensor(shape, 1);
  const ReduceOptions options{.axes = variant.named, .keepdims = keepdims};
  const auto check = [&](const Op& op, const char* what) {
    INFO(what);
    CHECK(problems({op, reduce(what, variant.axes, keepdims), {x}}) == "");
  };
  check(ReduceSum(options), "Sum");
  check(ReduceMean(options), "Mean");
  check(ReduceMax(options), "Max");
  check(ReduceMin(options), "Min");
}

Shape inferred(const Op& op, const Shape& x) { return op.infer_shape(std::array{x}); }

}  // namespace

TEST_CASE("ReduceSum, ReduceMean, ReduceMax and ReduceMin: forward and gradient") {
  const std::vector<Variant> variants{{{2, 3}, {2, 3}},
                                      {{1}, {1}},
                                      {{-1, 0}, {0, 3}},
                                      {{0, 1, 2, 3}, {0, 1, 2, 3}},
                                      {{}, {0, 1, 2, 3}}};
  for (const Variant& variant : variants) {
    for (const bool keepdims : {false, true}) check_all({2, 3, 4, 5}, variant, keepdims);
  }
  check_all({}, {{}, {}}, true);
  check_all({0, 3}, {{1}, {1}}, false);
}

TEST_CASE("reductions over nothing: a sum is 0, the others are refused") {
  const Tensor y = ReduceSum({.axes = {0}}).forward(std::array{Tensor({0, 2})}, {});
  CHECK(y.shape() == Shape{1, 2});
  CHECK(y.data()[1] == 0.0F);
  CHECK_THROWS_WITH(inferred(ReduceMean({.axes = {0}}), {0, 2}), Catch::StartsWith("ReduceMean: "));
  CHECK_THROWS_AS(inferred(ReduceMax(), {0, 2}), ShapeError);
  CHECK_THROWS_AS(inferred(ReduceMin(), {2, 0}), ShapeError);
  CHECK_THROWS_AS(inferred(ReduceSum({.axes = {2}}), {2, 3}), ArgumentError);
  CHECK_THROWS_AS(inferred(ReduceSum({.axes = {1, -1}}), {2, 3}), ArgumentError);
}

TEST_CASE("the first of equal maxima gets the gradient, and NaN wins") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x({2, 3}, std::array{1.0F, 4.0F, 4.0F, 5.0F, nan, 9.0F});
  const std::vector<Tensor> results = run_all({ReduceMax({.axes = {1}}), nullptr, {x}});
  CHECK(results[1].data()[0] == 4.0F);
  CHECK(std::isnan(results[1].data()[1]));
  for (const std::size_t i : {0U, 2U, 3U, 5U}) CHECK(results[0].data()[i] == 0.0F);
  for (const std::size_t i : {1U, 4U}) CHECK(results[0].data()[i] != 0.0F);
}

TEST_CASE("reductions give the same bits for any number of threads") {
  const OpCase test{ReduceMean({.axes = {1, 3}}), nullptr, {random_tensor({8, 16, 31, 33}, 1)}};
  const auto with = [&](int threads) {
    const ThreadLimit limit(threads);
    return run_all(test);
  };
  const std::vector<Tensor> one = with(1);
  const std::vector<Tensor> three = with(3);
  for (std::size_t i = 0; i < one.size(); ++i) CHECK(same_bits(one[i], three[i]));
}
