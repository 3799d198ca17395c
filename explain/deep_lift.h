/// DeepLift.
#pragma once

#include <cstdint>

#include "explain/baselines.h"
#include "explain/explainer.h"

namespace cameo::explain {

/// The rescale rule, for a backward pass over a batch of two, the picture and its baseline: what an
/// activation function or a max pool passes on is (change of the output)/(change of the input) in
/// place of the slope. Needs Request::keep_all.
VjpOverrides rescale_rules();

struct DeepLiftOptions {
  Baseline baseline = Baseline::kZero;
  std::uint64_t seed = 0;  ///< of random baselines
};

/// (x - x')·(the rescale rule's multipliers), with signs, `[C,H,W]` (Shrikumar, Greenside &
/// Kundaje 2017, Learning Important Features Through Propagating Activation Differences, section
/// 3.5.1). It adds up to the score less the baseline's wherever the network has no other
/// nonlinearity than activation functions and max pools; Explanation::residual tells how far it is
/// from that. Runs the network again.
class DeepLift final : public Explainer {
 public:
  explicit DeepLift(DeepLiftOptions options = {}) : options_(options) {}
  const MethodInfo& info() const override;
  /// Throws ArgumentError when the network does not take two pictures at once.
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  DeepLiftOptions options_;
};

}  // namespace cameo::explain
