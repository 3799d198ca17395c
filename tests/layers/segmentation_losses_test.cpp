#include "layers/segmentation_losses.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/random.h"

using namespace cameo;

namespace {

Tensor random_logits(Shape shape, std::uint64_t seed) {
  Tensor result(std::move(shape));
  Random random(seed);
  for (float& value : result.mutable_data()) {
    value = static_cast<float>(4.0 * random.uniform() - 2.0);
  }
  return result;
}

/// The loss's gradient against central differences of its value.
void check_gradient(const std::function<Loss(const Tensor&)>& loss, const Tensor& logits) {
  constexpr float kStep = 1.0F / 1024.0F;
  const Loss found = loss(logits);
  REQUIRE(found.gradient.shape() == logits.shape());
  for (std::size_t i = 0; i < logits.data().size(); ++i) {
    Tensor above = logits;
    Tensor below = logits;
    above.mutable_data()[i] += kStep;
    below.mutable_data()[i] -= kStep;
    const double width = static_cast<double>(above.data()[i]) - below.data()[i];
    const double slope = (loss(above).value - loss(below).value) / width;
    INFO("logit " << i);
    CHECK(found.gradient.data()[i] == Approx(slope).margin(1e-5).epsilon(1e-3));
  }
}

/// Logits of one picture with two classes and a row of cells whose probabilities of the first class
/// are given.
Tensor logits_of(const std::vector<double>& first) {
  Tensor result({1, 2, 1, static_cast<std::int64_t>(first.size())});
  for (std::size_t u = 0; u < first.size(); ++u) {
    result.mutable_data()[u] = static_cast<float>(std::log(first[u] / (1.0 - first[u])));
  }
  return result;
}

const std::vector<int> kSeeds{0,        kNoLabel, 2,        1,        kNoLabel, 2,
                              kNoLabel, kNoLabel, 0,        1,        1,        1,
                              kNoLabel, kNoLabel, kNoLabel, kNoLabel, kNoLabel, kNoLabel};

}  // namespace

TEST_CASE("the seed loss is the cross-entropy of the cells with a seed") {
  const Tensor logits = logits_of({0.8, 0.3, 0.6, 0.5});
  const Loss loss = seed_loss(logits, std::vector{0, kNoLabel, 1, kNoLabel});
  CHECK(loss.value == Approx(-(std::log(0.8) + std::log(0.4)) / 2).epsilon(1e-6));
  CHECK(loss.correct == 1);
  CHECK(loss.gradient.data()[0] == Approx(-0.2 / 2).epsilon(1e-5));
  CHECK(loss.gradient.data()[1] == 0.0F);
  CHECK(loss.gradient.data()[6] == Approx(-0.6 / 2).epsilon(1e-5));
  CHECK(seed_loss(logits, std::vector<int>(4, kNoLabel)).value == 0.0);
}

TEST_CASE("pictures weigh the same in the seed loss however many seeds they have") {
  const Tensor logits = random_logits({3, 3, 2, 3}, 1);
  const Loss loss = seed_loss(logits, kSeeds);
  double sum = 0.0;
  for (std::size_t n = 0; n < 2; ++n) {
    const Tensor one({1, 3, 2, 3}, logits.data().subspan(n * 18, 18));
    sum += seed_loss(one, std::span(kSeeds).subspan(n * 6, 6)).value;
  }
  CHECK(loss.value == Approx(sum / 3).epsilon(1e-6));  // the third has no seed
  check_gradient([](const Tensor& z) { return seed_loss(z, kSeeds); }, logits);
}

TEST_CASE("the expansion loss pools the most probable cells first") {
  // The second class is the background.
  const std::vector<double> p{0.2, 0.6, 0.5};
  const Tensor logits = logits_of(p);
  const double d = 0.5;
  const double weights = 1.0 + d + d * d;
  const double object = (0.6 + d * 0.5 + d * d * 0.2) / weights;
  const double background = (0.8 + d * 0.5 + d * d * 0.4) / weights;
  const ExpansionOptions options{.present = d, .absent = 0.0, .background = d};
  const Tensor there({1, 2}, std::vector<float>{1, 0});
  CHECK(expansion_loss(logits, there, options).value ==
        Approx(-std::log(object) - std::log(background)).epsilon(1e-6));
  const Tensor absent({1, 2}, std::vector<float>{0, 0});
  CHECK(expansion_loss(logits, absent, options).value ==
        Approx(-std::log(1.0 - 0.6) - std::log(background)).epsilon(1e-6));
  // Decays of 1 are means.
  CHECK(expansion_loss(logits, there, {.present = 1.0, .background = 1.0}).value ==
        Approx(-std::log(1.3 / 3) - std::log(1.7 / 3)).epsilon(1e-6));
}

TEST_CASE("the gradient of the expansion loss equals differences of its value") {
  const Tensor present({2, 4}, std::vector<float>{1, 0, 1, 0, 0, 1, 0, 0});
  const Tensor logits = random_logits({2, 4, 2, 3}, 2);
  check_gradient(
      [&](const Tensor& z) {
        return expansion_loss(z, present, {.present = 0.8, .background = 0.9});
      },
      logits);
  // None of the classes is there, and all are.
  for (const float value : {0.0F, 1.0F}) {
    const Tensor same({2, 4}, value);
    check_gradient([&](const Tensor& z) { return expansion_loss(z, same); }, logits);
  }
}

TEST_CASE("the divergence loss is zero at its target and grows with the distance") {
  const Tensor logits = logits_of({0.8, 0.5});
  CHECK(divergence_loss(logits, cell_probabilities(logits)).value == Approx(0.0).margin(1e-7));
  const Tensor sure({1, 2, 1, 2}, std::vector<float>{1, 0.5F, 0, 0.5F});
  CHECK(divergence_loss(logits, sure).value == Approx(-std::log(0.8) / 2).epsilon(1e-6));
  const Tensor target = cell_probabilities(random_logits({2, 3, 2, 2}, 4));
  check_gradient([&](const Tensor& z) { return divergence_loss(z, target); },
                 random_logits({2, 3, 2, 2}, 5));
}

TEST_CASE("losses of huge logits stay finite") {
  const Tensor logits({1, 2, 1, 2}, std::vector<float>{1e30F, -1e30F, -1e30F, 1e30F});
  const Loss expansion = expansion_loss(logits, Tensor({1, 2}));
  CHECK(std::isfinite(expansion.value));
  for (const float value : expansion.gradient.data()) CHECK(std::isfinite(value));
  CHECK(std::isfinite(seed_loss(logits, std::vector{1, 0}).value));
}

TEST_CASE("segmentation losses refuse what does not fit") {
  const Tensor logits = random_logits({1, 3, 2, 2}, 6);
  const std::vector<int> seeds(4, 0);
  CHECK_THROWS_AS(seed_loss(logits.reshaped({1, 3, 4}), seeds), ShapeError);
  CHECK_THROWS_AS(seed_loss(logits, std::vector<int>(3, 0)), ShapeError);
  CHECK_THROWS_AS(seed_loss(logits, std::vector<int>(4, 3)), ArgumentError);
  CHECK_THROWS_AS(seed_loss(logits, std::vector<int>(4, -2)), ArgumentError);
  CHECK_THROWS_AS(seed_loss(Tensor({0, 3, 2, 2}), std::vector<int>{}), ShapeError);
  CHECK_THROWS_AS(expansion_loss(logits, Tensor({1, 2})), ShapeError);
  CHECK_THROWS_AS(expansion_loss(logits, Tensor({1, 3}, 0.5F)), ArgumentError);
  CHECK_THROWS_AS(expansion_loss(logits, Tensor({1, 3}), {.present = 1.1}), ArgumentError);
  CHECK_THROWS_AS(divergence_loss(logits, Tensor({1, 3, 2, 1})), ShapeError);
  CHECK_THROWS_AS(divergence_loss(logits, Tensor({1, 3, 2, 2}, -1.0F)), ArgumentError);
  CHECK_THROWS_AS(cell_probabilities(Tensor({3, 2})), ShapeError);
}
