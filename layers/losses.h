/// Loss functions.
#pragma once

#include <cstdint>
#include <span>

#include "core/tensor.h"

namespace cameo {

/// Stands where a row has no label, see CrossEntropyOptions::skip_unlabelled.
inline constexpr int kNoLabel = -1;

struct CrossEntropyOptions {
  /// Share of the target spread evenly over all classes (Szegedy et al. 2016, section 7), as
  /// PyTorch does.
  float label_smoothing = 0.0F;
  bool skip_unlabelled = false;  ///< rows of kNoLabel have no part in the loss
};

struct Loss {
  double value = 0.0;  ///< the loss; of cross_entropy() the mean over the rows that have a label
  Tensor gradient;     ///< of `value` with respect to the logits, shaped like them
  std::int64_t correct = 0;
};

/// Softmax cross-entropy of logits `[N,K]` with one class index per row. A row is correct when its
/// label has the largest logit, the first of equals. Throws ArgumentError for a label outside
/// 0 … K-1, smoothing outside 0 … 1 or where no row has a label, ShapeError when labels and logits
/// differ in number.
Loss cross_entropy(const Tensor& logits, std::span<const int> labels,
                   const CrossEntropyOptions& options = {});

/// Several labels a row: the mean over all entries of -t·log σ(z) - (1-t)·log(1-σ(z)) for logits z
/// and targets t in 0 … 1, both `[N,K]`. A prediction counts as correct where z > 0 and t > 1/2
/// agree. Throws ShapeError for other shapes or none, ArgumentError for a target outside 0 … 1.
Loss binary_cross_entropy(const Tensor& logits, const Tensor& targets);

/// How many of the logits rank before that of the label: larger, or as large with a lower index; K
/// when the label's logit is not a number.
std::int64_t rank_of_label(std::span<const float> logits, int label);

}  // namespace cameo
