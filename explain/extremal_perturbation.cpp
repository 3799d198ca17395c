#include "explain/extremal_perturbation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "core/error.h"
#include "explain/resize_transposed.h"
#include "explain/smooth_mask.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

/// The picture and what lies behind it.
struct Layers {
  Tensor front, back;
};

/// back + mask·(front - back)
Tensor blend(const Layers& layers, const Tensor& mask) {
  Tensor result = layers.back;
  const std::span<float> out = result.mutable_data();
  const std::span<const float> share = mask.data();
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] += share[i % share.size()] * (layers.front.data()[i] - out[i]);
  }
  return result;
}

/// The gradient of the score of blend() by the mask, `[H,W]`.
Tensor mask_gradient(const Network& network, const Target& target, const Layers& layers,
                     const Tensor& mask) {
  const ValueId input = network.input();
  const Tape tape = forward(network, blend(layers, mask), {.keep = {target.of}, .wrt = {input}});
  const Tensor by_picture = tape.backward(target.of, seed_for(tape, target)).at(input);
  Tensor result(mask.shape());
  const std::span<float> out = result.mutable_data();
  for (std::size_t i = 0; i < by_picture.data().size(); ++i) {
    out[i % out.size()] += by_picture.data()[i] * (layers.front.data()[i] - layers.back.data()[i]);
  }
  return result;
}

/// Takes off `gradient` the slope of weight·mean (sorted mask - r)².
void pull_to_area(Tensor& gradient, const Tensor& mask, double area, double weight) {
  const auto cells = static_cast<std::size_t>(mask.size());
  const std::span<const float> values = mask.data();
  std::vector<std::size_t> order(cells);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  const auto zeros =
      static_cast<std::size_t>(std::llround((1.0 - area) * static_cast<double>(cells)));
  for (std::size_t rank = 0; rank < cells; ++rank) {
    const double wanted = rank < zeros ? 0.0 : 1.0;
    const double slope = 2.0 * weight * (values[order[rank]] - wanted) / static_cast<double>(cells);
    gradient.mutable_data()[order[rank]] -= static_cast<float>(slope);
  }
}

/// Rises from 0 over the first third, so that the score orders the cells before the area sorts
/// them, and goes on to grow.
double area_weight(const ExtremalPerturbationOptions& options, std::int64_t step) {
  constexpr double kGrowth = 1.0035;
  const double third = static_cast<double>(options.steps) / 3.0;
  const double risen = std::min(1.0, static_cast<double>(step) / third);
  return options.area_weight * risen * std::pow(kGrowth, static_cast<double>(step));
}

}  // namespace

ExtremalPerturbation::ExtremalPerturbation(ExtremalPerturbationOptions options)
    : options_(std::move(options)) {
  constexpr std::int64_t kMostCells = 256;
  const auto positive = [](double v) { return v > 0.0 && std::isfinite(v); };
  if (!(options_.area > 0.0 && options_.area < 1.0) || options_.steps < 1 ||
      !positive(options_.rate) || !(options_.area_weight >= 0.0) || options_.cells < 1 ||
      options_.cells > kMostCells || !positive(options_.smoothness)) {
    throw ArgumentError(
        "extremal-perturbation: expected an area between 0 and 1, at least one step, 1 to 256 "
        "cells, a positive rate and smoothness and a weight from 0");
  }
}

const MethodInfo& ExtremalPerturbation::info() const {
  static const MethodInfo info{
      .name = "extremal-perturbation",
      .summary = "the smooth mask of a given area under which the score is highest",
      .paper =
          "Fong, Patrick & Vedaldi 2019, Understanding Deep Networks via Extremal Perturbations "
          "and Smooth Masks, section 3",
      .kind = MapKind::kLayer,
      .options = {{"area", "0.1", "the share of the picture to keep"},
                  {"steps", "300", "of the ascent"},
                  {"rate", "0.01", "of the ascent"},
                  {"weight", "300", "of the area's squared error"},
                  {"cells", "32", "of the mask, each way"},
                  {"smoothness", "3", "cells over which it falls off"},
                  {"fill", "blur", "where the mask is 0: zero, grey, mean or blur"}},
  };
  return info;
}

void ExtremalPerturbation::prepare(const Network& /*network*/, const Shape& /*picture*/,
                                   ValueId /*of*/, Request& /*request*/) const {}

Explanation ExtremalPerturbation::explain(const Tape& tape, const Target& target) const {
  constexpr double kMomentum = 0.9;
  constexpr double kStart = 0.5;
  const Network& network = tape.network();
  const Tensor& picture = tape.value(network.input());
  const Layers layers{.front = picture, .back = fill_picture(picture, options_.fill)};
  const SmoothMask smooth(options_.cells, options_.smoothness);
  std::vector<double> parameters(smooth.parameters(), kStart);
  std::vector<double> velocity(parameters.size(), 0.0);
  const auto enlarged = [&](const Tensor& mask) {
    return resize_map(mask, picture.dim(2), picture.dim(3));
  };
  for (std::int64_t step = 0; step < options_.steps; ++step) {
    const Tensor mask = smooth.mask(parameters);
    Tensor gradient = resize_map_transposed(mask_gradient(network, target, layers, enlarged(mask)),
                                            options_.cells, options_.cells);
    pull_to_area(gradient, mask, options_.area, area_weight(options_, step));
    const std::vector<double> slopes = smooth.transposed(parameters, mask, gradient);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      velocity[i] = kMomentum * velocity[i] + slopes[i];
      parameters[i] = std::clamp(parameters[i] + options_.rate * velocity[i], 0.0, 1.0);
    }
    if (options_.progress) options_.progress(step + 1, options_.steps);
  }
  Explanation result;
  result.method = info().name;
  result.layer = network.input();
  result.target = target;
  result.logit = score_of(tape, target);
  result.map = enlarged(smooth.mask(parameters));
  result.signed_map = result.map;
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
