#include "layers/initializers.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/elementwise.h"
#include "core/error.h"
#include "toy.h"

using cameo::Initializer;
using cameo::Random;
using cameo::Shape;
using cameo::Tensor;

namespace {

const Shape kShape{128, 64, 3, 3};  // fan-in 576, fan-out 1152, 73,728 values

Tensor draw(const Initializer& initializer) {
  Random random({5, 6});
  return initializer(kShape, random);
}

double mean(const Tensor& x) { return cameo::sum(x) / static_cast<double>(x.size()); }

double variance(const Tensor& x) {
  return mean(
      cameo::map(x, [m = static_cast<float>(mean(x))](float v) { return (v - m) * (v - m); }));
}

/// Within 5 standard errors for mean 0 and within 3 % for the variance.
void check_moments(const Tensor& x, double expected_variance) {
  CHECK(std::abs(mean(x)) < 5.0 * std::sqrt(expected_variance / static_cast<double>(x.size())));
  CHECK(variance(x) == Approx(expected_variance).epsilon(0.03));
}

void check_bound(const Tensor& x, double bound) {
  const auto [low, high] = std::minmax_element(x.data().begin(), x.data().end());
  CHECK(*high <= Approx(bound));
  CHECK(*low >= Approx(-bound));
  CHECK(*high > 0.99 * bound);
  CHECK(*low < -0.99 * bound);
}

}  // namespace

TEST_CASE("constant fills") {
  const Tensor x = draw(cameo::constant(0.25F));
  CHECK(x.shape() == kShape);
  CHECK(std::all_of(x.data().begin(), x.data().end(), [](float v) { return v == 0.25F; }));
}

TEST_CASE("Kaiming initialisers keep the variance of rectified signals") {
  check_moments(draw(cameo::kaiming_normal()), 2.0 / 576.0);
  check_moments(draw(cameo::kaiming_uniform()), 2.0 / 576.0);
  check_bound(draw(cameo::kaiming_uniform()), std::sqrt(6.0 / 576.0));
  check_bound(draw(cameo::kaiming_uniform(std::sqrt(5.0F))), std::sqrt(1.0 / 576.0));
}

TEST_CASE("Xavier initialisers balance fan-in and fan-out") {
  check_moments(draw(cameo::xavier_normal()), 2.0 / (576.0 + 1152.0));
  check_moments(draw(cameo::xavier_uniform()), 2.0 / (576.0 + 1152.0));
  check_bound(draw(cameo::xavier_uniform()), std::sqrt(6.0 / (576.0 + 1152.0)));
}

TEST_CASE("a normal has normal tails") {
  const Tensor x = draw(cameo::kaiming_normal());
  const double deviation = std::sqrt(2.0 / 576.0);
  const auto beyond = std::count_if(x.data().begin(), x.data().end(), [&](float v) {
    return std::abs(static_cast<double>(v)) > 2.0 * deviation;
  });
  CHECK(static_cast<double>(beyond) / static_cast<double>(x.size()) ==
        Approx(0.0455).epsilon(0.08));
}

TEST_CASE("initial values do not depend on the thread count") {
  const Tensor reference = draw(cameo::kaiming_normal());
  for (const int threads : {1, 2, 3}) {
    const cameo::ThreadLimit limit(threads);
    CHECK(toy::same_bits(draw(cameo::kaiming_normal()), reference));
  }
}

TEST_CASE("fan-in needs a weight") {
  Random random(1);
  CHECK_THROWS_AS(cameo::kaiming_normal()({8}, random), cameo::ShapeError);
}
