/// Loss functions.
#pragma once

#include <cstdint>
#include <span>

#include "core/tensor.h"

namespace cameo {

struct CrossEntropyOptions {
  /// Share of the target spread evenly over all classes (Szegedy et al. 2016, section 7), as
  /// PyTorch does.
  float label_smoothing = 0.0F;
};

struct Loss {
  double value = 0.0;  ///< mean over the batch
  Tensor gradient;     ///< of `value` with respect to the logits, shaped like them
  std::int64_t correct = 0;
};

/// Softmax cross-entropy of logits `[N,K]` with one class index per row. A row is correct when its
/// label has the largest logit, the first of equals. Throws ArgumentError for a label outside
/// 0 … K-1 or smoothing outside 0 … 1, ShapeError when labels and logits differ in number.
Loss cross_entropy(const Tensor& logits, std::span<const int> labels,
                   const CrossEntropyOptions& options = {});

/// How many of the logits rank before that of the label: larger, or as large with a lower index; K
/// when the label's logit is not a number.
std::int64_t rank_of_label(std::span<const float> logits, int label);

}  // namespace cameo
