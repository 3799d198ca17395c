#include "explain/smooth_grad_cam_plus_plus.h"

#include <cmath>
#include <utility>
#include <vector>

#include "core/elementwise.h"
#include "core/error.h"
#include "explain/channels.h"
#include "explain/layer_method.h"
#include "explain/layers.h"
#include "explain/noise.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

/// Sums over samples of a layer's gradient and its powers, by element.
struct Moments {
  explicit Moments(std::size_t size) : first(size), second(size), third(size) {}

  void add(std::span<const float> gradient) {
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      const double g = gradient[i];
      first[i] += g;
      second[i] += g * g;
      third[i] += g * g * g;
    }
  }

  std::vector<double> first, second, third;
};

/// α: the sums over samples do as well as the means, since it is a ratio.
double share(double second, double third, double activation_sum) {
  constexpr double kNegligible = 1e-6;
  const double term = third * activation_sum;
  const double denominator = 2.0 * second + term;
  if (std::abs(denominator) <= kNegligible * (2.0 * second + std::abs(term))) return 0.0;
  return second / denominator;
}

Tensor weights_of(const Moments& moments, const Tensor& activations, std::int64_t samples) {
  const auto area = static_cast<std::size_t>(activations.dim(2) * activations.dim(3));
  Tensor weights({activations.dim(1)});
  for (std::size_t k = 0; k < weights.data().size(); ++k) {
    double sum = 0.0;
    for (const float value : activations.data().subspan(k * area, area)) sum += value;
    double weight = 0.0;
    for (std::size_t i = k * area; i < (k + 1) * area; ++i) {
      if (moments.first[i] <= 0.0) continue;
      weight += moments.first[i] / static_cast<double>(samples) *
                share(moments.second[i], moments.third[i], sum);
    }
    weights.mutable_data()[k] = static_cast<float>(weight);
  }
  return weights;
}

}  // namespace

SmoothGradCamPlusPlus::SmoothGradCamPlusPlus(SmoothGradCamPlusPlusOptions options)
    : options_(std::move(options)) {
  if (options_.samples < 1 || options_.batch < 1 || !(options_.noise >= 0.0)) {
    throw ArgumentError(
        "Smooth Grad-CAM++: expected at least one sample and a batch of at least one, and noise of "
        "at least 0");
  }
}

const MethodInfo& SmoothGradCamPlusPlus::info() const {
  static const MethodInfo info = [] {
    MethodInfo result{
        .name = "smooth-gradcam++",
        .summary = "Grad-CAM++ with gradients averaged over noisy copies of the picture",
        .paper = "Omeiza, Speakman, Cintas & Weldermariam 2019, Smooth Grad-CAM++, equations 4-7",
        .kind = MapKind::kLayer,
        .options = layer_options(),
    };
    result.options.insert(
        result.options.end(),
        {{"samples", "25", "noisy copies"},
         {"noise", "0.15", "standard deviation, in units"},
         {"unit", "range", "range (of the picture's values) or absolute"},
         {"seed", "0", "of the noise"},
         {"batch", "8", "copies in memory at once; the result does not depend on it"}});
    return result;
  }();
  return info;
}

void SmoothGradCamPlusPlus::prepare(const Network& network, const Shape& picture, ValueId of,
                                    Request& request) const {
  request.keep.push_back(resolve_layer(network, picture, of, options_.layer));
}

Explanation SmoothGradCamPlusPlus::explain(const Tape& tape, const Target& target) const {
  const Network& network = tape.network();
  const ValueId layer = resolve_layer(tape, target.of, options_.layer);
  const Tensor& activations = tape.value(layer);
  const PictureSeries copies =
      noisy_copies(tape.value(network.input()), {.samples = options_.samples,
                                                 .noise = options_.noise,
                                                 .unit = options_.unit,
                                                 .seed = options_.seed,
                                                 .batch = options_.batch});
  Moments moments(activations.data().size());
  for_each_gradient(network, target, layer, copies,
                    [&](const SampleGradient& sample) { moments.add(sample.gradient); });
  const Tensor weights = weights_of(moments, activations, options_.samples);
  Explanation result{.method = info().name,
                     .kind = MapKind::kLayer,
                     .map = {},
                     .signed_map = channel_weighted_sum(weights, activations),
                     .layer = layer,
                     .target = target,
                     .logit = score_of(tape, target),
                     .warnings = {}};
  result.map = relu(result.signed_map);
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
