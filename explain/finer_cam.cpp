#include "explain/finer_cam.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/error.h"
#include "explain/channels.h"

namespace cameo::explain {

namespace {

/// The classes other than the target's, nearest in score first.
std::vector<std::size_t> nearest_classes(std::span<const float> scores, const Target& target) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase(order, static_cast<std::size_t>(target.index));
  const float own = scores[static_cast<std::size_t>(target.index)];
  const auto distance = [&](std::size_t index) {
    const float difference = std::abs(scores[index] - own);
    return std::isnan(difference) ? INFINITY : difference;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
  return order;
}

}  // namespace

FinerCam::FinerCam(FinerCamOptions options)
    : LayerMethod(std::move(options.layer)),
      references_(options.references),
      strength_(options.strength) {
  if (references_ < 1 || !std::isfinite(strength_)) {
    throw ArgumentError("Finer-CAM: expected at least one reference and a finite strength");
  }
}

const MethodInfo& FinerCam::info() const {
  static const MethodInfo info = [] {
    MethodInfo result{
        .name = "finercam",
        .summary = "Grad-CAM of the score less the mean of the classes nearest to it",
        .paper = "Zhang et al. 2025, Finer-CAM, equation 3",
        .kind = MapKind::kLayer,
        .options = layer_method_options(),
    };
    result.options.push_back({"references", "3", "how many classes, nearest in score"});
    result.options.push_back({"strength", "1", "how much of their mean score is taken off"});
    return result;
  }();
  return info;
}

Tensor FinerCam::layer_gradient(const Tape& tape, const Target& target, ValueId layer) const {
  Tensor seed = seed_for(tape, target);
  std::vector<std::size_t> others = nearest_classes(tape.value(target.of).data(), target);
  if (others.size() > static_cast<std::size_t>(references_)) {
    others.resize(static_cast<std::size_t>(references_));
  }
  const auto share = static_cast<float>(strength_ / static_cast<double>(others.size()));
  for (const std::size_t other : others) seed.mutable_data()[other] -= share;
  const std::array<ValueId, 1> wrt{layer};
  return tape.backward(target.of, seed, {}, wrt).at(layer);
}

Tensor FinerCam::contributions(const Tensor& activations, const Tensor& gradient) const {
  return weighted_channels(spatial_mean(gradient), activations);
}

}  // namespace cameo::explain
