/// Reusable descriptions of sub-networks.
#pragma once

#include <string_view>

#include "layers/builder.h"

namespace cameo::layers {

/// Describes a sub-network; holds no tensors, so it is free to copy and reuse. Stateless and
/// thread-safe.
class Module {
 public:
  virtual ~Module() = default;
  /// Appends its nodes below scope `name` to `builder` and returns its output. Throws ShapeError
  /// when x does not fit.
  virtual ValueId build(Builder& builder, std::string_view name, ValueId x) const = 0;
};

}  // namespace cameo::layers
