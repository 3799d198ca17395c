#include "zoo/datasets/scenes/coco.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"

namespace cameo::zoo {

namespace {

using Json = nlohmann::ordered_json;

Json annotation(const CocoObject& seen, int size) {
  const SceneObject& object = seen.object;
  const PixelBox& box = seen.box;
  return {{"category_id", static_cast<int>(object.shape) + 1},
          {"bbox", {box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0}},
          {"area", seen.area},
          {"segmentation", {{"counts", seen.runs}, {"size", {size, size}}}},
          {"iscrowd", 0},
          {"attributes",
           {{"colour", name_of(object.colour)},
            {"texture", name_of(object.fill.kind)},
            {"size", size_name(object)},
            {"diameter", object.diameter * size},
            {"rotation", object.degrees},
            {"visible_share", seen.visible_share}}}};
}

Json categories() {
  Json list = Json::array();
  for (const std::string& name : scene_shape_names()) {
    list.push_back({{"id", list.size() + 1}, {"name", name}, {"supercategory", "shape"}});
  }
  return list;
}

}  // namespace

std::vector<std::int64_t> coco_runs(std::span<const std::uint8_t> mask, int size) {
  const auto side = static_cast<std::size_t>(size);
  if (mask.size() != side * side) {
    throw ArgumentError("coco_runs: expected a mask of " + std::to_string(side * side) +
                        " pixels, but it has " + std::to_string(mask.size()));
  }
  std::vector<std::int64_t> runs = {0};
  bool inside = false;
  for (std::size_t x = 0; x < side; ++x) {
    for (std::size_t y = 0; y < side; ++y) {
      const bool set = mask[y * side + x] != 0;
      if (set != inside) runs.push_back(0);
      inside = set;
      ++runs.back();
    }
  }
  return runs;
}

CocoImage coco_image(std::string file, const Scene& scene, const RenderedScene& rendered) {
  CocoImage image{std::move(file), rendered.size, {}};
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    const RenderedObject& seen = rendered.objects.at(i);
    const auto whole = static_cast<double>(std::max<std::int64_t>(seen.full_area, 1));
    image.objects.push_back({scene.objects[i], seen.box, seen.area,
                             static_cast<double>(seen.area) / whole,
                             coco_runs(seen.mask, rendered.size)});
  }
  return image;
}

std::string coco_json(std::span<const CocoImage> images) {
  Json pictures = Json::array();
  Json annotations = Json::array();
  for (const CocoImage& image : images) {
    const std::size_t id = pictures.size() + 1;
    pictures.push_back(
        {{"id", id}, {"file_name", image.file}, {"width", image.size}, {"height", image.size}});
    for (const CocoObject& object : image.objects) {
      Json entry = {{"id", annotations.size() + 1}, {"image_id", id}};
      entry.update(annotation(object, image.size));
      annotations.push_back(std::move(entry));
    }
  }
  const Json document = {{"info", {{"description", "Scenes: drawn pictures of ten shapes"}}},
                         {"licenses", Json::array()},
                         {"images", std::move(pictures)},
                         {"annotations", std::move(annotations)},
                         {"categories", categories()}};
  return document.dump();
}

}  // namespace cameo::zoo
