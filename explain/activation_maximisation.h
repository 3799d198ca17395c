/// Activation maximisation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "explain/explainer.h"
#include "explain/scores.h"

namespace cameo::explain {

struct ActivationMaximisationOptions {
  std::string layer = "auto";             ///< of `channel`; "auto": see default_layer()
  std::optional<std::int64_t> channel{};  ///< its mean is maximised; the target's score without
  std::int64_t steps = 200;
  double rate = 0.05;       ///< of a step, in standard deviations of the explained picture
  std::int64_t jitter = 4;  ///< pixels that the picture is shifted by at most, anew every step
  double blur = 0.5;    ///< deviation of the Gaussian after every fourth step, in pixels; 0: none
  double decay = 0.01;  ///< L2: the share of the pattern that a step takes away
  double variation = 0.05;  ///< total variation: the weight of its squared differences
  std::uint64_t seed = 0;   ///< of the start and the shifts
  ProgressFunction progress{};
};

/// A pattern that a class or a channel answers to most, `[C,H,W]` with signs, to be added to a flat
/// picture of the explained picture's mean colour: gradient ascent from faint noise (Erhan, Bengio,
/// Courville & Vincent 2009, Visualizing Higher-Layer Features of a Deep Network, section 3), each
/// step of one length, held natural by weight decay (Simonyan et al. 2014, equation 1), blur
/// (Yosinski et al. 2015), shifts and squared differences of neighbours (Mahendran & Vedaldi 2015).
/// What the picture shows has no part beyond its size, mean and deviation.
class ActivationMaximisation final : public Explainer {
 public:
  /// Throws ArgumentError for numbers that make no sense.
  explicit ActivationMaximisation(ActivationMaximisationOptions options = {});
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  ActivationMaximisationOptions options_;
};

}  // namespace cameo::explain
