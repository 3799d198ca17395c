/// Cells of layer maps put where the network looked.
#pragma once

#include <optional>
#include <vector>

#include "core/network.h"
#include "explain/explainer.h"
#include "explain/resize_map.h"

namespace cameo::explain {

/// Where the positions of every value of a network lie on a picture `[N,C,H,W]`: the centres of
/// their receptive fields. They need not be spread evenly: a convolution without padding leaves a
/// border that no centre reaches.
class CellPlaces {
 public:
  /// Throws ShapeError when the picture does not fit.
  CellPlaces(const Network& network, const Shape& picture);

  /// The places of an explanation's cells; nothing for maps that are not a layer's own grid (pixel
  /// maps, fused layers of other sizes, occlusion's windows) and for layers whose positions cannot
  /// be told.
  std::optional<CellGrid> of(const Explanation& explanation) const;

 private:
  struct Value {
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::optional<CellGrid> grid;
  };
  std::vector<Value> values_;  ///< by ValueId
  ValueId input_ = -1;
};

}  // namespace cameo::explain
