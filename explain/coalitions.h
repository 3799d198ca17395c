/// Pictures of which some pieces are kept and the others are taken away.
#pragma once

#include <span>
#include <vector>

#include "explain/fill.h"
#include "explain/scores.h"
#include "explain/superpixels.h"

namespace cameo::explain {

/// Which pieces are kept, 0 or 1 each.
using Coalition = std::vector<char>;

/// How a picture is cut into pieces.
enum class Cut { kSlic, kQuickshift };

/// What the methods on superpixels share.
struct PieceOptions {
  Cut cut = Cut::kSlic;
  std::int64_t segments = 50;  ///< about so many superpixels by slic(), see SlicOptions
  Fill fill = Fill::kZero;     ///< in place of pieces taken away
  bool own_mean = false;       ///< instead of `fill`: every piece's own mean colour
  ScoringOptions scoring{};
};

/// The picture's superpixels.
Superpixels cut_pieces(const Tensor& picture, const PieceOptions& options);

/// The picture `[1,C,H,W]` that pieces taken away show.
Tensor piece_background(const Tensor& picture, const Superpixels& pieces,
                        const PieceOptions& options);

/// The score of the picture under every coalition.
std::vector<double> score_coalitions(const ScoreFunction& scores, const Tensor& picture,
                                     const Tensor& background, const Superpixels& pieces,
                                     std::span<const Coalition> coalitions, const Target& target,
                                     const ScoringOptions& options);

}  // namespace cameo::explain
