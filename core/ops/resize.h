/// Resampling of maps.
#pragma once

#include <utility>
#include <vector>

#include "core/op.h"

namespace cameo::ops {

enum class ResizeMode { kNearest, kLinear };

/// Where the middle of output element i of `out` lies among `in` input elements, scaled by s.
enum class ResizeCoordinates {
  kHalfPixel,         ///< (i + 1/2)/s - 1/2
  kPytorchHalfPixel,  ///< the same, but 0 when `out` is 1
  kAlignCorners,      ///< i·(in - 1)/(s·in - 1), 0 when `out` is 1
  kAsymmetric,        ///< i/s
};

/// What nearest makes of a coordinate between two elements.
enum class ResizeRounding { kPreferFloor, kPreferCeil, kFloor, kCeil };

/// Exactly one of `scales` and `sizes` is given, with an entry per axis.
struct ResizeOptions {
  ResizeMode mode = ResizeMode::kNearest;
  ResizeCoordinates coordinates = ResizeCoordinates::kHalfPixel;
  ResizeRounding rounding = ResizeRounding::kPreferFloor;  ///< of nearest alone
  std::vector<float> scales{};                             ///< output extent floor(scale·extent)
  Shape sizes{};                                           ///< output extents; 0 keeps the input's
};

/// ONNX's Resize without cubic interpolation, antialiasing and cropping. Input of any rank; every
/// axis is resampled by itself, coordinates beyond the edge take the edge's value.
class Resize final : public Op {
 public:
  explicit Resize(ResizeOptions options = {}) : options_(std::move(options)) {}
  const ResizeOptions& options() const { return options_; }
  std::string_view type() const override { return "Resize"; }
  Shape infer_shape(std::span<const Shape> inputs) const override;
  Tensor forward(std::span<const Tensor> inputs, const RunContext& run) const override;
  void vjp(const VjpContext& ctx) const override;
  Reads reads(std::span<const bool> needs) const override;

 private:
  ResizeOptions options_;
};

}  // namespace cameo::ops
