/// Residual connections (He et al. 2016).
#pragma once

#include <string_view>
#include <utility>

#include "layers/module.h"
#include "layers/sequential.h"

namespace cameo::layers {

/// x + y as a node of the given name. Throws ShapeError unless their shapes are equal.
ValueId add(Builder& builder, std::string_view name, ValueId x, ValueId y);

/// relu(branch(x) + shortcut(x)). The branch's children lie directly in the block's scope and the
/// shortcut is NAME.downsample, as in torchvision; the sum is NAME.add and the output NAME itself.
class Residual final : public Module {
 public:
  /// An empty shortcut is the identity.
  explicit Residual(Sequential branch, Sequential shortcut = {})
      : branch_(std::move(branch)), shortcut_(std::move(shortcut)) {}
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  Sequential branch_;
  Sequential shortcut_;
};

}  // namespace cameo::layers
