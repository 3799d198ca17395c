#include "zoo/datasets/datasets.h"

#include <filesystem>
#include <vector>

#include "core/error.h"
#include "core/names.h"
#include "zoo/datasets/cifar10_bin.h"
#include "zoo/datasets/fashion_mnist.h"
#include "zoo/datasets/image_folder.h"
#include "zoo/datasets/scenes/scenes.h"

namespace cameo::zoo {

namespace {

constexpr std::int64_t kScenesTraining = 8000;
constexpr std::int64_t kScenesValidation = 1000;
constexpr std::int64_t kScenesTest = 2000;
constexpr std::int64_t kFolderSide = 224;

std::unique_ptr<Dataset> open_scenes(bool several_objects, const DatasetOptions& options) {
  const SceneSplit split = scene_split(options.split);
  ScenesOptions scenes{.split = split, .count = options.count, .seed = options.seed};
  if (options.count == 0) {
    scenes.count = split == SceneSplit::kTrain        ? kScenesTraining
                   : split == SceneSplit::kValidation ? kScenesValidation
                                                      : kScenesTest;
  }
  if (!options.image_shape.empty()) {
    const Shape& shape = options.image_shape;
    if (shape.size() != 3 || shape[0] != 3 || shape[1] != shape[2]) {
      throw ArgumentError("scenes are square RGB pictures [3,S,S]; asked for " + to_string(shape));
    }
    scenes.size = static_cast<int>(shape[1]);
  }
  if (several_objects) scenes.scene = multi_object_scenes();
  return std::make_unique<Scenes>(scenes);
}

std::unique_ptr<Dataset> open_folder(const std::filesystem::path& folder,
                                     const DatasetOptions& options) {
  const Shape shape =
      options.image_shape.empty() ? Shape{3, kFolderSide, kFolderSide} : options.image_shape;
  if (shape.size() != 3) {
    throw ArgumentError("pictures are brought to a size [C,H,W]; asked for " + to_string(shape));
  }
  const Preprocess preprocess{
      .resize_width = shape[2], .resize_height = shape[1], .channels = shape[0]};
  return std::make_unique<ImageFolder>(
      folder, ImageFolderOptions{.split = options.split, .preprocess = preprocess});
}

}  // namespace

std::span<const DatasetInfo> dataset_infos() {
  static const std::vector<DatasetInfo> infos{
      {.name = "scenes",
       .description = "drawn by the program: one of ten shapes on a cluttered background, with box "
                      "and mask",
       .splits = "train 8000, val 1000, test 2000"},
      {.name = "scenes-multi",
       .description = "the same with two to four objects; the class is the largest one's",
       .splits = "train 8000, val 1000, test 2000"},
      {.name = "fashion-mnist",
       .description = "grey pictures of clothes, 28x28 (Debian package dataset-fashion-mnist)",
       .splits = "train 60000, test 10000"},
      {.name = "FOLDER",
       .description = "pictures in one folder a class: FOLDER[/<split>]/<class>/*.{jpg,png,bmp}",
       .splits = "its folders"},
      {.name = "FOLDER",
       .description = "the IDX files of MNIST or of a set in its layout, plain or .gz, 28x28 grey",
       .splits = "train, test"},
      {.name = "FILE.bin", .description = "CIFAR-10's binary layout, 32x32 RGB", .splits = "none"},
  };
  return infos;
}

std::unique_ptr<Dataset> open_dataset(std::string_view source, const DatasetOptions& options) {
  if (source == "scenes") return open_scenes(false, options);
  if (source == "scenes-multi") return open_scenes(true, options);
  if (source == "fashion-mnist") {
    return std::make_unique<MemoryDataset>(read_fashion_mnist(options.split));
  }
  const std::filesystem::path path(source);
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    if (is_mnist_folder(path)) {
      return std::make_unique<MemoryDataset>(read_mnist(options.split, path));
    }
    return open_folder(path, options);
  }
  if (path.extension() == ".bin") return std::make_unique<MemoryDataset>(read_cifar10_bin(path));
  const std::vector<std::string> names{"scenes", "scenes-multi", "fashion-mnist"};
  throw LookupError(unknown_name_message("data set or folder", source, names));
}

}  // namespace cameo::zoo
