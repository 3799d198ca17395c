/// How the time of a forward pass grows with the batch, the picture and the threads.
#pragma once

#include <string>
#include <vector>

#include "core/network.h"
#include "tools/bench_run.h"

namespace cameo::tools {

/// One forward pass among those of a curve.
struct ScalingPoint {
  std::int64_t at = 0;  ///< pictures, pixels of a side, or threads
  Timing timing;
};
struct Scaling {
  std::vector<ScalingPoint> batch;    ///< 1, 2, 4 … 64 pictures of the network's own size
  std::vector<ScalingPoint> size;     ///< one square picture, 96 to 1024 pixels wide
  std::vector<ScalingPoint> threads;  ///< 1, 2, 4 … and as many as are allowed
};

/// Times random pictures. Sizes that the network does not take are left out.
Scaling time_scaling(const Network& network, int repeat, std::uint64_t seed);

/// Three charts as an SVG file, `title` over each: time of a picture against the batch, of a pixel
/// against the size, and speed against threads. Where cost grows in proportion, the first two are
/// level.
std::string scaling_charts(const Scaling& scaling, const std::string& title);

}  // namespace cameo::tools
