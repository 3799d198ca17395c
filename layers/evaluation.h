/// How well a network classifies a data set.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/network.h"
#include "layers/dataset.h"
#include "layers/normalization.h"

namespace cameo {

struct EvaluationOptions {
  std::int64_t batch = 100;  ///< pictures run at once; more than the data set has is fine
  Normalization normalization{};
  /// Called in the calling thread with the number of pictures seen and their total.
  std::function<void(std::int64_t done, std::int64_t total)> on_progress{};
};

struct ClassAccuracy {
  std::int64_t count = 0;
  std::int64_t correct = 0;
  double accuracy() const {
    return count == 0 ? 0.0 : static_cast<double>(correct) / static_cast<double>(count);
  }
};

struct Evaluation {
  std::int64_t count = 0;
  double loss = 0.0;  ///< mean cross-entropy, without smoothing; may be not finite
  double top1 = 0.0;  ///< share, 0 … 1
  double top5 = 0.0;
  std::vector<ClassAccuracy> per_class;  ///< by label
  /// [label][prediction]
  std::vector<std::vector<std::int64_t>> confusion;
  std::vector<int> predictions;  ///< in the data set's order
};

/// Runs every picture once, in inference mode. The network's output are logits `[N,K]` or
/// `[N,K,1,1]`, one per class of the data set. Throws like check_classifier().
Evaluation evaluate(const Network& network, const Dataset& dataset,
                    const EvaluationOptions& options = {});

/// Throws ArgumentError, saying what would be right, unless the data set has pictures of at least
/// two classes that fit the network's input and output.
void check_classifier(const Network& network, const Dataset& dataset);

/// A network's output as `[N,K]`; throws ShapeError when it is neither that nor `[N,K,1,1]`.
Tensor as_logits(const Tensor& output);

}  // namespace cameo
