#include "explain/dense_crf.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

float at(const Tensor& map, std::int64_t label, std::int64_t row, std::int64_t column) {
  return map.data()[static_cast<std::size_t>((label * map.dim(1) + row) * map.dim(2) + column)];
}

/// Left half dark, right half bright.
Tensor two_halves(std::int64_t side) {
  Tensor picture({3, side, side});
  const std::span<float> values = picture.mutable_data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::int64_t>(i) % side < side / 2 ? 0.2F : 0.8F;
  }
  return picture;
}

/// Positive, different everywhere.
Tensor some_probabilities(Shape shape) {
  Tensor result = random_tensor(std::move(shape), 3);
  for (float& value : result.mutable_data()) value = std::abs(value) + 0.05F;
  return result;
}

}  // namespace

TEST_CASE("a dense CRF of two pixels equals one iteration by hand") {
  const Tensor picture({1, 1, 2}, std::vector<float>{0.0F, 0.2F});
  // Pixel 0 says 0.8 : 0.2, pixel 1 says 0.4 : 0.6.
  const Tensor probabilities({2, 1, 2}, std::vector<float>{0.8F, 0.4F, 0.2F, 0.6F});
  const DenseCrfOptions options{.iterations = 1,
                                .appearance_weight = 2.0F,
                                .appearance_position = 2.0F,
                                .appearance_colour = 0.1F,
                                .smoothness_weight = 0.5F,
                                .smoothness_position = 1.0F};
  // One pixel apart, 0.2 apart in colour; each pixel's sum holds itself.
  const double appearance = std::exp(-1.0 / 8.0 - 2.0);
  const double smoothness = std::exp(-0.5);
  const double weight =
      2.0 * appearance / (1.0 + appearance) + 0.5 * smoothness / (1.0 + smoothness);
  const double first = 0.8 * std::exp(weight * 0.4);
  const double first_other = 0.2 * std::exp(weight * 0.6);
  const double second = 0.4 * std::exp(weight * 0.8);
  const double second_other = 0.6 * std::exp(weight * 0.2);

  const Tensor found = dense_crf(picture, probabilities, options);
  CHECK(found.shape() == probabilities.shape());
  CHECK(at(found, 0, 0, 0) == Approx(first / (first + first_other)).epsilon(1e-5));
  CHECK(at(found, 0, 0, 1) == Approx(second / (second + second_other)).epsilon(1e-5));
  CHECK(at(found, 1, 0, 1) == Approx(second_other / (second + second_other)).epsilon(1e-5));
}

TEST_CASE("a dense CRF leaves equal labels equal, adds up to one and keeps what is ruled out") {
  const Tensor picture = two_halves(8);
  const Tensor uniform = dense_crf(picture, Tensor({4, 8, 8}, 0.7F));
  for (const float value : uniform.data()) CHECK(value == Approx(0.25).epsilon(1e-5));

  Tensor probabilities = some_probabilities({3, 8, 8});
  std::fill_n(probabilities.mutable_data().begin(), 64, 0.0F);
  const Tensor found = dense_crf(picture, probabilities);
  for (std::size_t i = 0; i < 64; ++i) {
    CHECK(found.data()[i] == 0.0F);
    CHECK(found.data()[64 + i] + found.data()[128 + i] == Approx(1.0).epsilon(1e-5));
  }
}

TEST_CASE("without pairs a dense CRF only brings probabilities to a sum of one") {
  const Tensor found =
      dense_crf(two_halves(4), Tensor({2, 4, 4}, 3.0F),
                {.iterations = 2, .appearance_weight = 0.0F, .smoothness_weight = 0.0F});
  for (const float value : found.data()) CHECK(value == Approx(0.5));
  const Tensor one = dense_crf(Tensor({3, 1, 1}, 0.5F), Tensor({2, 1, 1}, std::vector{3.0F, 1.0F}));
  CHECK(one.data()[0] == Approx(0.75));
}

TEST_CASE("a dense CRF moves a boundary to the edge of the colours") {
  constexpr std::int64_t kSide = 16;
  // The labels' boundary lies three columns right of the colours', and is unsure.
  Tensor probabilities({2, kSide, kSide});
  const std::span<float> values = probabilities.mutable_data();
  for (std::int64_t i = 0; i < kSide * kSide; ++i) {
    const bool left = i % kSide < kSide / 2 + 3;
    values[static_cast<std::size_t>(i)] = left ? 0.6F : 0.1F;
    values[static_cast<std::size_t>(i + kSide * kSide)] = left ? 0.4F : 0.9F;
  }
  const DenseCrfOptions options{.appearance_position = 8.0F, .smoothness_position = 1.0F};
  const Tensor found = dense_crf(two_halves(kSide), probabilities, options);
  for (std::int64_t row = 0; row < kSide; ++row) {
    for (std::int64_t column = 0; column < kSide; ++column) {
      CHECK((at(found, 0, row, column) > 0.5F) == (column < kSide / 2));
    }
  }
  // The same labels on a picture of one colour stay where they are.
  const Tensor plain = dense_crf(Tensor({3, kSide, kSide}, 0.5F), probabilities,
                                 {.appearance_weight = 0.0F, .smoothness_position = 1.0F});
  CHECK(at(plain, 0, 8, kSide / 2) > 0.5F);
}

TEST_CASE("a dense CRF smooths away a lone pixel") {
  Tensor probabilities({2, 7, 7}, 0.3F);
  std::fill_n(probabilities.mutable_data().begin(), 49, 0.7F);
  probabilities.mutable_data()[24] = 0.45F;
  probabilities.mutable_data()[49 + 24] = 0.55F;
  const Tensor found = dense_crf(Tensor({3, 7, 7}, 0.5F), probabilities,
                                 {.appearance_weight = 0.0F, .smoothness_position = 1.0F});
  CHECK(at(found, 0, 3, 3) > 0.5F);
}

TEST_CASE("a dense CRF has the same bits for any thread count") {
  const Tensor picture = random_tensor({3, 24, 20}, 9);
  const Tensor probabilities = some_probabilities({5, 24, 20});
  std::vector<Tensor> found;
  for (const int threads : {1, 2, 5}) {
    const ThreadLimit limit(threads);
    found.push_back(dense_crf(picture, probabilities));
  }
  for (const Tensor& one : found) {
    CHECK(std::equal(one.data().begin(), one.data().end(), found[0].data().begin()));
  }
}

TEST_CASE("a dense CRF refuses what makes no sense") {
  const Tensor picture({3, 2, 2}, 0.5F);
  const Tensor even({2, 2, 2}, 0.5F);
  CHECK_THROWS_AS(dense_crf(picture, Tensor({2, 2, 3}, 0.5F)), ShapeError);
  CHECK_THROWS_AS(dense_crf(Tensor({1, 3, 2, 2}), even), ShapeError);
  CHECK_THROWS_AS(dense_crf(Tensor({3, 0, 2}), Tensor({2, 0, 2})), ShapeError);
  CHECK_THROWS_AS(dense_crf(picture, Tensor({0, 2, 2})), ShapeError);
  CHECK_THROWS_AS(dense_crf(Tensor({1, 1, 16385}), Tensor({1, 1, 16385}, 1.0F)), ArgumentError);
  CHECK_THROWS_AS(dense_crf(picture, Tensor({2, 2, 2})), ArgumentError);
  CHECK_THROWS_AS(dense_crf(picture, Tensor({2, 2, 2}, -0.5F)), ArgumentError);
  const float none = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(dense_crf(picture, Tensor({2, 2, 2}, none)), ArgumentError);
  CHECK_THROWS_AS(dense_crf(Tensor({3, 2, 2}, none), even), ArgumentError);
  CHECK_THROWS_AS(dense_crf(picture, even, {.iterations = 0}), ArgumentError);
  CHECK_THROWS_AS(dense_crf(picture, even, {.appearance_weight = -1.0F}), ArgumentError);
  CHECK_THROWS_AS(dense_crf(picture, even, {.appearance_colour = 0.0F}), ArgumentError);
  CHECK_THROWS_AS(dense_crf(picture, even, {.smoothness_position = none}), ArgumentError);
}
