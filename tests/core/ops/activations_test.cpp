#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/ops/celu.h"
#include "core/ops/clip.h"
#include "core/ops/elu.h"
#include "core/ops/hard_sigmoid.h"
#include "core/ops/hard_swish.h"
#include "core/ops/leaky_relu.h"
#include "core/ops/prelu.h"
#include "core/ops/relu.h"
#include "core/ops/selu.h"
#include "core/ops/sigmoid.h"
#include "core/ops/softplus.h"
#include "core/ops/softsign.h"
#include "core/ops/tanh.h"
#include "core/ops/thresholded_relu.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::ops;
using namespace cameo::test;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Tensor row(std::initializer_list<float> values) {
  return Tensor({static_cast<std::int64_t>(values.size())}, std::vector<float>(values));
}

Tensor run(const Op& op, const Tensor& x) { return op.forward(std::array{x}, {}); }

Tensor gradient(const Op& op, const Tensor& x, const Tensor& grad) {
  const std::array inputs{x};
  const std::array shapes{x.shape()};
  const std::array needs{true};
  std::array<Tensor, 1> result;
  op.vjp({.inputs = inputs,
          .input_shapes = shapes,
          .output = run(op, x),
          .residuals = {},
          .grad = grad,
          .needs = needs,
          .input_grads = result});
  return result[0];
}

}  // namespace

TEST_CASE("activations: forward and gradient") {
  const Tensor x = random_tensor({2, 3, 5, 4}, 1, -2.0F, 2.0F);
  CHECK(problems({Relu(), unary([](double v) { return std::max(v, 0.0); }), {x}}) == "");
  CHECK(problems({LeakyRelu({.slope = 0.1F}),
                  unary([](double v) { return v > 0 ? v : double{0.1F} * v; }),
                  {x}}) == "");
  CHECK(problems({LeakyRelu({.slope = -0.5F}),
                  unary([](double v) { return v > 0 ? v : -0.5 * v; }),
                  {x}}) == "");
  CHECK(problems({Sigmoid(), unary([](double v) { return 1 / (1 + std::exp(-v)); }), {x}}) == "");
  CHECK(problems({Tanh(), unary([](double v) { return std::tanh(v); }), {x}}) == "");
  CHECK(problems({Clip({.low = -0.5F, .high = 1.0F}),
                  unary([](double v) { return std::clamp(v, -0.5, 1.0); }),
                  {x}}) == "");
  CHECK(problems({Clip(), unary([](double v) { return v; }), {x}}) == "");
}

TEST_CASE("HardSigmoid and HardSwish: forward and gradient") {
  const Tensor x = random_tensor({2, 3, 5, 4}, 1, -5.0F, 5.0F);
  const auto hard_sigmoid = [](double alpha, double beta) {
    return unary([=](double v) { return std::clamp(alpha * v + beta, 0.0, 1.0); });
  };
  CHECK(problems({HardSigmoid(), hard_sigmoid(double{0.2F}, 0.5), {x}}) == "");
  CHECK(problems({HardSigmoid({.alpha = 0.25F, .beta = 0.75F}), hard_sigmoid(0.25, 0.75), {x}}) ==
        "");
  CHECK(problems({HardSigmoid({.alpha = -1.0F, .beta = 0.0F}), hard_sigmoid(-1.0, 0.0), {x}}) ==
        "");
  CHECK(problems({HardSwish(),
                  unary([](double v) { return v * std::clamp(v / 6 + 0.5, 0.0, 1.0); }),
                  {x}}) == "");
}

TEST_CASE("Elu, Selu, Celu, Softplus, Softsign and ThresholdedRelu: forward and gradient") {
  const Tensor x = random_tensor({2, 3, 5, 4}, 1, -3.0F, 3.0F);
  const auto check = [&](const Op& op, const std::function<double(double)>& f) {
    INFO(op.type());
    CHECK(problems({op, unary(f), {x}}) == "");
  };
  const auto elu = [](double alpha, double v) { return v > 0 ? v : alpha * std::expm1(v); };
  check(Elu(), [&](double v) { return elu(1.0, v); });
  check(Elu({.alpha = 0.5F}), [&](double v) { return elu(0.5, v); });
  check(Selu(), [&](double v) { return 1.0507009873554805 * elu(1.6732632423543772, v); });
  check(Selu({.alpha = 2.0F, .gamma = 3.0F}), [&](double v) { return 3.0 * elu(2.0, v); });
  check(Celu(), [&](double v) { return elu(1.0, v); });
  check(Celu({.alpha = 0.5F}), [](double v) { return v > 0 ? v : 0.5 * std::expm1(v / 0.5); });
  check(Softplus(), [](double v) { return std::log1p(std::exp(v)); });
  check(Softsign(), [](double v) { return v / (1 + std::fabs(v)); });
  check(ThresholdedRelu({.alpha = 0.0F}), [](double v) { return v > 0 ? v : 0.0; });
}

TEST_CASE("ThresholdedRelu jumps at its threshold") {
  const ThresholdedRelu op({.alpha = 2.0F});
  const Tensor x = row({-1.0F, 1.5F, 2.0F, 2.5F});
  const Tensor y = run(op, x);
  CHECK(std::vector<float>(y.data().begin(), y.data().end()) == std::vector<float>{0, 0, 0, 2.5F});
  const Tensor grad = gradient(op, x, row({1, 1, 1, 1}));
  CHECK(std::vector<float>(grad.data().begin(), grad.data().end()) ==
        std::vector<float>{0, 0, 0, 1});
}

TEST_CASE("PRelu: forward and gradients") {
  const DoubleFunction reference = binary([](double v, double a) { return v > 0 ? v : a * v; });
  for (const Shape& slope : {Shape{3, 1, 1}, Shape{1}, Shape{2, 3, 5, 4}, Shape{4}, Shape{}}) {
    INFO(to_string(slope));
    CHECK(problems({PRelu(),
                    reference,
                    {random_tensor({2, 3, 5, 4}, 1, -2.0F, 2.0F), random_tensor(slope, 2)}}) == "");
  }
  CHECK_THROWS_WITH(PRelu().infer_shape(std::array{Shape{1, 3}, Shape{2, 3}}),
                    Catch::StartsWith("PRelu: "));
}

TEST_CASE("Softplus does not overflow") {
  const Tensor y = run(Softplus(), row({-1000, 1000, kInfinity}));
  CHECK(y.data()[0] == 0.0F);
  CHECK(y.data()[1] == 1000.0F);
  CHECK(y.data()[2] == kInfinity);
  const Tensor grad = gradient(Softplus(), row({-1000, 1000}), row({1, 1}));
  CHECK(grad.data()[0] == 0.0F);
  CHECK(grad.data()[1] == 1.0F);
}

TEST_CASE("activations take a scalar and an empty batch") {
  CHECK(problems({Relu(), unary([](double v) { return std::max(v, 0.0); }), {Tensor({}, 2.0F)}}) ==
        "");
  CHECK(problems({Relu(), unary([](double v) { return v; }), {Tensor({0, 3, 4, 4})}}) == "");
}

TEST_CASE("the derivative of ReLU at 0 is 0") {
  const Tensor grad = gradient(Relu(), row({0.0F, -0.0F, 1e-30F, -1e-30F}), row({1, 1, 1, 1}));
  CHECK(std::vector<float>(grad.data().begin(), grad.data().end()) ==
        std::vector<float>{0, 0, 1, 0});
}

TEST_CASE("the derivatives of LeakyRelu and Clip at their corners") {
  CHECK(gradient(LeakyRelu({.slope = 0.25F}), row({0.0F}), row({1})).data()[0] == 0.25F);
  const Tensor grad = gradient(Clip({.low = 0, .high = 6}), row({0, 6, 3, 7}), row({1, 1, 1, 1}));
  CHECK(std::vector<float>(grad.data().begin(), grad.data().end()) ==
        std::vector<float>{0, 0, 1, 0});
}

TEST_CASE("the derivatives of HardSigmoid and HardSwish at their corners") {
  const auto corners = [](const Op& op) {
    const Tensor grad = gradient(op, row({-3.0F, 3.0F}), row({1, 1}));
    return std::vector<float>(grad.data().begin(), grad.data().end());
  };
  CHECK(corners(HardSigmoid({.alpha = 0.25F, .beta = 0.75F})) == std::vector<float>{0, 0});
  CHECK(corners(HardSwish()) == std::vector<float>{0, 1});
}

TEST_CASE("NaN passes through activations, so that it is noticed") {
  const Tensor x = row({kNan});
  CHECK(std::isnan(run(Relu(), x).data()[0]));
  CHECK(std::isnan(relu(x).data()[0]));
  CHECK(std::isnan(run(LeakyRelu(), x).data()[0]));
  CHECK(std::isnan(run(Clip({.low = 0, .high = 6}), x).data()[0]));
  CHECK(std::isnan(run(Sigmoid(), x).data()[0]));
  CHECK(std::isnan(run(Tanh(), x).data()[0]));
  CHECK(std::isnan(run(HardSigmoid(), x).data()[0]));
  CHECK(std::isnan(run(HardSwish(), x).data()[0]));
}

TEST_CASE("Sigmoid does not overflow") {
  const Tensor y = run(Sigmoid(), row({-kInfinity, -1000, -80, 80, 1000, kInfinity}));
  CHECK(y.data()[0] == 0.0F);
  CHECK(y.data()[1] == 0.0F);
  CHECK(y.data()[2] == Approx(std::exp(-80.0)).epsilon(1e-5));
  CHECK(y.data()[3] == 1.0F);
  CHECK(y.data()[5] == 1.0F);
}

TEST_CASE("activations check their arguments") {
  const Shape x{2, 3};
  CHECK_THROWS_AS(Relu().infer_shape(std::array{x, x}), ShapeError);
  CHECK_THROWS_AS(Relu().infer_shape({}), ShapeError);
  CHECK_THROWS_WITH(Clip({.low = 1, .high = 0}).infer_shape(std::array{x}),
                    Catch::StartsWith("Clip: "));
  CHECK_THROWS_AS(Clip({.low = kNan}).infer_shape(std::array{x}), ArgumentError);
}
