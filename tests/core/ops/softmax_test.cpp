#include "core/ops/softmax.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "core/ops/log_softmax.h"
#include "core/ops/softmax_cross_entropy_loss.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::ops;
using namespace cameo::test;

TEST_CASE("Softmax and LogSoftmax: forward and gradient along every axis") {
  const Tensor x = random_tensor({3, 4, 5}, 1, -3.0F, 3.0F);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto number = static_cast<std::int64_t>(axis);
    CHECK(problems({Softmax({.axis = number}), softmax(axis, false), {x}}) == "");
    CHECK(problems({LogSoftmax({.axis = number - 3}), softmax(axis, true), {x}}) == "");
  }
  CHECK(problems({Softmax(), softmax(1, false), {Tensor({0, 4})}}) == "");
  CHECK(problems({LogSoftmax(), softmax(1, true), {Tensor({2, 1}, 5.0F)}}) == "");
}

TEST_CASE("softmax does not overflow") {
  const Tensor x({1, 3}, std::vector<float>{1000.0F, 999.0F, -1000.0F});
  const Tensor y = Softmax().forward(std::array{x}, {});
  CHECK(y.data()[0] == Approx(1.0 / (1.0 + std::exp(-1.0))).epsilon(1e-6));
  CHECK(y.data()[2] == 0.0F);
  const Tensor log = LogSoftmax().forward(std::array{x}, {});
  CHECK(log.data()[2] == Approx(-2000.0 - std::log1p(std::exp(-1.0))).epsilon(1e-6));
}

TEST_CASE("SoftmaxCrossEntropyLoss: forward and gradients") {
  const Tensor logits = random_tensor({4, 5}, 1, -3.0F, 3.0F);
  const Tensor mixed = random_tensor({4, 5}, 2, 0.0F, 0.4F);
  Tensor one_hot({4, 5});
  for (std::size_t n = 0; n < 4; ++n) one_hot.mutable_data()[n * 5 + n] = 1.0F;
  const SoftmaxCrossEntropyLoss loss;
  CHECK(problems({loss, cross_entropy(), {logits, mixed}}) == "");
  CHECK(problems({loss, cross_entropy(), {logits, one_hot}}) == "");
}

TEST_CASE("the loss of no picture is 0 and that of a hopeless logit is finite") {
  const SoftmaxCrossEntropyLoss loss;
  const std::vector<Tensor> none =
      run_all({loss, cross_entropy(), {Tensor({0, 3}), Tensor({0, 3})}});
  CHECK(none[2].data()[0] == 0.0F);
  CHECK(none[0].shape() == Shape{0, 3});
  const Tensor logits({1, 2}, std::vector<float>{0.0F, 500.0F});
  const Tensor target({1, 2}, std::vector<float>{1.0F, 0.0F});
  CHECK(loss.forward(std::array{logits, target}, {}).data()[0] == Approx(500.0));
}

TEST_CASE("the softmax family checks its arguments") {
  CHECK_THROWS_WITH(Softmax({.axis = 2}).infer_shape(std::array{Shape{2, 3}}),
                    Catch::StartsWith("Softmax: "));
  CHECK_THROWS_AS(LogSoftmax().infer_shape(std::array{Shape{}}), ArgumentError);
  CHECK_THROWS_AS(Softmax().infer_shape(std::array{Shape{2, 0}}), ShapeError);
  const SoftmaxCrossEntropyLoss loss;
  CHECK_THROWS_WITH(loss.infer_shape(std::array{Shape{2, 3}, Shape{2, 4}}),
                    Catch::StartsWith("SoftmaxCrossEntropyLoss: "));
  CHECK_THROWS_AS(loss.infer_shape(std::array{Shape{2, 0}, Shape{2, 0}}), ShapeError);
  CHECK_THROWS_AS(loss.infer_shape(std::array{Shape{2, 3}}), ShapeError);
}
