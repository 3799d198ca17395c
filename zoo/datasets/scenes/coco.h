/// Scenes in the annotation format of the COCO data set (Lin et al. 2014): boxes, areas and masks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "zoo/datasets/scenes/render.h"

namespace cameo::zoo {

/// Lengths of the runs of 0 and 1 in turn, starting with 0, down the columns of a `size` × `size`
/// row-major mask: COCO's uncompressed run-length encoding.
std::vector<std::int64_t> coco_runs(std::span<const std::uint8_t> mask, int size);

struct CocoObject {
  SceneObject object;
  PixelBox box;
  std::int64_t area = 0;
  double visible_share = 1;  ///< of the area without anything in front
  std::vector<std::int64_t> runs;
};

struct CocoImage {
  std::string file;  ///< relative to the folder of the JSON file
  int size = 0;
  std::vector<CocoObject> objects;
};

CocoImage coco_image(std::string file, const Scene& scene, const RenderedScene& rendered);

/// The whole document: `images`, `annotations` (`bbox` [x,y,w,h], `area`, `segmentation` as runs,
/// `iscrowd`, `category_id`, and `attributes` with colour, texture, size, diameter in pixels,
/// rotation in degrees clockwise and visible_share) and `categories`, the ten shapes from id 1.
std::string coco_json(std::span<const CocoImage> images);

}  // namespace cameo::zoo
