/// The function of Elu, Celu and Selu. Kernels read this: it includes no standard header.
#pragma once

namespace cameo {

/// x·positive where x > 0, else (exp(x/width) - 1)·negative.
struct ExponentialUnit {
  float positive, negative, width;
};

}  // namespace cameo
