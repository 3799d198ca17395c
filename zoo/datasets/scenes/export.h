/// Scenes as files: pictures in class folders, boxes and masks in COCO's format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "zoo/datasets/scenes/describe.h"

namespace cameo::zoo {

struct ScenesExportOptions {
  std::int64_t train = 10000;  ///< pictures; a split of 0 is left out
  std::int64_t validation = 1000;
  std::int64_t test = 2000;
  int size = 64;  ///< pixels a side, kMinSceneSize … kMaxSceneSize
  SceneOptions scene = {};
  std::uint64_t seed = 0;
};

/// Called now and then from the calling thread.
using ExportProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Makes `folder/<split>/<class>/NNNNN.png` and `folder/<split>.json` for the splits train, val and
/// test; the class folder is that of the largest object, the number the picture's index in its
/// split. The pictures are those of the Scenes data set with the same options. All files are
/// written to a hidden folder beside them and moved when complete; after an error nothing is left.
/// Throws ArgumentError when no picture is asked for, an option cannot be met or a split is already
/// there, FileError when the folder cannot be written, RunError when the disk is full.
void export_scenes(const std::filesystem::path& folder, const ScenesExportOptions& options,
                   const ExportProgress& progress = {});

}  // namespace cameo::zoo
