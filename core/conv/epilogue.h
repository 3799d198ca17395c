/// What an epilogue does to one plane of the output.
#pragma once

#include "core/conv/conv.h"

namespace cameo {

/// to[i] = clamp(scale·from[i] + bias + residual[i]).
struct PlaneEpilogue {
  float scale = 1.0F;
  float bias = 0.0F;
  float low = 0.0F;
  float high = 0.0F;

  static PlaneEpilogue of(const ConvEpilogue& epilogue, std::int64_t filter) {
    const auto f = static_cast<std::size_t>(filter);
    return {.scale = epilogue.scale.empty() ? 1.0F : epilogue.scale[f],
            .bias = epilogue.bias.empty() ? 0.0F : epilogue.bias[f],
            .low = epilogue.low,
            .high = epilogue.high};
  }
  float clamp(float v) const { return v <= low ? low : v >= high ? high : v; }
};

/// `residual` may be null; `to` may be `from`.
inline void finish_row(const PlaneEpilogue& e, const float* from, const float* residual,
                       std::int64_t count, float* to) {
  if (residual == nullptr) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = e.clamp(e.scale * from[i] + e.bias);
  } else {
    for (std::int64_t i = 0; i < count; ++i) {
      to[i] = e.clamp(e.scale * from[i] + e.bias + residual[i]);
    }
  }
}

}  // namespace cameo
