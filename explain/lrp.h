/// Layer-wise relevance propagation.
#pragma once

#include <array>
#include <string_view>

#include "explain/explainer.h"
#include "explain/lrp_rules.h"

namespace cameo::explain {

/// Which rule serves which layer.
enum class LrpComposite {
  kEpsilon,          ///< kEpsilon everywhere
  kGamma,            ///< kGamma for convolutions and dense layers
  kAlphaBeta,        ///< kAlphaBeta for both
  kEpsilonPlus,      ///< convolutions kAlphaBeta with α = 1, dense layers kEpsilon
  kEpsilonGammaBox,  ///< convolutions kGamma, dense layers kEpsilon, the first layer kBox
  kDeepTaylor,       ///< kAlphaBeta with α = 1 for both, the first layer kBox
};
inline constexpr std::array<std::string_view, 5> kLrpCompositeNames{
    "epsilon", "gamma", "alpha-beta", "epsilon-plus", "epsilon-gamma-box"};

struct LrpOptions {
  LrpComposite composite = LrpComposite::kEpsilonPlus;
  double epsilon = 1e-6;
  double gamma = 0.25;
  double alpha = 2.0;  ///< of LrpComposite::kAlphaBeta
};

/// The score handed back layer by layer as relevance, with signs, `[C,H,W]` (Bach et al. 2015, On
/// Pixel-Wise Explanations; the composites: Montavon et al. 2019, Layer-Wise Relevance Propagation:
/// An Overview, and Kohlbrenner et al. 2020, Towards Best Practice). LrpComposite::kDeepTaylor is
/// the method "deep-taylor" (Montavon et al. 2017). Explanation::residual is what biases and ε keep
/// of the score. Runs the network again.
class Lrp final : public Explainer {
 public:
  /// Throws ArgumentError unless ε and γ are not negative and α is at least 1.
  explicit Lrp(LrpOptions options = {});
  const MethodInfo& info() const override;
  /// Throws like check_lrp_rules().
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  LrpOptions options_;
};

}  // namespace cameo::explain
