/// Networks that end in global average pooling.
#pragma once

#include <optional>
#include <span>

#include "core/network.h"
#include "explain/target.h"

namespace cameo::explain {

/// How class scores come out of global average pooling (Lin, Chen & Yan 2014, Network in Network,
/// section 3.2).
struct GapHead {
  ValueId features = -1;  ///< what is averaged, `[N,C,H,W]`
  /// The one linear layer after it, a Gemm or a 1x1 Conv; empty where the averages are the scores.
  std::optional<ValueId> linear = std::nullopt;
};

/// Walks from the scores `of` back to the pooling: a GlobalAveragePool, or an AveragePool over the
/// whole map, followed by at most one linear layer, with Flatten, Reshape and Dropout anywhere.
/// `shapes` is Network::infer_shapes() of one picture. Throws ArgumentError that says what the head
/// is instead.
GapHead find_gap_head(const Network& network, std::span<const Shape> shapes, ValueId of);

/// The weights of the averaged channels in the target's score, `[C]`: a row of the linear layer or
/// a one-hot vector, the difference of two for a target that names two classes.
Tensor channel_weights(const Network& network, std::span<const Shape> shapes, const GapHead& head,
                       const Target& target);

}  // namespace cameo::explain
