/// A convolution that runs as one kernel with what follows it.
#pragma once

#include <span>
#include <vector>

#include "core/network.h"
#include "core/prepared_weights.h"

namespace cameo {

/// Conv, then any of BatchNormalization (with running statistics), Add, Relu or Clip, and MaxPool
/// over 2×2, in this order; every value but the last is read by the next alone. A depthwise
/// convolution may have the pointwise one before it in its kernel, with what follows that.
struct FusedConv {
  std::vector<ValueId> nodes{};     ///< the convolution first
  std::vector<FusedConv> before{};  ///< the pointwise convolution, if any
  ValueId normalization = -1;
  ValueId addition = -1;
  ValueId residual = -1;  ///< what is added
  ValueId rectifier = -1;
  ValueId pool = -1;

  ValueId last() const { return nodes.back(); }
  /// Those of the kernel, in network order.
  std::vector<ValueId> all_nodes() const;
};

/// What fusing must respect, by ValueId.
struct FusionLimits {
  /// The one node of the run that reads the value and after which nobody asks for it; -1 where
  /// there is no such node.
  std::span<const ValueId> sole_reader;
  std::span<const char> fusable;  ///< nodes that run, and whose op may be part of a kernel
  std::span<const Shape> shapes;
};

/// Every convolution of the run, alone or with what follows it, in network order; no node is in
/// two.
std::vector<FusedConv> find_fused_convs(const Network& network, const FusionLimits& limits);

/// Computes the last value into `y`. `values` are those of the run, by ValueId; `kept` is null
/// where prepared weights must not be used.
void run_fused_conv(const Network& network, const FusedConv& fused, std::span<const Tensor> values,
                    PreparedWeights* kept, std::span<float> y);

}  // namespace cameo
