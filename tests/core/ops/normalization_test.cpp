#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "core/ops/batch_normalization.h"
#include "core/ops/dropout.h"
#include "core/ops/instance_normalization.h"
#include "core/ops/lrn.h"
#include "core/parallel.h"
#include "tests/core/ops/double_reference_axes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::ops;
using namespace cameo::test;

namespace {

std::vector<Tensor> batch_norm_inputs(Shape shape) {
  const Shape channels{shape[1]};
  return {random_tensor(std::move(shape), 1, -1.0F, 2.0F), random_tensor(channels, 2, 0.5F, 1.5F),
          random_tensor(channels, 3), random_tensor(channels, 4, 0.0F, 1.0F),
          random_tensor(channels, 5, 0.5F, 2.0F)};
}

}  // namespace

TEST_CASE("BatchNormalization: forward and gradients of all five inputs") {
  for (const float epsilon : {1e-5F, 0.1F}) {
    const BatchNormalizationOptions options{.epsilon = epsilon};
    for (const Shape& shape :
         {Shape{3, 2, 4, 5}, Shape{7, 3}, Shape{2, 3, 11}, Shape{1, 2, 3, 3}}) {
      for (const bool training : {false, true}) {
        INFO(to_string(shape) << " training " << training << " epsilon " << epsilon);
        CHECK(problems({BatchNormalization(options), batch_normalization(options, training),
                        batch_norm_inputs(shape), training}) == "");
      }
    }
  }
}

TEST_CASE("InstanceNormalization: forward and gradients") {
  for (const Shape& shape : {Shape{2, 3, 4, 5}, Shape{3, 2, 7}}) {
    INFO(to_string(shape));
    CHECK(problems({InstanceNormalization({.epsilon = 0.01F}),
                    instance_normalization(0.01),
                    {random_tensor(shape, 1, -1.0F, 2.0F), random_tensor({shape[1]}, 2, 0.5F, 1.5F),
                     random_tensor({shape[1]}, 3)}}) == "");
  }
  const std::vector<Tensor> none{Tensor({0, 3, 4, 4}), Tensor({3}), Tensor({3})};
  CHECK(InstanceNormalization().forward(none, {}).shape() == Shape{0, 3, 4, 4});
  CHECK_THROWS_WITH(
      InstanceNormalization().infer_shape(std::array{Shape{2, 3, 4}, Shape{3}, Shape{4}}),
      Catch::StartsWith("InstanceNormalization: "));
}

TEST_CASE("BatchNormalization proposes running statistics as PyTorch does") {
  const BatchNormalization op({.momentum = 0.25F});
  std::vector<Tensor> inputs = batch_norm_inputs({2, 1, 1, 2});
  inputs[0] = Tensor({2, 1, 1, 2}, std::vector<float>{1, 2, 3, 6});
  inputs[3] = Tensor({1}, 8.0F);
  inputs[4] = Tensor({1}, 2.0F);
  std::map<std::size_t, Tensor> updates;
  static_cast<void>(op.forward(inputs, {.training = true, .updates = &updates}));
  REQUIRE(updates.size() == 2);
  CHECK(updates.at(3).data()[0] == Approx(0.75 * 8 + 0.25 * 3));
  CHECK(updates.at(4).data()[0] == Approx(0.75 * 2 + 0.25 * 14.0 / 3.0));
  updates.clear();
  static_cast<void>(op.forward(inputs, {.training = false, .updates = &updates}));
  CHECK(updates.empty());
}

TEST_CASE("BatchNormalization is accurate far from the origin") {
  const std::int64_t count = 4096;
  Tensor x({count, 1});
  for (std::size_t i = 0; i < x.data().size(); ++i) {
    x.mutable_data()[i] = 10000.0F + (i % 2 == 0 ? 1.0F : -1.0F);
  }
  const Tensor one({1}, 1.0F);
  const Tensor zero({1});
  const Tensor y =
      BatchNormalization().forward(std::array{x, one, zero, zero, one}, {.training = true});
  CHECK(y.data()[0] == Approx(1.0).epsilon(1e-4));
  CHECK(y.data()[1] == Approx(-1.0).epsilon(1e-4));
}

TEST_CASE("BatchNormalization of an empty batch leaves the statistics alone") {
  std::map<std::size_t, Tensor> updates;
  const std::vector<Tensor> inputs = batch_norm_inputs({0, 2, 3, 3});
  const Tensor y = BatchNormalization().forward(inputs, {.training = true, .updates = &updates});
  CHECK(y.shape() == Shape{0, 2, 3, 3});
  CHECK(updates.empty());
  CHECK(run_all({BatchNormalization(), nullptr, inputs, true})[1].data()[0] == 0.0F);
}

TEST_CASE("BatchNormalization gives the same bits for any number of threads") {
  for (const bool training : {false, true}) {
    std::vector<Tensor> expected;
    for (const int threads : {1, 2, 3, 5}) {
      const ThreadLimit limit(threads);
      const std::vector<Tensor> got =
          run_all({BatchNormalization(), nullptr, batch_norm_inputs({5, 7, 33, 31}), training});
      if (expected.empty()) expected = got;
      for (std::size_t i = 0; i < got.size(); ++i) CHECK(same_bits(got[i], expected[i]));
    }
  }
}

TEST_CASE("BatchNormalization checks its arguments") {
  const BatchNormalization op;
  const Shape c{3};
  CHECK_THROWS_WITH(op.infer_shape(std::array{Shape{2, 4}, c, c, c, c}),
                    Catch::StartsWith("BatchNormalization: "));
  CHECK_THROWS_AS(op.infer_shape(std::array{Shape{3}, c, c, c, c}), ShapeError);
  CHECK_THROWS_AS(op.infer_shape(std::array{Shape{2, 3}, c, c, c}), ShapeError);
}

TEST_CASE("LRN: forward and gradient") {
  const std::vector<LrnOptions> variants{
      {.size = 5, .alpha = 0.5F, .beta = 0.75F, .bias = 1.0F},
      {.size = 4, .alpha = 1.0F, .beta = 0.5F, .bias = 2.0F},
      {.size = 1, .alpha = 0.3F, .beta = 2.0F, .bias = 0.5F},
      {.size = 99, .alpha = 2.0F, .beta = 0.75F, .bias = 1.0F},
  };
  for (const LrnOptions& options : variants) {
    CHECK(problems({Lrn(options), lrn(options), {random_tensor({2, 7, 3, 2}, 1, -2, 2)}}) == "");
  }
  CHECK(problems({Lrn(), lrn({}), {random_tensor({1, 2, 300}, 1)}}) == "");
  CHECK(problems({Lrn(), lrn({}), {Tensor({0, 3, 2, 2})}}) == "");
  CHECK_THROWS_WITH(Lrn({.size = 0}).infer_shape(std::array{Shape{1, 3}}),
                    Catch::StartsWith("LRN: "));
  CHECK_THROWS_AS(Lrn().infer_shape(std::array{Shape{3}}), ShapeError);
}

TEST_CASE("Dropout is the identity in inference") {
  const Tensor x = random_tensor({4, 5}, 1);
  const DoubleFunction identity = unary([](double v) { return v; });
  CHECK(problems({Dropout(), identity, {x}}) == "");
  CHECK(problems({Dropout({.ratio = 0.0F}), identity, {x}, true}) == "");
}

TEST_CASE("Dropout in training: forward and gradient under one mask") {
  const Dropout op({.ratio = 0.3F});
  const Shape shape{3, 1000};
  const Tensor mask = op.forward(std::array{Tensor(shape, 1.0F)}, {.training = true, .seed = 11});
  const DoubleTensor factors(mask);
  const DoubleFunction masked = [&](Inputs in) {
    DoubleTensor y = in[0];
    for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] *= factors.values[i];
    return y;
  };
  const Tensor x = random_tensor({3, 1000}, 1);
  const std::vector<Tensor> all = run_all({op, masked, {x}, true, 11});
  std::int64_t zeros = 0;
  for (const float value : mask.data()) {
    if (value == 0.0F) ++zeros;
    CHECK((value == 0.0F || value == Approx(1.0 / 0.7)));
  }
  CHECK(static_cast<double>(zeros) / 3000.0 == Approx(0.3).margin(0.03));
  for (std::size_t i = 0; i < 3000; ++i) {
    CHECK((all[0].data()[i] == 0.0F) == (mask.data()[i] == 0.0F));
    CHECK((all[1].data()[i] == 0.0F) == (mask.data()[i] == 0.0F));
  }
  CHECK(problems({Dropout({.ratio = 0.5F}),
                  [](Inputs in) {
                    const Tensor m = Dropout({.ratio = 0.5F})
                                         .forward(std::array{Tensor({6, 7}, 1.0F)},
                                                  {.training = true, .seed = 3});
                    return binary([](double a, double b) { return a * b; })(
                        std::array{in[0], DoubleTensor(m)});
                  },
                  {random_tensor({6, 7}, 2)},
                  true,
                  3}) == "");
}

TEST_CASE("the Dropout mask depends on the seed and not on the threads") {
  const Tensor x(Shape{7, 9000}, 1.0F);
  const auto mask = [&](std::uint64_t seed) {
    return Dropout().forward(std::array{x}, {.training = true, .seed = seed});
  };
  const Tensor expected = mask(1);
  CHECK_FALSE(same_bits(mask(2), expected));
  for (const int threads : {1, 2, 3, 5}) {
    const ThreadLimit limit(threads);
    CHECK(same_bits(mask(1), expected));
  }
}

TEST_CASE("Dropout checks its ratio") {
  for (const float ratio : {-0.1F, 1.0F, NAN}) {
    CHECK_THROWS_WITH(Dropout({.ratio = ratio}).infer_shape(std::array{Shape{1}}),
                      Catch::StartsWith("Dropout: "));
  }
}
