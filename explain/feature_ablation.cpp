#include "explain/feature_ablation.h"

namespace cameo::explain {

const MethodInfo& FeatureAblation::info() const {
  static const MethodInfo info{
      .name = "feature-ablation",
      .summary = "what the score loses without each superpixel",
      .paper = "Kokhlikyan et al. 2020, Captum; superpixels of Achanta et al. 2012, SLIC",
      .kind = MapKind::kLayer,
      .options = {{"segments", "50",
                   "about so many superpixels; quickshift: as many as that finds"},
                  {"fill", "zero", "zero, grey, mean, blur or own-mean (each superpixel's)"},
                  {"output", "logit", "logit or probability"},
                  {"batch", "16", "pictures scored at once"}},
  };
  return info;
}

void FeatureAblation::perturb(const ScoreFunction& scores, const Tensor& picture,
                              const Target& target, Explanation& result) const {
  const Superpixels pieces = cut_pieces(picture, options_);
  const auto count = static_cast<std::size_t>(pieces.count);
  std::vector<Coalition> coalitions(count + 1, Coalition(count, 1));
  for (std::size_t i = 0; i < count; ++i) coalitions[i + 1][i] = 0;
  const std::vector<double> values =
      score_coalitions(scores, picture, piece_background(picture, pieces, options_), pieces,
                       coalitions, target, options_.scoring);
  std::vector<double> losses;
  for (std::size_t i = 1; i < values.size(); ++i) losses.push_back(values[0] - values[i]);
  result.map = paint(pieces, losses);
}

}  // namespace cameo::explain
