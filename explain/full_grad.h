/// FullGrad.
#pragma once

#include <array>
#include <string_view>

#include "explain/explainer.h"
#include "explain/resize_map.h"

namespace cameo::explain {

/// What is brought to 0…1 together before it is added.
enum class FullGradScaling { kLayer, kChannel };
inline constexpr std::array<std::string_view, 2> kFullGradScalingNames{"layer", "channel"};

struct FullGradOptions {
  FullGradScaling scaling = FullGradScaling::kLayer;
  Upsampling upsampling = Upsampling::kAlignCorners;
};

/// Sum over c of ψ(g_x·x) plus the sum over layers and channels of ψ(g_b·b), `[H,W]` at the
/// picture's size, with ψ the absolute value scaled from least to greatest to 0…1 and resized
/// (Srinivas & Fleuret 2019, Full-Gradient Representation, equation 8). b is what an affine layer
/// adds by itself, at each place: the bias of a convolution, what a normalisation's scale leaves;
/// layers without a spatial extent are left out of the map. For piecewise linear networks g_x·x and
/// all g_b·b add up to the score; Explanation::residual tells how far they are from it.
class FullGrad final : public Explainer {
 public:
  explicit FullGrad(FullGradOptions options = {}) : options_(options) {}
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  FullGradOptions options_;
};

}  // namespace cameo::explain
