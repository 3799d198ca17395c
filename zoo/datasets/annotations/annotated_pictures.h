/// Pictures with what is known about them, for measuring explanations.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zoo/datasets/annotations/annotations.h"
#include "zoo/image.h"
#include "zoo/preprocess.h"

namespace cameo::zoo {

/// One object of a picture, in the picture's own pixels.
struct PictureObject {
  int label = 0;
  ObjectBox box;
  std::vector<std::uint8_t> mask{};  ///< `[height,width]`, 1 for its pixels; empty: unknown
};

struct AnnotatedPicture {
  std::string name;  ///< its file, or the data set's name and its number
  Image image;
  int label = -1;                        ///< -1: unknown
  std::vector<PictureObject> objects{};  ///< empty: unknown
};

/// A fixed, ordered set of pictures of any size. Safe to read from several threads.
class AnnotatedPictures {
 public:
  virtual ~AnnotatedPictures() = default;
  virtual std::size_t size() const = 0;
  /// In the order of the labels.
  virtual const std::vector<std::string>& class_names() const = 0;
  /// Throws FileError or FormatError when a picture's file or mask cannot be read, ArgumentError
  /// for an index that there is not.
  virtual AnnotatedPicture picture(std::size_t index) const = 0;
};

struct AnnotatedPicturesOptions {
  std::string split = "test";
  Shape image_shape{};               ///< `[C,H,W]` for data sets that draw or resize their pictures
  std::int64_t count = 0;            ///< pictures of a drawn data set; its usual number when 0
  std::uint64_t seed = 0;            ///< of a drawn data set
  std::filesystem::path pictures{};  ///< the folder of a COCO .json's pictures; its own when empty
};

/// By `source`:
/// - `scenes`, `scenes-multi`: drawn, with boxes and masks;
/// - a folder with `Annotations` and `JPEGImages`: PASCAL VOC, boxes;
/// - a folder with `images.txt` and `bounding_boxes.txt`: CUB-200-2011's lists, boxes;
/// - a folder with `<split>.json` beside its pictures (as `cameo datasets make` writes), or with
///   `annotations/instances_<split>.json` and the pictures in `<split>`: COCO, boxes and masks;
/// - a `.json` file: COCO;
/// - a folder with pictures and no other folder: the pictures alone, in bytewise order;
/// - anything else that open_dataset() takes: labels alone.
/// Throws what the readers throw.
std::unique_ptr<AnnotatedPictures> open_annotated_pictures(
    std::string_view source, const AnnotatedPicturesOptions& options = {});

/// An object where the network sees it.
struct PlacedObject {
  int label = 0;
  int left = 0;  ///< of the box, half-open, in pixels of the prepared picture
  int top = 0;
  int right = 0;
  int bottom = 0;
  std::vector<std::uint8_t> mask{};  ///< `[height,width]` of the prepared picture, or empty
};

/// The objects as resizing and cropping leave them: box and mask go the picture's own way and keep
/// the pixels that they cover by half or more. Objects of which nothing is left are left out.
std::vector<PlacedObject> place_objects(const Preprocess& preprocess,
                                        const AnnotatedPicture& picture);

}  // namespace cameo::zoo
