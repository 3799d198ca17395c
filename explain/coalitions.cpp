#include "explain/coalitions.h"

#include "explain/quickshift.h"

namespace cameo::explain {

namespace {

/// Every piece in its own mean colour.
Tensor flattened(const Tensor& picture, const Superpixels& pieces) {
  Tensor result(picture.shape());
  const std::size_t area = pieces.labels.size();
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(pieces.count), 0);
  for (const std::int32_t label : pieces.labels) ++sizes[static_cast<std::size_t>(label)];
  for (std::size_t start = 0; start < picture.data().size(); start += area) {
    std::vector<double> totals(sizes.size(), 0.0);
    for (std::size_t i = 0; i < area; ++i) {
      totals[static_cast<std::size_t>(pieces.labels[i])] += picture.data()[start + i];
    }
    for (std::size_t i = 0; i < area; ++i) {
      const auto label = static_cast<std::size_t>(pieces.labels[i]);
      result.mutable_data()[start + i] =
          static_cast<float>(totals[label] / static_cast<double>(sizes[label]));
    }
  }
  return result;
}

}  // namespace

Superpixels cut_pieces(const Tensor& picture, const PieceOptions& options) {
  return options.cut == Cut::kQuickshift ? quickshift(picture)
                                         : slic(picture, {.segments = options.segments});
}

Tensor piece_background(const Tensor& picture, const Superpixels& pieces,
                        const PieceOptions& options) {
  return options.own_mean ? flattened(picture, pieces) : fill_picture(picture, options.fill);
}

std::vector<double> score_coalitions(const ScoreFunction& scores, const Tensor& picture,
                                     const Tensor& background, const Superpixels& pieces,
                                     std::span<const Coalition> coalitions, const Target& target,
                                     const ScoringOptions& options) {
  const std::size_t area = pieces.labels.size();
  const auto write = [&](std::int64_t index, std::span<float> out) {
    const Coalition& kept = coalitions[static_cast<std::size_t>(index)];
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto label = static_cast<std::size_t>(pieces.labels[i % area]);
      out[i] = kept[label] != 0 ? picture.data()[i] : background.data()[i];
    }
  };
  return score_pictures(scores, picture.shape(), std::ssize(coalitions), write, target, options);
}

}  // namespace cameo::explain
