/// Figures over all thresholds of a map, for a whole data set: MaxBoxAcc and PxAP (Choe et al.
/// 2020, Evaluating Weakly Supervised Object Localization Methods Right, and its code).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/tensor.h"
#include "explain/boxes.h"
#include "explain/metrics/metric.h"

namespace cameo::explain {

/// Thresholds 0, 0.01, …, 0.99.
inline constexpr std::int64_t kThresholds = 100;

struct MaxBoxOptions {
  std::vector<double> overlaps{0.5};  ///< the IoU from which a box is right
  bool all_boxes = false;             ///< any outline may be right, not the largest alone
};

/// MaxBoxAccV2: overlaps 0.3, 0.5 and 0.7, every outline.
MaxBoxOptions max_box_v2();

/// Of one picture: 1 where a box at the threshold is right, for each overlap and threshold.
Contribution box_hits(const Tensor& map, std::span<const Box> truth, const MaxBoxOptions& options);

/// The accuracy at the data set's best threshold, averaged over the overlaps.
double max_box_accuracy(std::span<const Contribution> hits, std::span<const double> weights);

/// Of one picture: how many pixels of the mask, and how many others, are in each step of 0.01 of
/// the map. Throws ShapeError, and ArgumentError for values outside 0 … 1.
Contribution pixel_histograms(const Tensor& map, const Tensor& mask);

/// The area under the precision-recall curve of all pictures' pixels; 0 when no mask has a pixel.
double pixel_average_precision(std::span<const Contribution> histograms,
                               std::span<const double> weights);

}  // namespace cameo::explain
