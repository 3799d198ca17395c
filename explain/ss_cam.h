/// SS-CAM: smoothed Score-CAM.
#pragma once

#include <cstdint>

#include "explain/channel_masks.h"

namespace cameo::explain {

struct SsCamOptions {
  ChannelMaskOptions masks{};
  std::int64_t samples = 10;
  double noise = 2.0;  ///< standard deviation, in units of the mask's range
  std::uint64_t seed = 0;
};

/// Score-CAM with the scores averaged over masks with Gaussian noise (Wang, Naidu & others 2020,
/// SS-CAM, equations 5 to 7: noise on the feature map).
class SsCam final : public Explainer {
 public:
  /// Throws ArgumentError for fewer than one sample or negative noise.
  explicit SsCam(SsCamOptions options = {});
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  SsCamOptions options_;
};

}  // namespace cameo::explain
