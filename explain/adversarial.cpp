#include "explain/adversarial.h"

#include <algorithm>
#include <string>

#include "core/error.h"
#include "explain/scores.h"

namespace cameo::explain {

namespace {

void check(const Tensor& picture, const Target& target, const PixelBounds& bounds) {
  if (picture.shape().size() != 4 || picture.dim(0) != 1) {
    throw ShapeError("attack: expected one picture [1,C,H,W], got " + to_string(picture.shape()));
  }
  if (target.against) throw ArgumentError("attack: expected a target of one class");
  const auto channels = static_cast<std::size_t>(picture.dim(1));
  if (bounds.low.size() != channels || bounds.high.size() != channels ||
      bounds.radius.size() != channels) {
    throw ArgumentError("attack: expected bounds for " + std::to_string(channels) + " channels");
  }
  for (std::size_t c = 0; c < channels; ++c) {
    if (bounds.low[c] <= bounds.high[c] && bounds.radius[c] >= 0.0F) continue;
    throw ArgumentError("attack: in channel " + std::to_string(c) +
                        " the bounds are out of order or the radius is negative");
  }
}

struct Slope {
  double probability = 0.0;  ///< of the class
  Tensor gradient;           ///< of its logarithm, by the picture
};

Slope slope_at(const Network& network, const Tensor& picture, const Target& target) {
  const ValueId input = network.input();
  const Tape tape = forward(network, picture, {.keep = {target.of}, .wrt = {input}});
  Tensor seed = seed_for(tape, target);
  const std::span<const float> logits = tape.value(target.of).data();
  const std::vector<double> all = softmax({logits.begin(), logits.end()});
  const std::span<float> out = seed.mutable_data();
  for (std::size_t k = 0; k < out.size(); ++k) out[k] -= static_cast<float>(all[k]);
  return {.probability = all[static_cast<std::size_t>(target.index)],
          .gradient = tape.backward(target.of, seed).at(input)};
}

float sign(float value) { return value > 0.0F ? 1.0F : value < 0.0F ? -1.0F : 0.0F; }

/// A step of `share` of the radius, then back to what is allowed about the picture `start`.
void move(Tensor& picture, const Tensor& start, const Tensor& gradient, const PixelBounds& bounds,
          double share) {
  const auto plane = static_cast<std::size_t>(picture.dim(2) * picture.dim(3));
  const std::span<float> out = picture.mutable_data();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t c = i / plane;
    const float origin = start.data()[i];
    const float radius = bounds.radius[c];
    const float moved = out[i] + static_cast<float>(share) * radius * sign(gradient.data()[i]);
    const float near = std::clamp(moved, origin - radius, origin + radius);
    out[i] = std::clamp(near, bounds.low[c], bounds.high[c]);
  }
}

}  // namespace

Tensor fast_gradient_sign(const Network& network, const Tensor& picture, const Target& target,
                          const PixelBounds& bounds) {
  check(picture, target, bounds);
  Tensor result = picture;
  move(result, picture, slope_at(network, picture, target).gradient, bounds, 1.0);
  return result;
}

Tensor projected_gradient_descent(const Network& network, const Tensor& picture,
                                  const Target& target, const PixelBounds& bounds,
                                  const AttackOptions& options) {
  check(picture, target, bounds);
  if (options.steps < 1 || !(options.step > 0.0) || !(options.enough > 0.0)) {
    throw ArgumentError(
        "attack: expected at least one step, of a positive length, and a positive "
        "probability");
  }
  Tensor result = picture;
  for (std::int64_t step = 0; step < options.steps; ++step) {
    const Slope slope = slope_at(network, result, target);
    if (slope.probability > options.enough) break;
    move(result, picture, slope.gradient, bounds, options.step);
  }
  return result;
}

}  // namespace cameo::explain
