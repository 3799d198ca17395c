/// Shapley values of a layer's channels.
#pragma once

#include <cstdint>
#include <string>

#include "explain/explainer.h"
#include "explain/scores.h"

namespace cameo::explain {

struct ChannelShapleyOptions {
  std::string layer = "auto";     ///< a value's name; "auto": see default_layer()
  std::int64_t permutations = 8;  ///< orders in which channels come in, every second one reversed
  std::uint64_t seed = 0;
  ScoringOptions scoring{};
};

/// Each channel's Shapley value in the game of which channels of the layer are there and which are
/// 0, spread over the channel's places in proportion to |A_k| and summed over the channels, `[H,W]`
/// with its ReLU. A value is the mean, over random orders of the channels, of what the score gains
/// when the channel comes in (Castro, Gómez & Tejada 2009, Polynomial calculation of the Shapley
/// value based on sampling). The signed map adds up to the score less that of an empty layer,
/// whatever the number of orders. Only the layers after the target run, and channels that are 0
/// anyway have no part.
class ChannelShapley final : public Explainer {
 public:
  /// Throws ArgumentError for less than one permutation.
  explicit ChannelShapley(ChannelShapleyOptions options = {});
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  ChannelShapleyOptions options_;
};

}  // namespace cameo::explain
