#include "explain/gradient_shap.h"

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "core/random.h"
#include "explain/noise.h"
#include "explain/picture_gradients.h"
#include "explain/pixel_gradient.h"

namespace cameo::explain {

namespace {

/// The place on the way from the baseline to the picture, 0…1.
double place_of(std::uint64_t seed, std::int64_t sample) {
  constexpr std::uint64_t kPlaces =
      1;  // a stream of its own, beside the noise's and the baselines'
  return Random({seed, static_cast<std::uint64_t>(sample), kPlaces}).uniform();
}

}  // namespace

GradientShap::GradientShap(GradientShapOptions options) : options_(options) {
  if (options.samples < 1 || options.batch < 1 || !(options.noise >= 0.0)) {
    throw ArgumentError(
        "gradient SHAP: expected at least one sample and a batch of at least one, and noise of at "
        "least 0");
  }
}

const MethodInfo& GradientShap::info() const {
  static const MethodInfo info{
      .name = "gradient-shap",
      .summary = "integrated gradients, sampled over random baselines and places",
      .paper = "Erion, Janizek, Sturmfels, Lundberg & Lee 2021, Expected Gradients, equation 2",
      .kind = MapKind::kPixel,
      .options = {{"samples", "50", "baselines and places"},
                  {"noise", "0", "standard deviation of noise on the picture, over its range"},
                  {"baseline", "uniform", "zero, blurred, mean or uniform"},
                  {"seed", "0", "of baselines, places and noise"},
                  {"batch", "8", "samples in memory at once; the result does not depend on it"}},
  };
  return info;
}

void GradientShap::prepare(const Network& /*network*/, const Shape& /*picture*/, ValueId /*of*/,
                           Request& /*request*/) const {}

Explanation GradientShap::explain(const Tape& tape, const Target& target) const {
  const Network& network = tape.network();
  const Tensor& picture = tape.value(network.input());
  const PictureSeries ends = noisy_copies(picture, {.samples = options_.samples,
                                                    .noise = options_.noise,
                                                    .seed = options_.seed,
                                                    .batch = options_.batch});
  PictureSeries starts = ends;
  starts.fill = [&](std::int64_t sample, std::span<float> start) {
    const Tensor baseline = make_baseline(options_.baseline, picture, options_.seed,
                                          static_cast<std::uint64_t>(sample));
    std::copy(baseline.data().begin(), baseline.data().end(), start.begin());
  };
  PictureSeries places = ends;
  const auto size = static_cast<std::size_t>(picture.size());
  // By sample: x - x', needed again once the gradient is there.
  const auto way = [&](std::int64_t sample, std::span<float> start) {
    std::vector<float> end(size);
    ends.fill(sample, end);
    starts.fill(sample, start);
    for (std::size_t i = 0; i < size; ++i) end[i] -= start[i];
    return end;
  };
  places.fill = [&](std::int64_t sample, std::span<float> place) {
    const std::vector<float> difference = way(sample, place);
    const auto at = static_cast<float>(place_of(options_.seed, sample));
    for (std::size_t i = 0; i < size; ++i) place[i] += at * difference[i];
  };
  std::vector<double> sums(size, 0.0);
  std::vector<float> start(size);
  for_each_gradient(network, target, network.input(), places, [&](const SampleGradient& sample) {
    const std::vector<float> difference = way(sample.index, start);
    for (std::size_t i = 0; i < size; ++i) {
      sums[i] += static_cast<double>(difference[i]) * sample.gradient[i];
    }
  });
  const double start_score = mean_score(network, target, starts);
  for (double& value : sums) value /= static_cast<double>(options_.samples);
  return pixel_contributions(tape, target, info(), sums, start_score);
}

}  // namespace cameo::explain
