/// From a described scene to pixels, masks and boxes.
#pragma once

#include <cstdint>
#include <vector>

#include "zoo/datasets/scenes/scene.h"

namespace cameo::zoo {

/// Half-open: columns x0 … x1-1, rows y0 … y1-1.
struct PixelBox {
  int x0 = 0;
  int y0 = 0;
  int x1 = 0;
  int y1 = 0;
  friend bool operator==(const PixelBox&, const PixelBox&) = default;
};

/// One object as it was drawn. A pixel belongs to the object when more than half of it shows it.
struct RenderedObject {
  PixelBox box;           ///< tight about the visible pixels
  PixelBox full_box;      ///< tight about what there would be without anything in front
  std::int64_t area = 0;  ///< visible pixels
  std::int64_t full_area = 0;
  std::vector<std::uint8_t> mask;  ///< size × size, row-major; 1 for a visible pixel, else 0
};

struct RenderedScene {
  int size = 0;
  std::vector<std::uint8_t> pixels;     ///< size × size × RGB, row-major
  std::vector<RenderedObject> objects;  ///< as in the scene
};

inline constexpr int kMinSceneSize = 32;
inline constexpr int kMaxSceneSize = 512;

/// Draws the scene on `size` × `size` pixels, edges softened by how much of a pixel is covered. The
/// same bytes on every machine (see geometry.h; the sources are compiled without contraction of
/// a×b+c). Throws ArgumentError for a size outside kMinSceneSize … kMaxSceneSize. Thread-safe.
RenderedScene render_scene(const Scene& scene, int size = 64);

}  // namespace cameo::zoo
