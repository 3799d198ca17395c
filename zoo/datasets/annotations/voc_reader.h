/// Annotations in the layout of PASCAL VOC (Everingham et al. 2010).
#pragma once

#include <filesystem>
#include <string>

#include "zoo/datasets/annotations/annotations.h"

namespace cameo::zoo {

/// `folder/Annotations/*.xml` with the boxes of `folder/JPEGImages/…`: those that
/// `ImageSets/Main/<split>.txt` names, in its order, or all in bytewise order where there is no
/// ImageSets. Classes are the names that occur, in bytewise order. Boxes are made half-open: VOC
/// counts from 1 and includes the end. Throws FileError for a missing file or more than 4 MiB of
/// XML, LookupError for a split that is not there, FormatError for anything but that form.
Annotations read_voc(const std::filesystem::path& folder, const std::string& split);

}  // namespace cameo::zoo
