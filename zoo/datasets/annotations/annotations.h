/// Which objects are where in pictures that lie in files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cameo::zoo {

/// In pixels of the picture file, from its upper left corner; the right and lower ends lie outside,
/// so right - left is the width.
struct ObjectBox {
  double left = 0.0;
  double top = 0.0;
  double right = 0.0;
  double bottom = 0.0;
  bool operator==(const ObjectBox&) const = default;
};

struct AnnotatedObject {
  int label = 0;  ///< into Annotations::class_names
  ObjectBox box;
  /// Its pixels, where the annotation has them: lengths of the runs of 0 and 1 in turn down the
  /// columns of the picture, or the corners x, y, x, y, … of polygons.
  std::vector<std::int64_t> runs{};
  std::vector<std::vector<double>> polygons{};

  bool has_mask() const { return !runs.empty() || !polygons.empty(); }
};

struct AnnotatedFile {
  std::filesystem::path picture;
  int label = -1;  ///< of the picture, that of its largest object's box; -1: unknown
  std::vector<AnnotatedObject> objects{};
};

/// Pictures in the order of the annotation file. Their files need not exist.
struct Annotations {
  std::vector<std::string> class_names;
  std::vector<AnnotatedFile> files;
};

/// The object's pixels, `[height,width]` row by row, 1 for each; a pixel belongs to a polygon when
/// its centre does (by the even-odd rule), to several when it belongs to any. Empty without a mask.
/// Throws FormatError, with `name`, when the runs do not cover a picture of this size.
std::vector<std::uint8_t> object_mask(const AnnotatedObject& object, std::int64_t height,
                                      std::int64_t width, std::string_view name);

/// The label of the object with the largest box, of equal ones the first; -1 for none.
int largest_label(std::span<const AnnotatedObject> objects);

/// `folder`/`name` for a name that stays below the folder. Throws FormatError, with `file`, for an
/// empty or absolute one and for one with "..".
std::filesystem::path path_below(const std::filesystem::path& folder, const std::string& name,
                                 const std::filesystem::path& file);

}  // namespace cameo::zoo
