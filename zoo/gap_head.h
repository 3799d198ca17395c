/// A head for class activation maps on any classifier.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/network.h"
#include "layers/sequential.h"

namespace cameo::zoo {

struct GapHeadOptions {
  std::int64_t classes = 0;
  std::int64_t channels = 1024;           ///< of the convolution, the paper's number
  std::int64_t kernel = 3;                ///< odd
  std::optional<std::uint64_t> seed = 0;  ///< of the new parameters, as ModelOptions::seed
};

/// Convolution, ReLU, global average pooling and one linear layer (Zhou et al. 2016, section 3),
/// named "conv", "relu", "pool", "flatten" and "fc". Throws ArgumentError.
layers::Sequential gap_head(const GapHeadOptions& options);

/// `network` up to the value `after`, a node or module as Network::find() takes it, and a
/// gap_head() called "gap_head" behind it. What only the rest of the network needed is left out;
/// parameters share storage with `network`'s until either is written. Throws LookupError with close
/// matches, and ArgumentError unless the value is a feature map `[N,C,H,W]` that the input has a
/// part in.
Network add_gap_head(const Network& network, std::string_view after, const GapHeadOptions& options);

}  // namespace cameo::zoo
