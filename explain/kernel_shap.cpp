#include "explain/kernel_shap.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/random.h"
#include "explain/least_squares.h"

namespace cameo::explain {

namespace {

struct WeightedCoalitions {
  std::vector<Coalition> kept{};
  std::vector<double> weights{};
};

/// The Shapley kernel's weight of all coalitions of `ones` among `pieces` together.
double size_weight(std::size_t pieces, std::size_t ones) {
  return static_cast<double>(pieces - 1) / static_cast<double>(ones * (pieces - ones));
}

double binomial(std::size_t n, std::size_t k) {
  double result = 1.0;
  for (std::size_t i = 1; i <= k; ++i) {
    result *= static_cast<double>(n - k + i) / static_cast<double>(i);
  }
  return result;
}

bool all_fit(std::size_t pieces, std::int64_t samples) {
  return pieces < 32 && (std::int64_t{1} << pieces) - 2 <= samples;
}

WeightedCoalitions every_coalition(std::size_t pieces) {
  WeightedCoalitions result;
  for (std::uint32_t bits = 1; bits + 1 < (std::uint32_t{1} << pieces); ++bits) {
    Coalition kept(pieces);
    for (std::size_t i = 0; i < pieces; ++i) kept[i] = static_cast<char>(bits >> i & 1U);
    const auto ones = static_cast<std::size_t>(std::count(kept.begin(), kept.end(), 1));
    result.weights.push_back(size_weight(pieces, ones) / binomial(pieces, ones));
    result.kept.push_back(std::move(kept));
  }
  return result;
}

/// 1 … pieces-1, in proportion to size_weight().
std::size_t draw_size(Random& random, std::size_t pieces) {
  double total = 0.0;
  for (std::size_t ones = 1; ones < pieces; ++ones) total += size_weight(pieces, ones);
  double left = total * static_cast<double>(random.uniform());
  for (std::size_t ones = 1; ones + 1 < pieces; ++ones) {
    left -= size_weight(pieces, ones);
    if (left < 0.0) return ones;
  }
  return pieces - 1;
}

/// Pairs of a coalition and its complement, whose errors cancel in part.
WeightedCoalitions drawn_coalitions(std::size_t pieces, const KernelShapOptions& options) {
  WeightedCoalitions result;
  std::vector<std::size_t> order(pieces);
  for (std::int64_t pair = 0; pair < options.samples / 2; ++pair) {
    Random random({options.seed, static_cast<std::uint64_t>(pair)});
    const std::size_t ones = draw_size(random, pieces);
    std::iota(order.begin(), order.end(), std::size_t{0});
    random.shuffle(std::span(order));
    Coalition kept(pieces, 0);
    for (std::size_t i = 0; i < ones; ++i) kept[order[i]] = 1;
    Coalition others(pieces, 1);
    for (std::size_t i = 0; i < pieces; ++i) others[i] = kept[i] != 0 ? 0 : 1;
    result.kept.push_back(std::move(kept));
    result.kept.push_back(std::move(others));
  }
  result.weights.assign(result.kept.size(), 1.0);
  return result;
}

/// Weighted least squares under the constraint that the values add up to all - none: the last value
/// is what the others leave.
std::vector<double> shapley_values(const WeightedCoalitions& coalitions,
                                   std::span<const double> scores, double none, double all) {
  const std::size_t pieces = coalitions.kept.front().size();
  Regression regression{.features = static_cast<std::int64_t>(pieces) - 1};
  regression.weights = coalitions.weights;
  for (std::size_t n = 0; n < coalitions.kept.size(); ++n) {
    const Coalition& kept = coalitions.kept[n];
    for (std::size_t i = 0; i + 1 < pieces; ++i) {
      regression.rows.push_back(static_cast<double>(kept[i]) - kept.back());
    }
    regression.targets.push_back(scores[n] - none - kept.back() * (all - none));
  }
  std::vector<double> values = solve_ridge(regression, 0.0);
  values.push_back(std::accumulate(values.begin(), values.end(), all - none, std::minus<>()));
  return values;
}

}  // namespace

KernelShap::KernelShap(KernelShapOptions options) : options_(std::move(options)) {
  if (options_.samples < 2) throw ArgumentError("kernel-shap: at least two samples are needed");
}

const MethodInfo& KernelShap::info() const {
  static const MethodInfo info{
      .name = "kernel-shap",
      .summary = "each superpixel's fair share of the score",
      .paper =
          "Lundberg & Lee 2017, A Unified Approach to Interpreting Model Predictions, "
          "theorem 2; superpixels of Achanta et al. 2012, SLIC",
      .kind = MapKind::kLayer,
      .options = {{"samples", "1000", "how many pictures"},
                  {"segments", "50",
                   "about so many superpixels; quickshift: as many as that finds"},
                  {"fill", "zero", "zero, grey, mean, blur or own-mean (each superpixel's)"},
                  {"seed", "0", "of the samples"},
                  {"output", "logit", "logit or probability"},
                  {"batch", "16", "pictures scored at once"}},
  };
  return info;
}

void KernelShap::perturb(const ScoreFunction& scores, const Tensor& picture, const Target& target,
                         Explanation& result) const {
  const Superpixels pieces = cut_pieces(picture, options_.pieces);
  const auto count = static_cast<std::size_t>(pieces.count);
  WeightedCoalitions coalitions;
  if (!all_fit(count, options_.samples) && options_.samples / 2 < pieces.count) {
    throw ArgumentError("kernel-shap: " + std::to_string(pieces.count) +
                        " superpixels need at least twice as many samples, got " +
                        std::to_string(options_.samples));
  }
  if (count > 1) {
    coalitions = all_fit(count, options_.samples) ? every_coalition(count)
                                                  : drawn_coalitions(count, options_);
  }
  std::vector<Coalition> pictures = coalitions.kept;
  pictures.emplace_back(count, 0);
  pictures.emplace_back(count, 1);
  std::vector<double> values =
      score_coalitions(scores, picture, piece_background(picture, pieces, options_.pieces), pieces,
                       pictures, target, options_.pieces.scoring);
  const double all = values.back();
  const double none = values[values.size() - 2];
  values.resize(values.size() - 2);
  result.map = paint(pieces, count == 1 ? std::vector<double>{all - none}
                                        : shapley_values(coalitions, values, none, all));
}

}  // namespace cameo::explain
