/// Which pictures of a data set a channel answers to most.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "explain/boxes.h"
#include "explain/deconvnet_unit.h"
#include "layers/dataset.h"
#include "zoo/model.h"

namespace cameo::tools {

/// A channel's strongest activation in one picture.
struct StrongPicture {
  std::size_t index = 0;  ///< in the data set
  explain::Unit unit{};
  float activation = 0.0F;
};

struct StrongestOptions {
  std::int64_t count = 9;  ///< pictures per channel
  std::int64_t limit = 0;  ///< the data set's first pictures to look at; 0: all
  std::int64_t batch = 32;
  std::function<void(std::int64_t done, std::int64_t total)> on_progress{};
};

/// For every one of `channels` the pictures in which it is strongest, strongest first (the earlier
/// picture among equals); the result does not depend on the batch. Throws ArgumentError for a
/// channel that the layer does not have and for a layer that is not `[N,C,H,W]`.
std::vector<std::vector<StrongPicture>> strongest_pictures(const zoo::Model& model,
                                                           const Dataset& dataset, ValueId layer,
                                                           std::span<const std::int64_t> channels,
                                                           const StrongestOptions& options);

/// A strong picture cut to what the unit sees, and what of it the unit answers to; `[3,H,W]` in
/// 0…1.
struct StrongView {
  explain::Box seen;      ///< in the picture
  Tensor picture;         ///< cut to `seen`
  Tensor reconstruction;  ///< by the deconvnet of the unit, cut likewise, zero in mid-grey
};

StrongView view_of(const zoo::Model& model, const Dataset& dataset, ValueId layer,
                   const StrongPicture& strong);

/// A channel to a row: its reconstructions in a square block, and beside it the pictures, each tile
/// `side` pixels. Throws ArgumentError without views.
Tensor draw_views(std::span<const std::vector<StrongView>> channels, std::int64_t side);

}  // namespace cameo::tools
