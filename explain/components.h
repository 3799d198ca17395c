/// Connected areas of a mask.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "explain/boxes.h"

namespace cameo::explain {

/// One connected area.
struct Component {
  Box box;  ///< tight
  std::int64_t pixels = 0;
  bool touches_border = false;  ///< of the picture
  /// Of one of its pixels, the first in reading order, `y·width + x`.
  std::int64_t first = 0;
};

/// The areas of the pixels other than 0 in `mask`, `[height,width]`, in the reading order of their
/// first pixels. Throws ShapeError where the sizes do not fit.
std::vector<Component> connected_components(std::span<const char> mask, std::int64_t height,
                                            std::int64_t width, Connectivity connectivity);

/// The boxes of all outlines as OpenCV's findContours draws them: those of the areas (connected by
/// edges and corners) and, one pixel wider on each side, those of the holes in them.
std::vector<Box> outline_boxes(std::span<const char> mask, std::int64_t height, std::int64_t width);

/// The area that the outline of a component encloses, holes included, measured as OpenCV's
/// contourArea does: by the polygon through the centres of the outermost pixels, so that a line of
/// pixels has none.
double outline_area(std::span<const char> mask, std::int64_t width, const Component& component);

}  // namespace cameo::explain
