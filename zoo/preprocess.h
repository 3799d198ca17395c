/// From a picture to what a network takes in.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"
#include "zoo/image.h"
#include "zoo/resize.h"

namespace cameo::zoo {

/// Resize, then crop, then input = (value - mean) / std per channel, where value spans 0 … range.
/// A plain value; safe to share.
struct Preprocess {
  std::int64_t resize_short = 0;  ///< pixels of the shorter side; 0 = no such step
  std::int64_t resize_width = 0;  ///< exact size, the aspect given up; 0 = no such step
  std::int64_t resize_height = 0;
  ResizeFilter filter = ResizeFilter::kBilinear;
  std::int64_t crop = 0;      ///< side of the central square; 0 = the whole picture
  std::int64_t channels = 3;  ///< 1: luminance (ITU-R BT.601, as Pillow's convert("L"))
  bool bgr = false;           ///< channel order blue, green, red
  float range = 1.0F;         ///< the value of white: 1 or 255
  std::array<float, 3> mean = {0.0F, 0.0F, 0.0F};  ///< in the network's channel order
  std::array<float, 3> std = {1.0F, 1.0F, 1.0F};
  bool operator==(const Preprocess&) const = default;
};

/// `height` and `width` are the network's input in pixels, 0 where any size will do.
struct InputSize {
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// By name:
/// - `imagenet`: short side to 256, central 224 (`input`'s height when given, and 8/7 of that where
///   256 is too small), RGB, ImageNet mean and standard deviation;
/// - `imagenet-bicubic`: `imagenet`, resized by the bicubic filter;
/// - `imagenet-full`: the same values, the whole picture resized to `input` (224 without one);
/// - `caffe`: sizes as `imagenet`, BGR, 0 … 255 minus (104, 117, 123);
/// - `cifar10`: the whole picture to `input` (32 without one), ImageNet mean and standard
///   deviation, as the public CIFAR-10 ResNets were trained;
/// - `unit`: the whole picture to `input` (unchanged without one), 0 … 1;
/// - `none`: 0 … 255, neither resized nor shifted.
/// Throws LookupError with the close names.
Preprocess preprocess_preset(std::string_view name, InputSize input = {});
const std::vector<std::string>& preprocess_names();

/// Throws ArgumentError for values that make no sense: a size below 0, std 0, channels not 1 or 3.
void check(const Preprocess& preprocess);

struct PreparedImage {
  Tensor input;  ///< `[1,C,H,W]`
  Image shown;   ///< the very pixels the network sees, for overlays
};

/// Throws ArgumentError when the crop is larger than the resized picture.
PreparedImage apply(const Preprocess& preprocess, const Image& image);
/// The sizes alone: what `shown` holds.
Image resize_and_crop(const Preprocess& preprocess, const Image& image);
/// The values alone, for batches `[N,3,H,W]` or `[N,1,H,W]` of RGB or grey values 0 … 1, as
/// data sets give them. Grey is repeated where the network takes three channels. Throws ShapeError.
Tensor normalize(const Preprocess& preprocess, const Tensor& batch);

/// What normalize() made such values of: `[N,C,H,W]` as the network takes them to `[N,C,H,W]` of
/// RGB or grey, 0 … 1 where they come from a picture. Throws ShapeError.
Tensor denormalize(const Preprocess& preprocess, const Tensor& batch);

/// JSON for a checkpoint's metadata; from_json throws FormatError on anything but that form.
std::string to_json(const Preprocess& preprocess);
Preprocess preprocess_from_json(std::string_view json, std::string_view name);

}  // namespace cameo::zoo
