#include "explain/smooth_grad.h"

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "explain/noise.h"
#include "explain/picture_gradients.h"
#include "explain/warnings.h"

namespace cameo::explain {

SmoothGrad::SmoothGrad(SmoothGradOptions options) : options_(options) {
  if (options.samples < 1 || options.batch < 1 || !(options.noise >= 0.0)) {
    throw ArgumentError(
        "SmoothGrad: expected at least one sample and a batch of at least one, and noise of at "
        "least 0");
  }
}

const MethodInfo& SmoothGrad::info() const {
  static const MethodInfo info{
      .name = "smoothgrad",
      .summary = "the mean gradient over noisy copies of the picture",
      .paper = "Smilkov, Thorat, Kim, Viégas & Wattenberg 2017, SmoothGrad, section 3",
      .kind = MapKind::kPixel,
      .options = {{"samples", "50", "noisy copies"},
                  {"noise", "0.15", "standard deviation, in units"},
                  {"unit", "range", "range (of the picture's values) or absolute"},
                  {"statistic", "mean", "mean, squared or variance of the gradients"},
                  {"seed", "0", "of the noise"},
                  {"batch", "8", "copies in memory at once; the result does not depend on it"}},
  };
  return info;
}

void SmoothGrad::prepare(const Network& /*network*/, const Shape& /*picture*/, ValueId /*of*/,
                         Request& /*request*/) const {}

Explanation SmoothGrad::explain(const Tape& tape, const Target& target) const {
  const Tensor& picture = tape.value(tape.network().input());
  const PictureSeries series = noisy_copies(picture, {.samples = options_.samples,
                                                      .noise = options_.noise,
                                                      .unit = options_.unit,
                                                      .seed = options_.seed,
                                                      .batch = options_.batch});
  const auto size = static_cast<std::size_t>(picture.size());
  std::vector<double> sums(size, 0.0);
  std::vector<double> squares(size, 0.0);
  for_each_gradient(tape.network(), target, tape.network().input(), series,
                    [&](const SampleGradient& sample) {
                      for (std::size_t i = 0; i < size; ++i) {
                        const double slope = sample.gradient[i];
                        sums[i] += slope;
                        squares[i] += slope * slope;
                      }
                    });
  Tensor map({picture.dim(1), picture.dim(2), picture.dim(3)});
  const std::span<float> out = map.mutable_data();
  const auto count = static_cast<double>(options_.samples);
  for (std::size_t i = 0; i < size; ++i) {
    const double mean = sums[i] / count;
    const double square = squares[i] / count;
    switch (options_.statistic) {
      case GradientStatistic::kMean:
        out[i] = static_cast<float>(mean);
        break;
      case GradientStatistic::kSquared:
        out[i] = static_cast<float>(square);
        break;
      case GradientStatistic::kVariance:
        out[i] = static_cast<float>(std::max(0.0, square - mean * mean));
        break;
    }
  }
  Explanation result{.method = info().name,
                     .kind = MapKind::kPixel,
                     .map = map,
                     .signed_map = map,
                     .layer = tape.network().input(),
                     .target = target,
                     .logit = score_of(tape, target),
                     .warnings = {}};
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
