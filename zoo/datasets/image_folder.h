/// Pictures in one folder a class.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "layers/dataset.h"
#include "zoo/image.h"
#include "zoo/preprocess.h"

namespace cameo::zoo {

/// `*.{jpg,jpeg,png,bmp}` in one folder in bytewise sorted order, hidden files left out. Throws
/// FileError when it cannot be listed.
std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder);

struct ImageFolderOptions {
  std::string split = "train";
  /// Its sizes and channels alone are used; they must give every picture the same size (a crop, or
  /// an exact size). Values stay 0 … 1.
  Preprocess preprocess = {.resize_short = 224, .crop = 224};
  /// Decoded and resized pictures are kept until they take this many bytes; 0 keeps none.
  std::uint64_t cache_bytes = std::uint64_t{1} << 30;
};

/// `DIR/<split>/<class>/*.{jpg,jpeg,png,bmp}` or, where DIR has no split folders,
/// `DIR/<class>/…`. Classes and files in bytewise sorted order; hidden files and other endings are
/// passed over. Pictures `[C,H,W]`, decoded when asked for, several at once.
class ImageFolder final : public Dataset {
 public:
  /// Lists the files. Throws ArgumentError for sizes that differ from picture to picture, FileError
  /// for a missing folder, no pictures, a class without pictures or a single class; LookupError for
  /// a split that is not there.
  explicit ImageFolder(const std::filesystem::path& folder, const ImageFolderOptions& options = {});
  ~ImageFolder() override;

  std::size_t size() const override { return files_.size(); }
  Shape image_shape() const override { return image_shape_; }
  const std::vector<std::string>& class_names() const override { return class_names_; }
  int label(std::size_t index) const override;
  Batch batch(std::span<const std::size_t> indices) const override;

  const std::filesystem::path& file(std::size_t index) const;

 private:
  class Cache;

  /// Resized, `[H,W,3]`.
  std::shared_ptr<const Image> picture(std::size_t index) const;

  Preprocess preprocess_;
  Shape image_shape_;
  std::vector<std::filesystem::path> files_;
  std::vector<int> labels_;
  std::vector<std::string> class_names_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace cameo::zoo
