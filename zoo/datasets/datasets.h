/// Data sets by name or path.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/tensor.h"
#include "layers/dataset.h"

namespace cameo::zoo {

/// A built-in data set or a layout that is read.
struct DatasetInfo {
  std::string name;
  std::string description;
  std::string splits;  ///< "train 8000, val 1000, test 2000"
};

/// In the order to list them; the layouts read from a path stand last.
std::span<const DatasetInfo> dataset_infos();

struct DatasetOptions {
  std::string split = "train";
  /// `[C,H,W]` that picture folders are brought to (and Scenes drawn at); the data set's own when
  /// empty. Other data sets keep their size.
  Shape image_shape;
  std::int64_t count = 0;  ///< pictures of a drawn data set; its usual number when 0
  std::uint64_t seed = 0;  ///< of a drawn data set
};

/// `source` is a built-in name, a folder `DIR[/<split>]/<class>/…` or a CIFAR-10 `.bin` file.
/// Throws LookupError, naming what there is, for anything else or an unknown split; otherwise what
/// the data set's own reader throws.
std::unique_ptr<Dataset> open_dataset(std::string_view source, const DatasetOptions& options = {});

}  // namespace cameo::zoo
