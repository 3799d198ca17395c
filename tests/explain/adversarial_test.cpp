#include "explain/adversarial.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// Two classes and four pixels: logits (x0 - x1 + 2·x2, x3).
Network two_classes() {
  Graph graph({1, 2, 2});
  graph.then("flatten", ops::Flatten());
  graph.linear("fc", tensor({2, 4}, {1, -1, 2, 0, 0, 0, 0, 1}), Tensor({2}));
  return std::move(graph).finish();
}

const PixelBounds kBounds{.low = {-1.0F}, .high = {1.0F}, .radius = {0.25F}};

double log_probability(const Network& network, const Tensor& picture, std::size_t index) {
  const Tensor logits = forward(network, picture).output();
  double total = 0.0;
  for (const float logit : logits.data()) total += std::exp(static_cast<double>(logit));
  return static_cast<double>(logits.data()[index]) - std::log(total);
}

}  // namespace

TEST_CASE("the fast gradient sign method moves every pixel by the radius, within the bounds") {
  const Network network = two_classes();
  const Tensor picture = tensor({1, 1, 2, 2}, {0.5F, 0.5F, 0.9F, -0.9F});
  const Target target{.of = network.output(), .index = 0};
  // The gradient of log p_0 is (1-p_0)·(1,-1,2,-1); 0.9 and -0.9 stop at white and black.
  CHECK(values(fast_gradient_sign(network, picture, target, kBounds)) ==
        std::vector<float>{0.75F, 0.25F, 1.0F, -1.0F});
}

TEST_CASE("projected gradient descent stays within the radius and stops when it is enough") {
  const Network network = gap_network();
  const Tensor picture = gap_picture();
  const Target target{.of = network.output(), .index = 3};
  const PixelBounds bounds{
      .low = {-9.0F, -9.0F, -9.0F}, .high = {9.0F, 9.0F, 9.0F}, .radius = {0.05F, 0.1F, 0.0F}};
  const Tensor moved = projected_gradient_descent(network, picture, target, bounds);
  for (std::size_t i = 0; i < moved.data().size(); ++i) {
    const float distance = std::abs(moved.data()[i] - picture.data()[i]);
    REQUIRE(distance <= bounds.radius[i / 256] + 1e-6F);
  }
  const double before = log_probability(network, picture, 3);
  CHECK(log_probability(network, moved, 3) > before);
  CHECK(log_probability(network, moved, 3) >=
        log_probability(network, fast_gradient_sign(network, picture, target, bounds), 3));

  const double share = std::exp(before);
  const Tensor same =
      projected_gradient_descent(network, picture, target, bounds, {.enough = 0.5 * share});
  CHECK(values(same) == values(picture));
}

TEST_CASE("attacks that make no sense are refused") {
  const Network network = two_classes();
  const Tensor picture({1, 1, 2, 2});
  const Target target{.of = network.output(), .index = 0};
  const auto attack = [&](const Tensor& x, const Target& t, const PixelBounds& bounds) {
    return fast_gradient_sign(network, x, t, bounds);
  };
  CHECK_THROWS_AS(attack(Tensor({2, 1, 2, 2}), target, kBounds), ShapeError);
  CHECK_THROWS_AS(attack(picture, target, {{-1.0F, 0.0F}, {1.0F}, {0.1F}}), ArgumentError);
  CHECK_THROWS_AS(attack(picture, target, {{1.0F}, {-1.0F}, {0.1F}}), ArgumentError);
  CHECK_THROWS_AS(attack(picture, target, {{-1.0F}, {1.0F}, {-0.1F}}), ArgumentError);
  CHECK_THROWS_AS(attack(picture, {.of = target.of, .index = 2}, kBounds), ArgumentError);
  CHECK_THROWS_AS(attack(picture, {.of = target.of, .index = 0, .against = 1}, kBounds),
                  ArgumentError);
  CHECK_THROWS_AS(projected_gradient_descent(network, picture, target, kBounds, {.steps = 0}),
                  ArgumentError);
}
