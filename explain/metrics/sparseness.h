/// How concentrated a map is.
#pragma once

#include "core/tensor.h"

namespace cameo::explain {

/// The Gini coefficient of the absolute values: 0 when all are equal, near 1 when one is all there
/// is (Chalasani et al. 2020, Concise Explanations of Neural Networks using Adversarial Training).
/// 0 for a blank map.
double gini(const Tensor& map);

/// The entropy in nats of the absolute values as shares of their sum (Bhatt, Weller & Moura 2020,
/// Evaluating and Aggregating Feature-based Model Explanations). 0 for a blank map.
double entropy(const Tensor& map);

}  // namespace cameo::explain
