#include "explain/lrp.h"

#include <vector>

#include "core/elementwise.h"
#include "core/error.h"
#include "explain/pixel_gradient.h"

namespace cameo::explain {

namespace {

LrpRules rules_of(const LrpOptions& options) {
  LrpRules rules{.epsilon = options.epsilon, .gamma = options.gamma, .alpha = options.alpha};
  const auto use = [&](LrpRule convolution, LrpRule dense, LrpRule first) {
    rules.convolution = convolution;
    rules.dense = dense;
    rules.first = first;
  };
  switch (options.composite) {
    case LrpComposite::kEpsilon:
      break;
    case LrpComposite::kGamma:
      use(LrpRule::kGamma, LrpRule::kGamma, LrpRule::kGamma);
      break;
    case LrpComposite::kAlphaBeta:
      use(LrpRule::kAlphaBeta, LrpRule::kAlphaBeta, LrpRule::kAlphaBeta);
      break;
    case LrpComposite::kEpsilonPlus:
      use(LrpRule::kAlphaBeta, LrpRule::kEpsilon, LrpRule::kAlphaBeta);
      rules.alpha = 1.0;
      break;
    case LrpComposite::kEpsilonGammaBox:
      use(LrpRule::kGamma, LrpRule::kEpsilon, LrpRule::kBox);
      break;
    case LrpComposite::kDeepTaylor:
      use(LrpRule::kAlphaBeta, LrpRule::kAlphaBeta, LrpRule::kBox);
      rules.alpha = 1.0;
      break;
  }
  return rules;
}

}  // namespace

Lrp::Lrp(LrpOptions options) : options_(options) {
  if (!(options.epsilon >= 0.0) || !(options.gamma >= 0.0) || !(options.alpha >= 1.0)) {
    throw ArgumentError("LRP: expected epsilon and gamma of at least 0 and alpha of at least 1");
  }
}

const MethodInfo& Lrp::info() const {
  static const MethodInfo lrp{
      .name = "lrp",
      .summary = "the score handed back layer by layer, each input getting its share",
      .paper = "Bach et al. 2015, On Pixel-Wise Explanations; Montavon et al. 2019, An Overview",
      .kind = MapKind::kPixel,
      .options = {{"composite", "epsilon-plus",
                   "epsilon, gamma, alpha-beta, epsilon-plus or epsilon-gamma-box"},
                  {"epsilon", "1e-6", "added to denominators, with their sign"},
                  {"gamma", "0.25", "how much positive weights are favoured"},
                  {"alpha", "2", "of alpha-beta; beta is alpha - 1"}},
  };
  static const MethodInfo deep_taylor{
      .name = "deep-taylor",
      .summary = "the score handed back along what speaks for it, pixels within their range",
      .paper = "Montavon, Lapuschkin, Binder, Samek & Müller 2017, Deep Taylor Decomposition",
      .kind = MapKind::kPixel,
  };
  return options_.composite == LrpComposite::kDeepTaylor ? deep_taylor : lrp;
}

void Lrp::prepare(const Network& network, const Shape& /*picture*/, ValueId of,
                  Request& /*request*/) const {
  check_lrp_rules(network, of);
}

Explanation Lrp::explain(const Tape& tape, const Target& target) const {
  const Network& network = tape.network();
  const Tensor& picture = tape.value(network.input());
  const Tape run =
      forward(network, picture, {.keep = {target.of}, .wrt = {network.input()}, .keep_all = true});
  const Tensor relevance = zip(seed_for(run, target), run.value(target.of),
                               [](float seed, float score) { return seed * score; });
  const Gradients passed =
      run.backward(target.of, relevance, lrp_rules(rules_of(options_), picture));
  const std::span<const float> values = passed.at(network.input()).data();
  const std::vector<double> pixels(values.begin(), values.end());
  return pixel_contributions(tape, target, info(), pixels, 0.0);
}

}  // namespace cameo::explain
