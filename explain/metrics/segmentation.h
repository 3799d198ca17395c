/// How well labelled pixels agree with the truth.
#pragma once

#include <cstdint>
#include <span>

#include "explain/metrics/metric.h"

namespace cameo::explain {

/// What one picture says: for each of the classes the number of pixels that are labelled with it
/// and truly are, then for each the number of pixels that are one or the other. Pixels with a
/// negative label have none, and miss their class. Throws ShapeError for different lengths,
/// ArgumentError for a label of `classes` or more.
Contribution class_overlaps(std::span<const int> labels, std::span<const int> truth,
                            std::int64_t classes);

/// The mean over classes of intersection over union, both added up over all pictures (Everingham
/// et al. 2015, The PASCAL Visual Object Classes Challenge: A Retrospective); classes that occur in
/// neither labels nor truth are left out. 0 where there is none.
double mean_iou(std::span<const Contribution> overlaps, std::span<const double> weights);

}  // namespace cameo::explain
