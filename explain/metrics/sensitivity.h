/// Sensitivity: how much a map changes when the picture hardly does.
#pragma once

#include <cstdint>

#include "core/tensor.h"
#include "explain/explainer.h"

namespace cameo::explain {

struct SensitivityOptions {
  double radius = 0.02;  ///< noise is uniform in ± radius, in preprocessed values
  std::int64_t samples = 10;
  std::uint64_t seed = 0;
};

/// The largest |e - e'|/|e| over pictures with a little noise, e and e' being the method's maps as
/// vectors (Yeh et al. 2019, relative to |e| as Captum has it; |e| = 0 counts as
/// 1). Throws what the method throws.
double max_sensitivity(const Network& network, const Tensor& picture, const Explainer& method,
                       const Explanation& explanation, const SensitivityOptions& options = {});

/// The method's explanation of another picture, for the same target.
Explanation explain_again(const Network& network, const Tensor& picture, const Explainer& method,
                          const Target& target);

}  // namespace cameo::explain
