#include "zoo/datasets/image_folder.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <mutex>
#include <string_view>

#include "core/error.h"
#include "core/parallel.h"

namespace cameo::zoo {

namespace fs = std::filesystem;

namespace {

bool is_picture(const fs::path& path) {
  static constexpr std::array<std::string_view, 4> kEndings = {".jpg", ".jpeg", ".png", ".bmp"};
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

/// Entries that `wanted` accepts, hidden ones apart, in bytewise order of their names.
template <typename Wanted>
std::vector<fs::path> sorted_entries(const fs::path& folder, const Wanted& wanted) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (!hidden && wanted(*entry, ignored)) found.push_back(entry->path());
  }
  if (error) throw FileError(folder.string() + ": cannot be listed: " + error.message());
  std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) {
    return a.filename().native() < b.filename().native();
  });
  return found;
}

std::vector<fs::path> folders_in(const fs::path& folder) {
  return sorted_entries(folder, [](const fs::directory_entry& entry, std::error_code& error) {
    return entry.is_directory(error);
  });
}

/// The folder that holds the class folders.
fs::path find_split(const fs::path& folder, const std::string& split) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw FileError(folder.string() + ": a folder of pictures was expected, " +
                    (fs::exists(folder, error) ? "this is a file" : "it does not exist"));
  }
  static constexpr std::array<std::string_view, 5> kUsual = {"train", "val", "valid", "validation",
                                                             "test"};
  std::string present;
  for (const fs::path& entry : folders_in(folder)) {
    const std::string name = entry.filename().string();
    if (name == split) return entry;
    if (std::find(kUsual.begin(), kUsual.end(), name) == kUsual.end()) continue;
    present += present.empty() ? name : ", " + name;
  }
  if (present.empty()) return folder;
  throw LookupError(folder.string() + ": no split \"" + split + "\"; there is " + present);
}

Shape fixed_shape(const Preprocess& preprocess) {
  check(preprocess);
  if (preprocess.crop > 0) return {preprocess.channels, preprocess.crop, preprocess.crop};
  if (preprocess.resize_width > 0) {
    return {preprocess.channels, preprocess.resize_height, preprocess.resize_width};
  }
  throw ArgumentError("ImageFolder: one size for all pictures was expected, a crop or both sides");
}

/// Interleaved bytes to planes of 0 … 1; grey pictures repeat one channel, of which one is taken.
void copy_planes(const Image& image, std::int64_t channels, float* out) {
  const std::int64_t plane = image.width * image.height;
  const std::uint8_t* in = image.pixels.data();
  for (std::int64_t i = 0; i < plane; ++i, in += Image::kChannels) {
    for (std::int64_t c = 0; c < channels; ++c) {
      out[c * plane + i] = static_cast<float>(in[c]) / 255.0F;
    }
  }
}

}  // namespace

std::vector<fs::path> pictures_in(const fs::path& folder) {
  return sorted_entries(folder, [](const fs::directory_entry& entry, std::error_code& error) {
    return is_picture(entry.path()) && entry.is_regular_file(error);
  });
}

/// Pictures by index until the budget is spent; safe to use from several threads.
class ImageFolder::Cache {
 public:
  Cache(std::size_t count, std::uint64_t budget) : pictures_(count), budget_(budget) {}

  std::shared_ptr<const Image> find(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return pictures_[index];
  }

  void offer(std::size_t index, const std::shared_ptr<const Image>& picture) {
    const std::lock_guard lock(mutex_);
    if (pictures_[index] || picture->pixels.size() > budget_) return;
    budget_ -= picture->pixels.size();
    pictures_[index] = picture;
  }

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Image>> pictures_;
  std::uint64_t budget_;
};

ImageFolder::ImageFolder(const fs::path& folder, const ImageFolderOptions& options)
    : preprocess_(options.preprocess), image_shape_(fixed_shape(options.preprocess)) {
  const fs::path split = find_split(folder, options.split);
  std::string first_empty;
  for (const fs::path& class_folder : folders_in(split)) {
    const std::vector<fs::path> pictures = pictures_in(class_folder);
    if (pictures.empty() && first_empty.empty()) first_empty = class_folder.string();
    files_.insert(files_.end(), pictures.begin(), pictures.end());
    labels_.insert(labels_.end(), pictures.size(), static_cast<int>(class_names_.size()));
    class_names_.push_back(class_folder.filename().string());
  }
  if (files_.empty()) {
    throw FileError(split.string() +
                    ": holds no pictures; one folder a class with .jpg, .png or .bmp files was "
                    "expected");
  }
  if (!first_empty.empty()) throw FileError(first_empty + ": a class folder without pictures");
  if (class_names_.size() < 2) {
    throw FileError(split.string() + ": holds only one class, \"" + class_names_.front() +
                    "\"; at least two were expected");
  }
  cache_ = std::make_unique<Cache>(files_.size(), options.cache_bytes);
}

ImageFolder::~ImageFolder() = default;

const fs::path& ImageFolder::file(std::size_t index) const {
  if (index >= files_.size()) {
    throw ArgumentError("a data set of " + std::to_string(files_.size()) + " has no picture " +
                        std::to_string(index));
  }
  return files_[index];
}

int ImageFolder::label(std::size_t index) const {
  file(index);
  return labels_[index];
}

std::shared_ptr<const Image> ImageFolder::picture(std::size_t index) const {
  if (auto cached = cache_->find(index)) return cached;
  auto picture =
      std::make_shared<const Image>(resize_and_crop(preprocess_, read_image(file(index))));
  cache_->offer(index, picture);
  return picture;
}

Batch ImageFolder::batch(std::span<const std::size_t> indices) const {
  Batch batch;
  for (const std::size_t index : indices) batch.labels.push_back(label(index));
  batch.images = Tensor::uninitialized(
      {std::ssize(indices), image_shape_[0], image_shape_[1], image_shape_[2]});
  const std::int64_t image_size = element_count(image_shape_);
  float* const out = batch.images.mutable_data().data();
  parallel_for(std::ssize(indices), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      copy_planes(*picture(indices[static_cast<std::size_t>(i)]), image_shape_[0],
                  out + i * image_size);
    }
  });
  return batch;
}

}  // namespace cameo::zoo
