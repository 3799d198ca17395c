#include <array>
#include <catch2/catch.hpp>

#include "core/error.h"
#include "core/ops/add.h"
#include "core/ops/mul.h"
#include "core/ops/sub.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::ops;
using namespace cameo::test;

namespace {

struct Pair {
  Shape a, b;
};

const std::array<Pair, 9> kPairs{{{{2, 3, 4, 5}, {2, 3, 4, 5}},
                                  {{2, 3, 4, 5}, {2, 3, 1, 1}},
                                  {{2, 3, 1, 1}, {2, 3, 4, 5}},
                                  {{2, 3, 4}, {4}},
                                  {{4}, {2, 3, 4}},
                                  {{3, 1}, {1, 4}},
                                  {{}, {2, 3}},
                                  {{}, {}},
                                  {{0, 3}, {1, 3}}}};

}  // namespace

TEST_CASE("Add, Sub and Mul: forward and gradients under broadcasting") {
  for (const Pair& pair : kPairs) {
    INFO(to_string(pair.a) << " and " << to_string(pair.b));
    const std::vector<Tensor> inputs{random_tensor(pair.a, 1), random_tensor(pair.b, 2)};
    CHECK(problems({Add(), binary([](double a, double b) { return a + b; }), inputs}) == "");
    CHECK(problems({Sub(), binary([](double a, double b) { return a - b; }), inputs}) == "");
    CHECK(problems({Mul(), binary([](double a, double b) { return a * b; }), inputs}) == "");
  }
}

TEST_CASE("shapes that do not broadcast are refused") {
  CHECK_THROWS_WITH(Add().infer_shape(std::array{Shape{2, 3}, Shape{2, 4}}),
                    Catch::StartsWith("Add: ") && Catch::Contains("[2,3] and [2,4]"));
  CHECK_THROWS_AS(Mul().infer_shape(std::array{Shape{2, 3}}), ShapeError);
  CHECK_THROWS_AS(Sub().infer_shape(std::array{Shape{2, 3}, Shape{3, 2}}), ShapeError);
  CHECK_THROWS_AS(Mul().infer_shape(std::array{Shape{1LL << 40, 1}, Shape{1, 1LL << 40}}),
                  ShapeError);
}
