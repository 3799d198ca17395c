/// Annotations in the JSON of the COCO data set (Lin et al. 2014).
#pragma once

#include <filesystem>
#include <string_view>

#include "zoo/datasets/annotations/annotations.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// `images`, `annotations` and `categories` of a file of at most 512 MiB; pictures are looked for
/// in `pictures`. Classes are in the order of their ids. Objects marked as crowds are left out.
/// Masks may be polygons, runs, or runs as COCO packs them into text. Throws FileError, or
/// FormatError for anything but that form.
Annotations read_coco(const std::filesystem::path& file, const std::filesystem::path& pictures);
/// The same from memory; `name` is for messages.
Annotations decode_coco(ByteView bytes, const std::filesystem::path& pictures,
                        std::string_view name);

}  // namespace cameo::zoo
