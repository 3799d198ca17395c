#include "zoo/datasets/annotations/annotated_pictures.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "zoo/datasets/annotations/coco_reader.h"
#include "zoo/datasets/annotations/cub_reader.h"
#include "zoo/datasets/annotations/voc_reader.h"
#include "zoo/datasets/datasets.h"
#include "zoo/datasets/image_folder.h"
#include "zoo/datasets/scenes/scenes.h"

namespace cameo::zoo {

namespace fs = std::filesystem;

namespace {

void check_index(std::size_t index, std::size_t size) {
  if (index < size) return;
  throw ArgumentError("a set of " + std::to_string(size) + " pictures has no picture " +
                      std::to_string(index));
}

/// Pictures in files.
class FilePictures final : public AnnotatedPictures {
 public:
  explicit FilePictures(Annotations annotations) : annotations_(std::move(annotations)) {}

  std::size_t size() const override { return annotations_.files.size(); }
  const std::vector<std::string>& class_names() const override { return annotations_.class_names; }

  AnnotatedPicture picture(std::size_t index) const override {
    check_index(index, size());
    const AnnotatedFile& file = annotations_.files[index];
    AnnotatedPicture result{
        .name = file.picture.string(), .image = read_image(file.picture), .label = file.label};
    for (const AnnotatedObject& object : file.objects) {
      result.objects.push_back(
          {.label = object.label,
           .box = object.box,
           .mask = object_mask(object, result.image.height, result.image.width, result.name)});
    }
    return result;
  }

 private:
  Annotations annotations_;
};

/// Any data set: labels alone.
class LabelledPictures final : public AnnotatedPictures {
 public:
  LabelledPictures(std::string name, std::unique_ptr<Dataset> dataset)
      : name_(std::move(name)), dataset_(std::move(dataset)) {}

  std::size_t size() const override { return dataset_->size(); }
  const std::vector<std::string>& class_names() const override { return dataset_->class_names(); }

  AnnotatedPicture picture(std::size_t index) const override {
    check_index(index, size());
    const Batch batch = dataset_->batch({&index, 1});
    return {.name = name_ + " " + std::to_string(index),
            .image = to_image(batch.images),
            .label = batch.labels.front()};
  }

 private:
  std::string name_;
  std::unique_ptr<Dataset> dataset_;
};

class ScenePictures final : public AnnotatedPictures {
 public:
  ScenePictures(std::string name, std::unique_ptr<Scenes> scenes)
      : name_(std::move(name)), scenes_(std::move(scenes)) {}

  std::size_t size() const override { return scenes_->size(); }
  const std::vector<std::string>& class_names() const override { return scenes_->class_names(); }

  AnnotatedPicture picture(std::size_t index) const override {
    const Scene scene = scenes_->scene(index);
    RenderedScene rendered = scenes_->rendered(index);
    AnnotatedPicture result{.name = name_ + " " + std::to_string(index),
                            .image = Image(rendered.size, rendered.size),
                            .label = scenes_->label(index)};
    result.image.pixels = std::move(rendered.pixels);
    for (std::size_t i = 0; i < scene.objects.size(); ++i) {
      RenderedObject& object = rendered.objects[i];
      const PixelBox& box = object.box;
      result.objects.push_back({.label = static_cast<int>(scene.objects[i].shape),
                                .box = {.left = static_cast<double>(box.x0),
                                        .top = static_cast<double>(box.y0),
                                        .right = static_cast<double>(box.x1),
                                        .bottom = static_cast<double>(box.y1)},
                                .mask = std::move(object.mask)});
    }
    return result;
  }

 private:
  std::string name_;
  std::unique_ptr<Scenes> scenes_;
};

std::unique_ptr<AnnotatedPictures> open_named(std::string_view source,
                                              const AnnotatedPicturesOptions& options) {
  std::unique_ptr<Dataset> dataset = open_dataset(source, {.split = options.split,
                                                           .image_shape = options.image_shape,
                                                           .count = options.count,
                                                           .seed = options.seed});
  if (auto* const scenes = dynamic_cast<Scenes*>(dataset.get())) {
    static_cast<void>(dataset.release());
    return std::make_unique<ScenePictures>(std::string(source), std::unique_ptr<Scenes>(scenes));
  }
  return std::make_unique<LabelledPictures>(std::string(source), std::move(dataset));
}

/// The folder's pictures where it holds no other folder; otherwise none.
Annotations lone_pictures(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.is_directory(ignored)) return {};
  }
  Annotations result;
  for (fs::path& file : pictures_in(folder)) result.files.push_back({.picture = std::move(file)});
  return result;
}

/// White where the object is, on black.
Image silhouette(const AnnotatedPicture& picture, const std::vector<std::uint8_t>& mask) {
  Image image(picture.image.width, picture.image.height);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] != 0)
      std::fill_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, 255);
  }
  return image;
}

std::vector<std::uint8_t> box_pixels(const AnnotatedPicture& picture, const ObjectBox& box) {
  const auto clamped = [](double value, std::int64_t most) {
    return static_cast<std::int64_t>(std::clamp(std::round(value), 0.0, static_cast<double>(most)));
  };
  const std::int64_t width = picture.image.width;
  const std::int64_t height = picture.image.height;
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(width * height), 0);
  for (std::int64_t y = clamped(box.top, height); y < clamped(box.bottom, height); ++y) {
    for (std::int64_t x = clamped(box.left, width); x < clamped(box.right, width); ++x) {
      mask[static_cast<std::size_t>(y * width + x)] = 1;
    }
  }
  return mask;
}

struct PreparedMask {
  std::int64_t width = 0;
  std::vector<std::uint8_t> pixels;
};

/// What resizing and cropping leave of a mask of the picture.
PreparedMask prepare_mask(const Preprocess& preprocess, const AnnotatedPicture& picture,
                          const std::vector<std::uint8_t>& mask) {
  constexpr std::uint8_t kHalf = 128;
  const Image prepared = resize_and_crop(preprocess, silhouette(picture, mask));
  PreparedMask result{.width = prepared.width, .pixels = {}};
  result.pixels.resize(prepared.pixels.size() / 3);
  for (std::size_t i = 0; i < result.pixels.size(); ++i) {
    result.pixels[i] = prepared.pixels[3 * i] >= kHalf ? 1 : 0;
  }
  return result;
}

/// Sets the tight box of a mask; false when it has no pixel.
bool set_box(PlacedObject& object, const PreparedMask& mask) {
  object.left = object.top = static_cast<int>(mask.pixels.size());
  object.right = object.bottom = 0;
  for (std::size_t i = 0; i < mask.pixels.size(); ++i) {
    if (mask.pixels[i] == 0) continue;
    const int x = static_cast<int>(static_cast<std::int64_t>(i) % mask.width);
    const int y = static_cast<int>(static_cast<std::int64_t>(i) / mask.width);
    object.left = std::min(object.left, x);
    object.top = std::min(object.top, y);
    object.right = std::max(object.right, x + 1);
    object.bottom = std::max(object.bottom, y + 1);
  }
  return object.right > 0;
}

}  // namespace

std::unique_ptr<AnnotatedPictures> open_annotated_pictures(
    std::string_view source, const AnnotatedPicturesOptions& options) {
  const fs::path path(source);
  std::error_code ignored;
  const auto from_files = [](Annotations annotations) {
    return std::make_unique<FilePictures>(std::move(annotations));
  };
  if (path.extension() == ".json") {
    return from_files(
        read_coco(path, options.pictures.empty() ? path.parent_path() : options.pictures));
  }
  if (!fs::is_directory(path, ignored)) return open_named(source, options);
  if (fs::is_directory(path / "Annotations", ignored) &&
      fs::is_directory(path / "JPEGImages", ignored)) {
    return from_files(read_voc(path, options.split));
  }
  if (fs::exists(path / "images.txt", ignored) &&
      fs::exists(path / "bounding_boxes.txt", ignored)) {
    return from_files(read_cub(path, options.split));
  }
  const fs::path beside = path / (options.split + ".json");
  if (fs::exists(beside, ignored)) return from_files(read_coco(beside, path));
  const fs::path instances = path / "annotations" / ("instances_" + options.split + ".json");
  if (fs::exists(instances, ignored)) return from_files(read_coco(instances, path / options.split));
  Annotations alone = lone_pictures(path);
  if (!alone.files.empty()) return from_files(std::move(alone));
  return open_named(source, options);
}

std::vector<PlacedObject> place_objects(const Preprocess& preprocess,
                                        const AnnotatedPicture& picture) {
  std::vector<PlacedObject> result;
  for (const PictureObject& object : picture.objects) {
    PlacedObject placed{.label = object.label};
    if (!set_box(placed, prepare_mask(preprocess, picture, box_pixels(picture, object.box)))) {
      continue;
    }
    if (!object.mask.empty()) {
      placed.mask = prepare_mask(preprocess, picture, object.mask).pixels;
    }
    result.push_back(std::move(placed));
  }
  return result;
}

}  // namespace cameo::zoo
