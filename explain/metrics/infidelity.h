/// Infidelity: does a map predict what a change of the picture does to the score?
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/tensor.h"
#include "explain/explainer.h"
#include "explain/scores.h"

namespace cameo::explain {

/// What is taken from the picture.
enum class Change {
  kSquare,  ///< a square of it, all of its channels: zeros stay there
  kNoise,   ///< Gaussian noise everywhere
};
inline constexpr std::array<std::string_view, 2> kChangeNames{"square", "noise"};

struct InfidelityOptions {
  Change change = Change::kSquare;
  std::int64_t samples = 10;
  std::int64_t patch = 0;  ///< side of the square in pixels; 0: a quarter of the shorter side
  double noise = 0.1;      ///< standard deviation as a share of the picture's range
  bool normalize = false;  ///< scale the map first so that it fits the changes best
  std::uint64_t seed = 0;
  ScoringOptions scoring{};
};

/// The mean over changes I of (sum of map·I - (f(x) - f(x - I)))² (Yeh, Hsieh, Suggala, Inouye &
/// Ravikumar 2019, On the (In)fidelity and Sensitivity of Explanations, definition 2.1), with the
/// map scaled to fit best when `normalize`. `attribution` has the picture's shape
/// `[1,C,H,W]` (see attribution_of()). Throws ShapeError, ArgumentError, and what score_pictures()
/// throws.
double infidelity(const ScoreFunction& scores, const Tensor& picture, const Tensor& attribution,
                  const Target& target, const InfidelityOptions& options = {});

/// A map as a value per input, `[1,C,H,W]`: pixel maps as they are, with signs; other maps before
/// their last ReLU, resized to the picture and divided by C for each of its channels.
Tensor attribution_of(const Explanation& explanation, const Shape& picture);

}  // namespace cameo::explain
