#include "explain/deep_lift.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "explain/pixel_gradient.h"

namespace cameo::explain {

namespace {

/// Changes of an input smaller than this keep the slope.
constexpr float kSmallest = 1e-6F;

/// The op's own gradient of its only input for another gradient of its output.
Tensor own_gradient(const VjpContext& ctx, const Tensor& grad) {
  std::array<Tensor, 1> result;
  ctx.op->vjp({.inputs = ctx.inputs,
               .input_shapes = ctx.input_shapes,
               .output = ctx.output,
               .residuals = ctx.residuals,
               .grad = grad,
               .needs = ctx.needs.first(1),
               .input_grads = result,
               .op = ctx.op});
  return result[0];
}

/// The two halves of a batch of two.
struct Halves {
  explicit Halves(const Tensor& both)
      : picture(both.data().first(both.data().size() / 2)),
        baseline(both.data().last(both.data().size() / 2)) {}
  float change(std::size_t i) const { return picture[i] - baseline[i]; }
  std::span<const float> picture, baseline;
};

/// Both halves of `gradient` become `multiplier(i)` where the input changes.
template <typename F>
void set_multipliers(Tensor& gradient, const Halves& input, F multiplier) {
  const std::span<float> values = gradient.mutable_data();
  const std::size_t half = values.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    if (std::abs(input.change(i)) >= kSmallest) values[i] = multiplier(i);
    values[half + i] = values[i];
  }
}

void rescale_activation(const VjpContext& ctx) {
  const Halves input(ctx.inputs[0]);
  const Halves output(ctx.output);
  const std::span<const float> grad = ctx.grad.data();
  Tensor result = own_gradient(ctx, ctx.grad);
  set_multipliers(result, input,
                  [&](std::size_t i) { return grad[i] * output.change(i) / input.change(i); });
  ctx.input_grads[0] = result;
}

/// The change of the maximum, as seen from the higher of the two outputs: what takes it down to the
/// baseline's belongs to the picture's winner, what takes it up from there to the baseline's
/// winner.
void rescale_max_pool(const VjpContext& ctx) {
  const Halves output(ctx.output);
  Tensor change = ctx.grad;
  const std::span<float> values = change.mutable_data();
  const std::size_t half = values.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    const float higher = std::max(output.picture[i], output.baseline[i]);
    const float multiplier = ctx.grad.data()[i];
    values[i] = multiplier * (higher - output.baseline[i]);
    values[half + i] = multiplier * (output.picture[i] - higher);
  }
  const Tensor changes = own_gradient(ctx, change);
  const Halves shares(changes);
  const Halves input(ctx.inputs[0]);
  Tensor result = own_gradient(ctx, ctx.grad);
  set_multipliers(result, input, [&](std::size_t i) {
    return (shares.picture[i] + shares.baseline[i]) / input.change(i);
  });
  ctx.input_grads[0] = result;
}

/// One above the other: `[2,C,H,W]`.
Tensor stacked(const Tensor& picture, const Tensor& baseline) {
  Shape shape = picture.shape();
  shape[0] = 2;
  Tensor both = Tensor::uninitialized(shape);
  const std::span<float> values = both.mutable_data();
  std::copy(picture.data().begin(), picture.data().end(), values.begin());
  std::copy(baseline.data().begin(), baseline.data().end(),
            values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return both;
}

/// The score of the baseline, the second row.
double baseline_score(const Tensor& scores, const Target& target) {
  const std::span<const float> row = Halves(scores).baseline;
  const double score = row[static_cast<std::size_t>(target.index)];
  return target.against ? score - row[static_cast<std::size_t>(*target.against)] : score;
}

}  // namespace

VjpOverrides rescale_rules() {
  VjpOverrides rules;
  for (const char* type : {"Relu", "LeakyRelu", "PRelu", "ThresholdedRelu", "Clip", "Elu", "Selu",
                           "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Softplus",
                           "Softsign", "Erf", "Exp", "Log", "Sqrt", "Abs"}) {
    rules[type] = rescale_activation;
  }
  rules["MaxPool"] = rescale_max_pool;
  rules["GlobalMaxPool"] = rescale_max_pool;
  return rules;
}

const MethodInfo& DeepLift::info() const {
  static const MethodInfo info{
      .name = "deeplift",
      .summary = "every pixel's share in the score's change from a baseline, by the rescale rule",
      .paper = "Shrikumar, Greenside & Kundaje 2017, Learning Important Features, section 3.5.1",
      .kind = MapKind::kPixel,
      .options = {{"baseline", "zero", "zero, blurred, mean or uniform"},
                  {"seed", "0", "of a random baseline"}},
  };
  return info;
}

void DeepLift::prepare(const Network& network, const Shape& picture, ValueId of,
                       Request& /*request*/) const {
  Shape two = picture;
  two[0] = 2;
  try {
    if (network.infer_shapes(two)[static_cast<std::size_t>(of)].at(0) == 2) return;
  } catch (const ShapeError&) {
  }
  throw ArgumentError(
      "DeepLift runs the picture and its baseline as one batch, which this network does not take");
}

Explanation DeepLift::explain(const Tape& tape, const Target& target) const {
  const Network& network = tape.network();
  const Tensor& picture = tape.value(network.input());
  const Tensor baseline = make_baseline(options_.baseline, picture, options_.seed, 0);
  const Tape both = forward(network, stacked(picture, baseline),
                            {.keep = {target.of}, .wrt = {network.input()}, .keep_all = true});
  const Gradients gradients = both.backward(target.of, seed_for(both, target), rescale_rules());
  const Halves multipliers(gradients.at(network.input()));
  std::vector<double> contributions(picture.data().size());
  for (std::size_t i = 0; i < contributions.size(); ++i) {
    const double change = static_cast<double>(picture.data()[i]) - baseline.data()[i];
    contributions[i] = change * multipliers.picture[i];
  }
  return pixel_contributions(tape, target, info(), contributions,
                             baseline_score(both.value(target.of), target));
}

}  // namespace cameo::explain
