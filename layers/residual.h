/// Residual connections (He et al. 2016).
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "layers/module.h"
#include "layers/sequential.h"

namespace cameo::layers {

/// x + y as a node of the given name. Throws ShapeError unless their shapes are equal.
ValueId add(Builder& builder, std::string_view name, ValueId x, ValueId y);

/// What the parts of a block are called within its scope.
struct ResidualNames {
  std::string shortcut = "downsample";
  std::string sum = "add";
  std::string relu{};  ///< of the output; empty: the block's own name
};

/// relu(branch(x) + shortcut(x)). The branch's children lie directly in the block's scope, as in
/// torchvision.
class Residual final : public Module {
 public:
  /// An empty shortcut is the identity.
  explicit Residual(Sequential branch, Sequential shortcut = {}, ResidualNames names = {})
      : branch_(std::move(branch)), shortcut_(std::move(shortcut)), names_(std::move(names)) {}
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  Sequential branch_;
  Sequential shortcut_;
  ResidualNames names_;
};

}  // namespace cameo::layers
