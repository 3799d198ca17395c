/// IS-CAM: integrated Score-CAM.
#pragma once

#include <cstdint>

#include "explain/channel_masks.h"

namespace cameo::explain {

struct IsCamOptions {
  ChannelMaskOptions masks{};
  std::int64_t steps = 10;
};

/// Score-CAM with the scores averaged over masks of growing strength, i/steps for i = 1 … steps
/// (Naidu et al. 2020, IS-CAM: Integrated Score-CAM for axiomatic-based explanations).
class IsCam final : public Explainer {
 public:
  /// Throws ArgumentError for fewer than one step.
  explicit IsCam(IsCamOptions options = {});
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  IsCamOptions options_;
};

}  // namespace cameo::explain
