/// Two ways of normalising a picture.
#pragma once

#include <string_view>

#include "layers/module.h"

namespace cameo::zoo {

/// x·scale + shift takes a picture normalised by ImageNet's mean and standard deviation to the mean
/// and standard deviation of 1/2 that the public weights of GoogLeNet and Inception v3, converted
/// from TensorFlow, want; torchvision's `transform_input`. `[N,3,H,W]` throughout; any other number
/// of channels passes unchanged. The constants are NAME.scale and NAME.shift, not trainable.
class TransformInput final : public layers::Module {
 public:
  static Tensor scale();  ///< `[1,3,1,1]`
  static Tensor shift();  ///< `[1,3,1,1]`
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;
};

}  // namespace cameo::zoo
