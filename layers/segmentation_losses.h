/// Losses of networks that label every cell of a picture. Logits are `[N,K,H,W]`; a cell's
/// probabilities are the softmax over K. Kolesnikov & Lampert 2016, Seed, Expand and Constrain:
/// Three Principles for Weakly-Supervised Image Segmentation, section 3, adds up the three of them.
#pragma once

#include <cstdint>
#include <span>

#include "core/tensor.h"
#include "layers/losses.h"

namespace cameo {

/// The seeding loss: -log of the seed's probability, averaged over the cells of a picture that have
/// a seed, then over pictures (one without seeds adds 0). `seeds` has a class for every cell of
/// `[N,H,W]`, kNoLabel where nothing is known. A seed counts as correct where its logit is the
/// largest. Throws ShapeError, ArgumentError for a seed outside 0 … K-1.
Loss seed_loss(const Tensor& logits, std::span<const int> seeds);

/// How a class's cells are averaged, the most probable first: cell j = 0, 1, … has the weight
/// decay^j. 0 is the maximum, 1 the mean. The paper's values, for 41×41 cells.
struct ExpansionOptions {
  double present = 0.996;
  double absent = 0.0;
  double background = 0.999;
};

/// The expansion loss by global weighted rank pooling: with G the weighted average of a class's
/// probabilities, the mean of -log G over the classes in the picture, of -log(1 - G) over those
/// that are not, and -log G of the background, the last class, which `present` `[N,K]` (1 for a
/// class in the picture, else 0) does not speak of; then the mean over pictures. Throws ShapeError,
/// ArgumentError for a decay outside 0 … 1 or a `present` that is neither 0 nor 1.
Loss expansion_loss(const Tensor& logits, const Tensor& present,
                    const ExpansionOptions& options = {});

/// The mean over cells of the divergence of the network's probabilities from `target`
/// `[N,K,H,W]`, Σ t·log(t/p), 0·log 0 being 0. With the network's own probabilities after a dense
/// CRF for a target it is the constrain-to-boundary loss; the target counts as constant. Throws
/// ShapeError, ArgumentError for a negative target.
Loss divergence_loss(const Tensor& logits, const Tensor& target);

/// The probabilities of each cell, `[N,K,H,W]`. Throws ShapeError.
Tensor cell_probabilities(const Tensor& logits);

}  // namespace cameo
