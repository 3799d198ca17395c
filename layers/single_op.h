/// Modules of one op.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "layers/module.h"

namespace cameo::layers {

/// One op of one input without parameters; the node's name is the module's.
class SingleOp : public Module {
 public:
  explicit SingleOp(std::shared_ptr<const Op> op) : op_(std::move(op)) {}
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override {
    return builder.apply(name, op_, {x});
  }

 private:
  std::shared_ptr<const Op> op_;
};

}  // namespace cameo::layers
