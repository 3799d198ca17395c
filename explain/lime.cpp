#include "explain/lime.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/random.h"
#include "explain/least_squares.h"

namespace cameo::explain {

namespace {

std::vector<Coalition> draw(const LimeOptions& options, std::size_t pieces) {
  std::vector<Coalition> coalitions(static_cast<std::size_t>(options.samples),
                                    Coalition(pieces, 1));
  for (std::size_t i = 1; i < coalitions.size(); ++i) {
    Random random({options.seed, i});
    for (char& kept : coalitions[i]) kept = random.chance(0.5F) ? 1 : 0;
  }
  return coalitions;
}

/// The cosine of the angle between 0/1 vectors z and (1,…,1) is sqrt(share of ones).
double kernel(const Coalition& kept, double width) {
  const auto ones = static_cast<double>(std::count(kept.begin(), kept.end(), 1));
  const double distance = 1.0 - std::sqrt(ones / static_cast<double>(kept.size()));
  return std::sqrt(std::exp(-distance * distance / (width * width)));
}

}  // namespace

Lime::Lime(LimeOptions options) : options_(std::move(options)) {
  if (options_.samples < 2 || !(options_.kernel_width > 0.0) || !(options_.penalty >= 0.0)) {
    throw ArgumentError(
        "lime: at least two samples, a positive width and a penalty from 0 are needed");
  }
}

const MethodInfo& Lime::info() const {
  static const MethodInfo info{
      .name = "lime",
      .summary = "a linear model of the score over which superpixels are kept",
      .paper =
          "Ribeiro, Singh & Guestrin 2016, \"Why Should I Trust You?\", section 3.4; "
          "superpixels of Achanta et al. 2012, SLIC",
      .kind = MapKind::kLayer,
      .options = {{"samples", "1000", "how many pictures"},
                  {"segments", "50",
                   "about so many superpixels; quickshift: as many as that finds"},
                  {"fill", "own-mean", "zero, grey, mean, blur or own-mean (each superpixel's)"},
                  {"width", "0.25", "of the kernel over cosine distances"},
                  {"penalty", "1", "of the ridge regression"},
                  {"seed", "0", "of the samples"},
                  {"output", "probability", "logit or probability"},
                  {"batch", "16", "pictures scored at once"}},
  };
  return info;
}

void Lime::perturb(const ScoreFunction& scores, const Tensor& picture, const Target& target,
                   Explanation& result) const {
  const Superpixels pieces = cut_pieces(picture, options_.pieces);
  const std::vector<Coalition> coalitions = draw(options_, static_cast<std::size_t>(pieces.count));
  Regression regression{.features = pieces.count};
  regression.targets =
      score_coalitions(scores, picture, piece_background(picture, pieces, options_.pieces), pieces,
                       coalitions, target, options_.pieces.scoring);
  for (const Coalition& kept : coalitions) {
    regression.rows.insert(regression.rows.end(), kept.begin(), kept.end());
    regression.weights.push_back(kernel(kept, options_.kernel_width));
  }
  result.map = paint(pieces, fit_ridge(regression, options_.penalty).coefficients);
}

}  // namespace cameo::explain
