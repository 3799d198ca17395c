/// Extremal perturbation.
#pragma once

#include <cstdint>

#include "explain/explainer.h"
#include "explain/fill.h"
#include "explain/scores.h"

namespace cameo::explain {

struct ExtremalPerturbationOptions {
  double area = 0.1;  ///< the share of the picture that the mask is to keep
  std::int64_t steps = 300;
  double rate = 0.01;          ///< of the ascent, with a momentum of 0.9
  double area_weight = 300.0;  ///< of the area's squared error: rises over a third of the steps
  std::int64_t cells = 32;     ///< of the mask, each way
  double smoothness = 3.0;     ///< cells over which the mask falls off
  Fill fill = Fill::kBlur;     ///< where the mask is 0
  ProgressFunction progress{};
};

/// The smooth mask of the given area under which the score is highest, `[H,W]` in 0…1 (Fong,
/// Patrick & Vedaldi 2019, Understanding Deep Networks via Extremal Perturbations and Smooth
/// Masks): m maximises score(m·x + (1 - m)·fill) - λ·mean (sorted m - r)², where r is 0 for the
/// least cells and 1 for the share `area` of the greatest. The mask is that of SmoothMask, enlarged
/// bilinearly. Takes the network's gradient by the picture, once a step.
class ExtremalPerturbation final : public Explainer {
 public:
  /// Throws ArgumentError for an area outside 0…1, both excluded, a negative weight, and steps,
  /// rate, cells or smoothness that are not positive, or more than 256 cells.
  explicit ExtremalPerturbation(ExtremalPerturbationOptions options = {});
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  ExtremalPerturbationOptions options_;
};

}  // namespace cameo::explain
