#include "core/ops/matmul.h"

#include <array>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/parallel.h"
#include "tests/core/ops/double_reference_axes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::ops;
using namespace cameo::test;

namespace {

/// The reference over the operands reshaped to matrices of one rank, its result to `shape`.
DoubleFunction as_matrices(Shape a, Shape b, Shape shape) {
  return [=](Inputs in) {
    const std::vector<DoubleTensor> operands{reshaped(a)(in.first(1)), reshaped(b)(in.last(1))};
    const std::vector<DoubleTensor> product{matmul()(operands)};
    return reshaped(shape)(product);
  };
}

std::vector<Tensor> operands(Shape a, Shape b) {
  return {random_tensor(std::move(a), 1), random_tensor(std::move(b), 2)};
}

Shape inferred(Shape a, Shape b) {
  return MatMul().infer_shape(std::array{std::move(a), std::move(b)});
}

}  // namespace

TEST_CASE("MatMul: forward and gradients of stacks of one rank") {
  const std::vector<std::pair<Shape, Shape>> pairs{{{3, 4}, {4, 5}},
                                                   {{2, 3, 4}, {2, 4, 5}},
                                                   {{2, 3, 4}, {1, 4, 5}},
                                                   {{1, 3, 4}, {2, 4, 5}},
                                                   {{2, 1, 3, 4}, {1, 3, 4, 2}},
                                                   {{0, 3, 4}, {0, 4, 5}},
                                                   {{3, 0}, {0, 5}},
                                                   {{0, 4}, {4, 5}}};
  for (const auto& [a, b] : pairs) {
    INFO(to_string(a) << " and " << to_string(b));
    CHECK(problems({MatMul(), matmul(), operands(a, b)}) == "");
  }
}

TEST_CASE("MatMul: ranks that differ, and vectors") {
  struct Variant {
    Shape a, b, a_matrix, b_matrix, result;
  };
  const std::vector<Variant> variants{
      {{2, 3, 4}, {4, 5}, {2, 3, 4}, {1, 4, 5}, {2, 3, 5}},
      {{3, 4}, {2, 4, 5}, {1, 3, 4}, {2, 4, 5}, {2, 3, 5}},
      {{2, 3, 4}, {1, 1, 4, 5}, {1, 2, 3, 4}, {1, 1, 4, 5}, {1, 2, 3, 5}},
      {{4}, {4}, {1, 4}, {4, 1}, {}},
      {{4}, {4, 5}, {1, 4}, {4, 5}, {5}},
      {{3, 4}, {4}, {3, 4}, {4, 1}, {3}},
      {{4}, {2, 4, 5}, {1, 1, 4}, {2, 4, 5}, {2, 5}},
      {{2, 3, 4}, {4}, {2, 3, 4}, {1, 4, 1}, {2, 3}}};
  for (const Variant& v : variants) {
    INFO(to_string(v.a) << " and " << to_string(v.b));
    CHECK(problems({MatMul(), as_matrices(v.a_matrix, v.b_matrix, v.result), operands(v.a, v.b)}) ==
          "");
  }
}

TEST_CASE("MatMul checks its inputs") {
  CHECK_THROWS_WITH(inferred({2, 3}, {4, 5}), Catch::StartsWith("MatMul: "));
  CHECK_THROWS_AS(inferred({}, {4, 5}), ShapeError);
  CHECK_THROWS_AS(inferred({2, 3, 4}, {3, 4, 5}), ShapeError);
  CHECK_THROWS_AS(inferred({1LL << 40, 1}, {1, 1LL << 40}), ShapeError);
  CHECK_THROWS_AS(MatMul().infer_shape(std::array{Shape{2, 3}}), ShapeError);
}

TEST_CASE("MatMul gives the same bits for any number of threads") {
  for (const auto& [a, b] : {std::pair<Shape, Shape>{{7, 33, 65}, {7, 65, 40}},
                             std::pair<Shape, Shape>{{7, 33, 65}, {65, 40}}}) {
    const OpCase test{MatMul(), nullptr, operands(a, b)};
    const auto with = [&](int threads) {
      const ThreadLimit limit(threads);
      return run_all(test);
    };
    const std::vector<Tensor> one = with(1);
    const std::vector<Tensor> three = with(3);
    for (std::size_t i = 0; i < one.size(); ++i) CHECK(same_bits(one[i], three[i]));
  }
}
