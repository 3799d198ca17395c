#include "layers/losses.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "core/error.h"
#include "core/ops/softmax_cross_entropy_loss.h"

namespace cameo {

namespace {

void check(const Tensor& logits, std::span<const int> labels, const CrossEntropyOptions& options) {
  if (logits.rank() != 2 || logits.dim(0) != static_cast<std::int64_t>(labels.size())) {
    throw ShapeError("cross-entropy: " + std::to_string(labels.size()) +
                     " labels need logits [N,K] of as many rows, got " + to_string(logits.shape()));
  }
  if (logits.size() == 0) throw ShapeError("cross-entropy: the batch is empty");
  if (!(options.label_smoothing >= 0.0F && options.label_smoothing <= 1.0F)) {
    throw ArgumentError("cross-entropy: label smoothing must be between 0 and 1, got " +
                        std::to_string(options.label_smoothing));
  }
  for (const int label : labels) {
    if (options.skip_unlabelled && label == kNoLabel) continue;
    if (label < 0 || label >= logits.dim(1)) {
      throw ArgumentError("cross-entropy: label " + std::to_string(label) +
                          " is not one of the network's " + std::to_string(logits.dim(1)) +
                          " classes");
    }
  }
  if (std::count(labels.begin(), labels.end(), kNoLabel) ==
      static_cast<std::ptrdiff_t>(labels.size())) {
    throw ArgumentError("cross-entropy: no row has a label");
  }
}

Tensor smoothed_targets(std::span<const int> labels, std::int64_t classes, float smoothing) {
  const auto rows = static_cast<std::int64_t>(labels.size());
  Tensor targets({rows, classes});
  const std::span<float> values = targets.mutable_data();
  const auto width = static_cast<std::size_t>(classes);
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] == kNoLabel) continue;
    const std::span<float> own = values.subspan(row * width, width);
    std::fill(own.begin(), own.end(), smoothing / static_cast<float>(classes));
    own[static_cast<std::size_t>(labels[row])] += 1.0F - smoothing;
  }
  return targets;
}

}  // namespace

std::int64_t rank_of_label(std::span<const float> logits, int label) {
  const auto index = static_cast<std::size_t>(label);
  const float own = logits[index];
  if (std::isnan(own)) return static_cast<std::int64_t>(logits.size());
  const auto before = logits.first(index);
  const auto after = logits.subspan(index + 1);
  return std::count_if(before.begin(), before.end(), [own](float v) { return !(v < own); }) +
         std::count_if(after.begin(), after.end(), [own](float v) { return !(v <= own); });
}

Loss cross_entropy(const Tensor& logits, std::span<const int> labels,
                   const CrossEntropyOptions& options) {
  check(logits, labels, options);
  const ops::SoftmaxCrossEntropyLoss op;
  const std::array<Tensor, 2> inputs{
      logits, smoothed_targets(labels, logits.dim(1), options.label_smoothing)};
  const std::array<Shape, 2> shapes{inputs[0].shape(), inputs[1].shape()};
  Residuals residuals;
  const Tensor output = op.forward(inputs, {.residuals = &residuals});
  // The op's mean is over all rows; those without a label add nothing to it.
  const auto learned =
      std::count_if(labels.begin(), labels.end(), [](int l) { return l != kNoLabel; });
  const float scale = static_cast<float>(labels.size()) / static_cast<float>(learned);
  const std::array<bool, 2> needs{true, false};
  std::array<Tensor, 2> gradients;
  op.vjp({.inputs = inputs,
          .input_shapes = shapes,
          .output = output,
          .residuals = residuals,
          .grad = Tensor(output.shape(), scale),
          .needs = needs,
          .input_grads = gradients});

  Loss loss{.value = output.data()[0] * scale, .gradient = std::move(gradients[0]), .correct = 0};
  const auto classes = static_cast<std::size_t>(logits.dim(1));
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] == kNoLabel) continue;
    const auto scores = logits.data().subspan(row * classes, classes);
    if (rank_of_label(scores, labels[row]) == 0) ++loss.correct;
  }
  return loss;
}

Loss binary_cross_entropy(const Tensor& logits, const Tensor& targets) {
  if (logits.rank() != 2 || logits.shape() != targets.shape() || logits.size() == 0) {
    throw ShapeError("binary cross-entropy: expected logits and targets [N,K] of one shape, got " +
                     to_string(logits.shape()) + " and " + to_string(targets.shape()));
  }
  Loss loss{.gradient = Tensor::uninitialized(logits.shape())};
  const std::span<float> gradient = loss.gradient.mutable_data();
  const auto count = static_cast<double>(logits.size());
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const double z = logits.data()[i];
    const double target = targets.data()[i];
    if (!(target >= 0.0 && target <= 1.0)) {
      throw ArgumentError("binary cross-entropy: targets must be between 0 and 1, got " +
                          std::to_string(target));
    }
    // log(1 + e^z) - t·z, written so that no exponential overflows.
    const double tail = std::exp(-std::abs(z));
    loss.value += (std::max(z, 0.0) - target * z + std::log1p(tail)) / count;
    const double probability = (z >= 0.0 ? 1.0 : tail) / (1.0 + tail);
    gradient[i] = static_cast<float>((probability - target) / count);
    if ((z > 0.0) == (target > 0.5)) ++loss.correct;
  }
  return loss;
}

}  // namespace cameo
