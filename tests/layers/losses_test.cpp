#include "layers/losses.h"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "core/error.h"

using cameo::cross_entropy;
using cameo::Loss;
using cameo::Tensor;

namespace {

const Tensor kLogits({2, 3}, std::vector<float>{1, 2, 3, 2, 2, -1});

}  // namespace

TEST_CASE("cross-entropy equals hand-worked numbers") {
  const Loss loss = cross_entropy(kLogits, std::vector{2, 0});
  const double row1 = 0.40760596444;
  const double row2 = 0.71773591867;
  CHECK(loss.value == Approx((row1 + row2) / 2).epsilon(1e-6));
  CHECK(loss.correct == 2);
  const std::vector<double> gradient{0.09003057,  0.24472847, -0.33475904,
                                     -0.51214445, 0.48785555, 0.02428890};
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(loss.gradient.data()[i] == Approx(gradient[i] / 2).margin(2e-6));
  }
}

TEST_CASE("rows without a label have no part in the cross-entropy") {
  const Tensor logits({3, 3}, std::vector<float>{1, 2, 3, 9, 0, 9, 2, 2, -1});
  for (const float smoothing : {0.0F, 0.1F}) {
    const Loss all = cross_entropy(kLogits, std::vector{2, 0}, {.label_smoothing = smoothing});
    const Loss some = cross_entropy(logits, std::vector{2, cameo::kNoLabel, 0},
                                    {.label_smoothing = smoothing, .skip_unlabelled = true});
    CHECK(some.value == Approx(all.value).epsilon(1e-6));
    CHECK(some.correct == all.correct);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(some.gradient.data()[i] == Approx(all.gradient.data()[i]).epsilon(1e-6));
      CHECK(some.gradient.data()[3 + i] == 0.0F);
      CHECK(some.gradient.data()[6 + i] == Approx(all.gradient.data()[3 + i]).epsilon(1e-6));
    }
  }
  const std::vector none{cameo::kNoLabel, cameo::kNoLabel};
  CHECK_THROWS_AS(cross_entropy(kLogits, none, {.skip_unlabelled = true}), cameo::ArgumentError);
}

TEST_CASE("label smoothing spreads a share over all classes") {
  const Tensor logits({1, 3}, std::vector<float>{1, 2, 3});
  const Loss loss = cross_entropy(logits, std::vector{2}, {.label_smoothing = 0.1F});
  CHECK(loss.value == Approx(0.50760596).epsilon(1e-6));
  const std::vector<double> gradient{0.05669724, 0.21139514, -0.26809237};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(loss.gradient.data()[i] == Approx(gradient[i]).margin(1e-6));
  }
}

TEST_CASE("the first of equal logits wins") {
  CHECK(cross_entropy(kLogits, std::vector{2, 1}).correct == 1);
  const std::vector<float> scores{5, 7, 7, 1};
  CHECK(cameo::rank_of_label(scores, 0) == 2);
  CHECK(cameo::rank_of_label(scores, 1) == 0);
  CHECK(cameo::rank_of_label(scores, 2) == 1);
  CHECK(cameo::rank_of_label(scores, 3) == 3);
  const std::vector<float> unknown{std::numeric_limits<float>::quiet_NaN(), 1};
  CHECK(cameo::rank_of_label(unknown, 0) == 2);
  CHECK(cameo::rank_of_label(unknown, 1) == 1);
}

TEST_CASE("cross-entropy of huge logits stays finite") {
  const Tensor logits({1, 2}, std::vector<float>{1e30F, -1e30F});
  const Loss loss = cross_entropy(logits, std::vector{0});
  CHECK(loss.value == 0.0);
}

TEST_CASE("cross-entropy refuses what does not fit") {
  CHECK_THROWS_AS(cross_entropy(kLogits, std::vector{1}), cameo::ShapeError);
  CHECK_THROWS_AS(cross_entropy(Tensor({0, 3}), std::vector<int>{}), cameo::ShapeError);
  CHECK_THROWS_WITH(cross_entropy(kLogits, std::vector{1, 3}),
                    Catch::Contains("label 3") && Catch::Contains("3 classes"));
  CHECK_THROWS_AS(cross_entropy(kLogits, std::vector{1, -1}), cameo::ArgumentError);
  CHECK_THROWS_AS(cross_entropy(kLogits, std::vector{1, 1}, {.label_smoothing = 1.5F}),
                  cameo::ArgumentError);
}

TEST_CASE("binary cross-entropy equals hand-worked numbers") {
  const Tensor logits({1, 3}, std::vector<float>{0, 2, -1});
  const Tensor targets({1, 3}, std::vector<float>{1, 0, 0});
  const Loss loss = cameo::binary_cross_entropy(logits, targets);
  CHECK(loss.value == Approx((0.69314718 + 2.12692801 + 0.31326169) / 3).epsilon(1e-7));
  CHECK(loss.gradient.data()[0] == Approx(-0.5 / 3).epsilon(1e-6));
  CHECK(loss.gradient.data()[1] == Approx(0.88079708 / 3).epsilon(1e-6));
  CHECK(loss.gradient.data()[2] == Approx(0.26894142 / 3).epsilon(1e-6));
  CHECK(loss.correct == 1);
  const Tensor huge({1, 2}, std::vector<float>{1e30F, -1e30F});
  CHECK(cameo::binary_cross_entropy(huge, Tensor({1, 2}, std::vector<float>{1, 0})).value == 0.0);
  CHECK_THROWS_AS(cameo::binary_cross_entropy(logits, Tensor({1, 2})), cameo::ShapeError);
  CHECK_THROWS_AS(cameo::binary_cross_entropy(logits, Tensor({1, 3}, 2.0F)), cameo::ArgumentError);
  CHECK_THROWS_AS(cameo::binary_cross_entropy(Tensor({0, 3}), Tensor({0, 3})), cameo::ShapeError);
}
