/// Element-wise functions that compilers do not vectorise, compiled once per instruction set.
#pragma once

#include <cstddef>

#include "core/ops/exponential_unit.h"

namespace cameo {

/// Each maps `count` values; what is written may lie exactly where one of the inputs is read. A
/// value's result is the same wherever it lies among others. NaN passes; results too small for a
/// normal float are denormal, then 0. docs/numerics.md states the errors.
struct ActivationKernels {
  void (*exp)(std::ptrdiff_t count, const float* x, float* y);
  void (*sigmoid)(std::ptrdiff_t count, const float* x, float* y);
  void (*tanh)(std::ptrdiff_t count, const float* x, float* y);
  void (*unit)(const ExponentialUnit& unit, std::ptrdiff_t count, const float* x, float* y);
  /// dx = grad times the unit's derivative at x, the left one at 0.
  void (*unit_grad)(const ExponentialUnit& unit, std::ptrdiff_t count, const float* x,
                    const float* grad, float* dx);
  void (*erf)(std::ptrdiff_t count, const float* x, float* y);
  void (*erf_grad)(std::ptrdiff_t count, const float* x, const float* grad, float* dx);
  void (*hard_swish)(std::ptrdiff_t count, const float* x, float* y);
  /// dx = grad times the derivative at x, 0 at -3 and 1 at 3.
  void (*hard_swish_grad)(std::ptrdiff_t count, const float* x, const float* grad, float* dx);
};

namespace baseline {
extern const ActivationKernels activation_kernels;
}
namespace avx2 {
extern const ActivationKernels activation_kernels;
}
namespace avx512 {
extern const ActivationKernels activation_kernels;
}

/// Those for this processor.
const ActivationKernels& activation_kernels();

}  // namespace cameo
