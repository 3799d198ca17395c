/// Filling in removed pixels from their neighbours, so that the hole itself tells nothing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/tensor.h"

namespace cameo::explain {

struct ImputationOptions {
  double noise = 0.01;  ///< standard deviation, added to imputed pixels
  std::uint64_t seed = 0;
  double tolerance = 1e-6;  ///< of the linear system: residual by right-hand side, in norms
};

/// Noisy linear imputation (Rong et al. 2022, A Consistent and Efficient Evaluation Strategy for
/// Attribution Methods (ROAD)): every removed pixel becomes the weighted mean of its
/// eight neighbours, 1/6 for those that share an edge and 1/12 for those that share a corner; at
/// the border the weights that are there are used. Removed neighbours are unknowns too, so the
/// values solve a sparse symmetric positive definite system, here by conjugate gradients with a
/// Jacobi preconditioner, in double. Then Gaussian noise is added to the imputed pixels.
///
/// `picture` is `[1,C,H,W]`; `removed` has a value other than 0 for each pixel to impute. Where no
/// pixel is left, all are 0 plus noise. Throws ShapeError where sizes do not fit, RunError when the
/// tolerance is not reached.
Tensor impute(const Tensor& picture, std::span<const char> removed,
              const ImputationOptions& options = {});

}  // namespace cameo::explain
