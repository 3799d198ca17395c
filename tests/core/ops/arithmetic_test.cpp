#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/ops/abs.h"
#include "core/ops/add.h"
#include "core/ops/div.h"
#include "core/ops/erf.h"
#include "core/ops/exp.h"
#include "core/ops/log.h"
#include "core/ops/max.h"
#include "core/ops/mean.h"
#include "core/ops/min.h"
#include "core/ops/mul.h"
#include "core/ops/neg.h"
#include "core/ops/pow.h"
#include "core/ops/reciprocal.h"
#include "core/ops/sqrt.h"
#include "core/ops/sub.h"
#include "core/ops/sum.h"
#include "core/parallel.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::ops;
using namespace cameo::test;

namespace {

struct Pair {
  Shape a, b;
};

const std::array<Pair, 13> kPairs{{{{2, 3, 4, 5}, {2, 3, 4, 5}},
                                   {{2, 3, 4, 5}, {2, 3, 1, 1}},
                                   {{2, 3, 1, 1}, {2, 3, 4, 5}},
                                   {{2, 3, 4, 5}, {1, 3, 1, 1}},
                                   {{2, 3, 4, 5}, {2, 1, 4, 1}},
                                   {{2, 3, 4, 5}, {2, 1, 1, 5}},
                                   {{2, 1, 4, 5}, {1, 3, 1, 1}},
                                   {{2, 3, 4}, {4}},
                                   {{4}, {2, 3, 4}},
                                   {{3, 1}, {1, 4}},
                                   {{}, {2, 3}},
                                   {{}, {}},
                                   {{0, 3}, {1, 3}}}};

std::vector<float> values(const Tensor& t) { return {t.data().begin(), t.data().end()}; }

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

TEST_CASE("threads may share a row of what is broadcast") {
  const Tensor x = random_tensor({2, 50001}, 1);
  const Tensor scale = random_tensor({2, 1}, 2);
  const ThreadLimit threads(3);
  const Tensor y = Mul().forward(std::array{x, scale}, {});
  std::vector<float> expected;
  for (std::size_t i = 0; i < x.data().size(); ++i) {
    expected.push_back(x.data()[i] * scale.data()[i / 50001]);
  }
  CHECK(values(y) == expected);
}

TEST_CASE("Div and Pow: forward and gradients under broadcasting") {
  for (const Pair& pair : kPairs) {
    INFO(to_string(pair.a) << " and " << to_string(pair.b));
    const std::vector<Tensor> inputs{random_tensor(pair.a, 1, 0.5F, 2.0F),
                                     random_tensor(pair.b, 2, 0.5F, 2.0F)};
    CHECK(problems({Div(), binary([](double a, double b) { return a / b; }), inputs}) == "");
    CHECK(problems({Pow(), binary([](double a, double b) { return std::pow(a, b); }), inputs}) ==
          "");
  }
}

TEST_CASE("Pow of 0 and to the 0") {
  const std::vector<Tensor> inputs{Tensor({3}, std::array{0.0F, 0.0F, -2.0F}),
                                   Tensor({3}, std::array{0.0F, 2.0F, 3.0F})};
  const std::array shapes{Shape{3}, Shape{3}};
  const Tensor y = Pow().forward(inputs, {});
  CHECK(values(y) == std::vector<float>{1, 0, -8});
  const std::array needs{true, true};
  std::array<Tensor, 2> grads;
  Pow().vjp({.inputs = inputs,
             .input_shapes = shapes,
             .output = y,
             .residuals = {},
             .grad = Tensor({3}, 1.0F),
             .needs = needs,
             .input_grads = grads});
  CHECK(values(grads[0]) == std::vector<float>{0, 0, 12});
  CHECK(grads[1].data()[0] == 0.0F);
  CHECK(grads[1].data()[1] == 0.0F);
}

TEST_CASE("Abs, Neg, Exp, Log, Sqrt, Reciprocal and Erf: forward and gradient") {
  const auto check = [](const Op& op, float low, const std::function<double(double)>& f) {
    INFO(op.type());
    CHECK(problems({op, unary(f), {random_tensor({2, 3, 4}, 1, low, 2.0F)}}) == "");
  };
  check(Abs(), -2.0F, [](double v) { return std::fabs(v); });
  check(Neg(), -2.0F, [](double v) { return -v; });
  check(Exp(), -2.0F, [](double v) { return std::exp(v); });
  check(Log(), 0.5F, [](double v) { return std::log(v); });
  check(Sqrt(), 0.5F, [](double v) { return std::sqrt(v); });
  check(Reciprocal(), 0.5F, [](double v) { return 1.0 / v; });
  check(Erf(), -2.0F, [](double v) { return std::erf(v); });
}

TEST_CASE("Max, Min, Sum and Mean: forward and gradients over several inputs") {
  const std::vector<std::vector<Shape>> variants{{{2, 3, 4}},
                                                 {{2, 3, 4}, {2, 3, 4}},
                                                 {{3, 1}, {2, 3, 4}, {4}},
                                                 {{}, {2, 2}, {1}, {2, 1}},
                                                 {{0, 3}, {3}}};
  for (const auto& shapes : variants) {
    INFO(shapes.size() << " inputs");
    std::vector<Tensor> inputs;
    for (const Shape& shape : shapes) inputs.push_back(random_tensor(shape, 3 + inputs.size()));
    const auto add = folded([](double a, double b) { return a + b; });
    CHECK(problems({Max(), folded([](double a, double b) { return std::max(a, b); }), inputs}) ==
          "");
    CHECK(problems({Min(), folded([](double a, double b) { return std::min(a, b); }), inputs}) ==
          "");
    CHECK(problems({Sum(), add, inputs}) == "");
    const auto mean = [&](Inputs in) {
      DoubleTensor y = add(in);
      for (double& v : y.values) v /= static_cast<double>(in.size());
      return y;
    };
    CHECK(problems({Mean(), mean, inputs}) == "");
  }
  CHECK_THROWS_WITH(Max().infer_shape({}), Catch::StartsWith("Max: "));
  CHECK_THROWS_AS(Sum().infer_shape(std::array{Shape{3}, Shape{1}, Shape{4}}), ShapeError);
}

TEST_CASE("Max gives the gradient of a tie to the first, and NaN wins") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<Tensor> inputs{Tensor({3}, std::array{1.0F, 2.0F, nan}),
                                   Tensor({3}, std::array{1.0F, 3.0F, 5.0F})};
  const std::array shapes{Shape{3}, Shape{3}};
  const Tensor y = Max().forward(inputs, {});
  CHECK(y.data()[1] == 3.0F);
  CHECK(std::isnan(y.data()[2]));
  CHECK(std::isnan(Min().forward(std::array{inputs[1], inputs[0]}, {}).data()[2]));
  const std::array needs{true, true};
  std::array<Tensor, 2> grads;
  Max().vjp({.inputs = inputs,
             .input_shapes = shapes,
             .output = y,
             .residuals = {},
             .grad = Tensor({3}, 1.0F),
             .needs = needs,
             .input_grads = grads});
  CHECK(values(grads[0]) == std::vector<float>{1, 0, 1});
  CHECK(values(grads[1]) == std::vector<float>{0, 1, 0});
}

TEST_CASE("shapes that do not broadcast are refused") {
  CHECK_THROWS_WITH(Add().infer_shape(std::array{Shape{2, 3}, Shape{2, 4}}),
                    Catch::StartsWith("Add: ") && Catch::Contains("[2,3] and [2,4]"));
  CHECK_THROWS_AS(Mul().infer_shape(std::array{Shape{2, 3}}), ShapeError);
  CHECK_THROWS_AS(Sub().infer_shape(std::array{Shape{2, 3}, Shape{3, 2}}), ShapeError);
  CHECK_THROWS_AS(Mul().infer_shape(std::array{Shape{1LL << 40, 1}, Shape{1, 1LL << 40}}),
                  ShapeError);
}
