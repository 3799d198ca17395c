/// Annotations in lists as CUB-200-2011 has them (Wah et al. 2011).
#pragma once

#include <filesystem>
#include <string>

#include "zoo/datasets/annotations/annotations.h"

namespace cameo::zoo {

/// `images.txt` (id, path below `images/`), `bounding_boxes.txt` (id, x, y, width, height),
/// `image_class_labels.txt` (id, class from 1), `classes.txt` (class, name) and, for the splits
/// "train" and "test", `train_test_split.txt` (id, 1 for training); without the last, every split
/// is the whole. Throws FileError for a missing file, LookupError for another split, FormatError
/// for lines of another form and ids that do not fit each other.
Annotations read_cub(const std::filesystem::path& folder, const std::string& split);

}  // namespace cameo::zoo
