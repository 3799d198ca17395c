/// Long short-term memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "layers/module.h"

namespace cameo::layers {

struct LstmOptions {
  std::int64_t hidden = 0;
};

/// A sequence x `[T,N,I]` to its hidden states `[T,N,hidden]`, from a state of zeros; see
/// core/ops/lstm.h. Parameters NAME.weight_ih_l0 `[4·hidden,I]`, NAME.weight_hh_l0
/// `[4·hidden,hidden]`, NAME.bias_ih_l0 and NAME.bias_hh_l0 `[4·hidden]`, all drawn from U(-b, b),
/// b = 1/sqrt(hidden), as PyTorch does.
class Lstm final : public Module {
 public:
  explicit Lstm(LstmOptions options) : options_(options) {}
  /// Throws ShapeError unless x is of rank 3, ArgumentError unless `hidden` is at least 1.
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  LstmOptions options_;
};

}  // namespace cameo::layers
