/// What a network consists of, layer by layer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/network.h"

namespace cameo {

/// One op of a network at one input size.
struct LayerSummary {
  std::string name;
  std::string type;                ///< Op::type()
  Shape output_shape;              ///< `[N,C,H,W]`
  std::int64_t parameters = 0;     ///< of its own, running statistics left out
  std::int64_t multiply_adds = 0;  ///< of convolutions and fully connected layers
  std::int64_t receptive_field =
      0;  ///< input pixels a side (the larger one); 0 where it is everything
};

/// In topological order. `input` is `[N,C,H,W]`. Throws ShapeError when it does not fit.
std::vector<LayerSummary> summarize(const Network& network, const Shape& input);

/// Elements of all parameters, running statistics left out, as papers count them.
std::int64_t parameter_count(const Network& network);
/// Multiply-adds of all layers for the given input.
std::int64_t multiply_adds(const Network& network, const Shape& input);

}  // namespace cameo
