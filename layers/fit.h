/// Training of networks that take more than a picture or have more than one label a picture.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "core/network.h"
#include "core/tensor.h"
#include "layers/losses.h"
#include "layers/optimizer.h"
#include "layers/schedules.h"

namespace cameo {

/// One step's worth of examples.
struct Examples {
  /// The picture, the words, … by value, as forward_from() takes them.
  std::map<ValueId, Tensor> given;
  /// One class for every row of the logits, kNoLabel where there is none to learn.
  std::vector<int> labels{};
  /// What is minimised in place of the cross-entropy with `labels`, of the network's output.
  std::function<Loss(const Tensor& output)> loss{};
};

struct FitOptions {
  std::int64_t steps = 1000;
  double learning_rate = 1e-3;
  std::unique_ptr<Optimizer> optimizer{};  ///< Adam with its defaults where null
  Schedule schedule = constant_schedule();
  double clip_norm = 0.0;  ///< 0: gradients are not clipped
  std::uint64_t seed = 0;  ///< of dropout
  /// Called after every step in the calling thread, with the step from 1 and its loss.
  std::function<void(std::int64_t step, double loss)> on_step{};
};

/// Minimises the examples' own loss, or else the cross-entropy of the network's output, logits
/// `[R,K]`, over the examples that `examples(step)` gives for the steps 0 … steps-1. The result has
/// the same bits for any thread count. Throws ArgumentError for options that make no sense,
/// ShapeError when labels and logits differ in number, RunError when a loss or gradient is not
/// finite; the parameters are then those before that step.
void fit(Network& network, const std::function<Examples(std::int64_t step)>& examples,
         FitOptions options);

}  // namespace cameo
