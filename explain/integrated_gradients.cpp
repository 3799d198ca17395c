#include "explain/integrated_gradients.h"

#include "core/error.h"
#include "explain/picture_gradients.h"
#include "explain/pixel_gradient.h"

namespace cameo::explain {

IntegratedGradients::IntegratedGradients(IntegratedGradientsOptions options)
    : options_(options), points_(path_points(options.rule, options.steps)) {
  if (options.samples < 1 || options.batch < 1) {
    throw ArgumentError("integrated gradients: expected at least one sample and a batch of one");
  }
}

const MethodInfo& IntegratedGradients::info() const {
  static const MethodInfo info{
      .name = "integrated-gradients",
      .summary = "every pixel times its mean gradient on the way from a baseline",
      .paper = "Sundararajan, Taly & Yan 2017, Axiomatic Attribution for Deep Networks, equation 1",
      .kind = MapKind::kPixel,
      .options = {{"steps", "50", "points on the way"},
                  {"rule", "gauss-legendre",
                   "gauss-legendre, left, right, midpoint, trapezoid or captum-trapezoid"},
                  {"baseline", "zero", "zero, blurred, mean or uniform"},
                  {"samples", "10", "baselines averaged over, where they are random"},
                  {"seed", "0", "of random baselines"},
                  {"batch", "8", "points in memory at once; the result does not depend on it"}},
  };
  return info;
}

void IntegratedGradients::prepare(const Network& /*network*/, const Shape& /*picture*/,
                                  ValueId /*of*/, Request& /*request*/) const {}

Explanation IntegratedGradients::explain(const Tape& tape, const Target& target) const {
  const Network& network = tape.network();
  const Tensor& picture = tape.value(network.input());
  const std::span<const float> x = picture.data();
  const std::int64_t baselines = options_.baseline == Baseline::kUniform ? options_.samples : 1;
  std::vector<double> sums(x.size(), 0.0);
  double start_score = 0.0;
  for (std::int64_t b = 0; b < baselines; ++b) {
    const Tensor baseline =
        make_baseline(options_.baseline, picture, options_.seed, static_cast<std::uint64_t>(b));
    const std::span<const float> start = baseline.data();
    const PictureSeries path{
        .shape = picture.shape(),
        .count = options_.steps,
        .batch = options_.batch,
        .fill = [&](std::int64_t k, std::span<float> point) {
          const double at = points_[static_cast<std::size_t>(k)].at;
          for (std::size_t i = 0; i < point.size(); ++i) {
            point[i] = static_cast<float>(start[i] + at * (static_cast<double>(x[i]) - start[i]));
          }
        }};
    for_each_gradient(network, target, network.input(), path, [&](const SampleGradient& point) {
      const double weight = points_[static_cast<std::size_t>(point.index)].weight;
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += weight * point.gradient[i] * (static_cast<double>(x[i]) - start[i]);
      }
    });
    const Tape at_start = forward(network, baseline, {.keep = {target.of}});
    start_score += score_of(at_start, target);
  }
  const auto count = static_cast<double>(baselines);
  for (double& value : sums) value /= count;
  return pixel_contributions(tape, target, info(), sums, start_score / count);
}

}  // namespace cameo::explain
