#include "core/ops/gemm.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "core/parallel.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::test;

TEST_CASE("Gemm: forward and gradients") {
  struct Extents {
    std::int64_t rows, depth, columns;
  };
  for (const Extents& e :
       {Extents{3, 4, 5}, {1, 7, 2}, {6, 1, 1}, {0, 3, 2}, {2, 0, 3}, {2, 3, 0}}) {
    for (const bool transpose : {false, true}) {
      const ops::GemmOptions options{.transpose_b = transpose};
      const Tensor x = random_tensor({e.rows, e.depth}, 1);
      const Tensor w =
          random_tensor(transpose ? Shape{e.columns, e.depth} : Shape{e.depth, e.columns}, 2);
      const Tensor bias = random_tensor({e.columns}, 3);
      INFO(e.rows << " " << e.depth << " " << e.columns << " transposed " << transpose);
      CHECK(problems({ops::Gemm(options), gemm(options), {x, w}}) == "");
      CHECK(problems({ops::Gemm(options), gemm(options), {x, w, bias}}) == "");
    }
  }
}

TEST_CASE("Gemm gives the same bits for any number of threads") {
  const std::vector<Tensor> inputs{random_tensor({65, 300}, 1), random_tensor({700, 300}, 2),
                                   random_tensor({700}, 3)};
  std::vector<Tensor> expected;
  for (const int threads : {1, 2, 3, 5}) {
    const ThreadLimit limit(threads);
    const std::vector<Tensor> got = run_all({ops::Gemm(), nullptr, inputs});
    if (expected.empty()) expected = got;
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(same_bits(got[i], expected[i]));
  }
}

TEST_CASE("Gemm: a single row's gradient reads the weight's rows that have one") {
  constexpr std::int64_t kDepth = 20001;
  const std::int64_t live = GENERATE(0, 1, 3, 4, 6, 9);
  const Tensor weight = random_tensor({9, kDepth}, 1);
  Tensor grad({1, 9});
  for (std::int64_t k = 0; k < live; ++k) {
    grad.mutable_data()[static_cast<std::size_t>(8 - k)] = 0.5F + static_cast<float>(k);
  }
  Tensor rows = weight;  // those without a gradient must not be looked at
  for (std::int64_t i = 0; i < (9 - live) * kDepth; ++i) {
    rows.mutable_data()[static_cast<std::size_t>(i)] = NAN;
  }
  const ops::Gemm op;
  const std::array<Tensor, 2> inputs{Tensor(), rows};
  const std::array<Shape, 2> shapes{Shape{1, kDepth}, rows.shape()};
  const std::array<bool, 2> needs{true, false};
  std::array<Tensor, 2> got;
  std::optional<Tensor> expected;
  for (const int threads : {1, 3}) {
    const ThreadLimit limit(threads);
    op.vjp({.inputs = inputs,
            .input_shapes = shapes,
            .output = Tensor(),
            .residuals = {},
            .grad = grad,
            .needs = needs,
            .input_grads = got});
    if (!expected) expected = got[0];
    CHECK(same_bits(got[0], *expected));
  }
  for (std::size_t i = 0; i < kDepth; ++i) {
    double sum = 0.0;
    for (std::size_t m = 0; m < 9; ++m) {
      sum += double{grad.data()[m]} * double{weight.data()[m * kDepth + i]};
    }
    REQUIRE(got[0].data()[i] == Approx(sum).margin(2e-5));
  }
}

TEST_CASE("Gemm checks its arguments") {
  const ops::Gemm op;
  CHECK_THROWS_WITH(op.infer_shape(std::array{Shape{2, 3}, Shape{4, 5}}),
                    Catch::StartsWith("Gemm: ") && Catch::Contains("[4,3]"));
  CHECK_THROWS_AS(op.infer_shape(std::array{Shape{2, 3}, Shape{4, 3}, Shape{3}}), ShapeError);
  CHECK_THROWS_AS(op.infer_shape(std::array{Shape{2, 3, 1}, Shape{4, 3}}), ShapeError);
  CHECK_THROWS_AS(op.infer_shape(std::array{Shape{2, 3}}), ShapeError);
}
