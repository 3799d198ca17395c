/// Boxes from maps, by the conventions of papers and of their code.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/tensor.h"
#include "explain/boxes.h"

namespace cameo::explain {

enum class BoxConvention {
  kCam,      ///< the largest component above 20 % of the maximum (Zhou et al. 2016, section 3.2)
  kCamCode,  ///< what the CAM authors' program does: cam_code_boxes()
  kGradCam,  ///< the largest component above 15 % (Selvaraju et al. 2017, section 4.1)
  kMaxBox,   ///< MaxBoxAcc's at one threshold: threshold_boxes()
};
inline constexpr std::array<std::string_view, 4> kBoxConventionNames{"cam", "cam-code", "grad-cam",
                                                                     "max-box"};

/// The boxes of a map `[H,W]`, the one to be judged first; none where there is nothing to enclose.
/// `share` is the threshold of kMaxBox; the other conventions have their own.
std::vector<Box> convention_boxes(const Tensor& map, BoxConvention convention, double share = 0.2);

/// The published box generator of the CAM paper: the map in 8 bits with its maximum at 255; for
/// the thresholds 20, 100 and 110 the exact distance transform of what is above, scaled to 0 … 255,
/// and the boxes of all outlines, holes included, of the pixels above 10, cut off 5 pixels from
/// the right and bottom edges; from the boxes of all thresholds, largest first, those are dropped
/// that share more than half of the larger one's area with a larger box, by a loop that passes
/// over the box after each one dropped, as the program's does. None for a map that is nowhere
/// positive or not finite. Throws ShapeError unless it is `[H,W]`.
std::vector<Box> cam_code_boxes(const Tensor& map);

/// The same for an 8-bit heat map `[height,width]`.
std::vector<Box> cam_code_boxes(std::span<const std::uint8_t> heat, std::int64_t height,
                                std::int64_t width);

/// MaxBoxAcc's boxes (Choe et al. 2020, Evaluating Weakly Supervised Object Localization Methods
/// Right): of the map in 8 bits, 1 being 255, the outlines of the pixels above `share`
/// of the maximum (rounded down), the one that encloses most first. None where there is no such
/// pixel. The map is 0 … 1 (ArgumentError), `[H,W]` (ShapeError).
std::vector<Box> threshold_boxes(const Tensor& map, double share);

/// Squared distance of every pixel to the nearest pixel that is 0 in `mask` `[height,width]`
/// (Felzenszwalb & Huttenlocher 2012, Distance Transforms of Sampled Functions); infinite where
/// there is none.
std::vector<double> squared_distances(std::span<const char> mask, std::int64_t height,
                                      std::int64_t width);

}  // namespace cameo::explain
