#include "core/ops/gemm.h"

#include <array>
#include <catch2/catch.hpp>

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

TEST_CASE("Gemm checks its arguments") {
  const ops::Gemm op;
  CHECK_THROWS_WITH(op.infer_shape(std::array{Shape{2, 3}, Shape{4, 5}}),
                    Catch::StartsWith("Gemm: ") && Catch::Contains("[4,3]"));
  CHECK_THROWS_AS(op.infer_shape(std::array{Shape{2, 3}, Shape{4, 3}, Shape{3}}), ShapeError);
  CHECK_THROWS_AS(op.infer_shape(std::array{Shape{2, 3, 1}, Shape{4, 3}}), ShapeError);
  CHECK_THROWS_AS(op.infer_shape(std::array{Shape{2, 3}}), ShapeError);
}
