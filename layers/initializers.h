/// How parameters begin.
#pragma once

#include <functional>

#include "core/random.h"
#include "core/tensor.h"

namespace cameo {

/// Makes a parameter of the given shape; weights are `[out,in,...]`, so fan-in is the product of
/// all extents but the first.
using Initializer = std::function<Tensor(const Shape&, Random&)>;

Initializer constant(float value);
/// N(0, deviation²).
Initializer normal(float deviation);
/// U(-bound, bound).
Initializer uniform(float bound);

/// Which variance an initialiser keeps: that of signals or that of gradients.
enum class FanMode { kIn, kOut };
/// N(0, gain²/fan) with gain sqrt(2) (He et al. 2015, equations 10 and 14).
Initializer kaiming_normal(FanMode mode = FanMode::kIn);
/// U(-b, b), b = sqrt(6/((1 + slope²)·fan_in)); slope sqrt(5) is PyTorch's default for Conv2d and
/// Linear.
Initializer kaiming_uniform(float slope = 0.0F);
/// U(-b, b), b = sqrt(6/(fan_in + fan_out)) (Glorot & Bengio 2010, equation 16).
Initializer xavier_uniform();
/// N(0, 2/(fan_in + fan_out)).
Initializer xavier_normal();

}  // namespace cameo
