/// How relevance passes a layer on its way back, as rules for Tape::backward.
#pragma once

#include "core/network.h"
#include "core/op.h"

namespace cameo::explain {

/// What a layer's output passes to its inputs, R being the relevance of the output, z the output
/// and x the input. A bias is part of z where nothing else is said, and keeps its share of R.
enum class LrpRule {
  kEpsilon,    ///< x·W/(z + ε·sign z) (Bach et al. 2015, equation 58)
  kGamma,      ///< the same with W + γ·max(W, 0) for W (Montavon et al. 2019, LRP: An Overview)
  kAlphaBeta,  ///< α·(positive parts of x·W)/(their sum) - (α - 1)·(negative ones)/(theirs),
               ///< without the bias (Bach et al. 2015, equation 60)
  kBox,  ///< (x·W - low·max(W, 0) - high·min(W, 0))/(their sum), without the bias, for inputs
         ///< known to lie between low and high (Montavon et al. 2017, Explaining NonLinear
         ///< Classification Decisions with Deep Taylor Decomposition, section 4.2)
};

/// Which rule is used where, and with which numbers.
struct LrpRules {
  LrpRule convolution = LrpRule::kEpsilon;  ///< Conv
  LrpRule dense = LrpRule::kEpsilon;        ///< Gemm and MatMul
  LrpRule first = LrpRule::kEpsilon;        ///< the one of these that reads the picture
  double epsilon = 1e-6;
  double gamma = 0.25;
  double alpha = 2.0;
};

/// The rules for relevance, for a run on `picture` `[1,C,H,W]` that began with that very tensor,
/// with Request::keep_all. Normalisations, means, sums and differences pass relevance by kEpsilon;
/// activation functions pass it on unchanged; max pooling gives it to the winners; views move it.
/// kBox takes each channel's extremes over the picture for low and high.
VjpOverrides lrp_rules(const LrpRules& rules, const Tensor& picture);

/// Throws ArgumentError that names the types of ops on the way from the picture to `of` that no
/// rule covers.
void check_lrp_rules(const Network& network, ValueId of);

}  // namespace cameo::explain
