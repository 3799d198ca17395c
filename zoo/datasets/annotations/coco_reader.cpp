#include "zoo/datasets/annotations/coco_reader.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"

namespace cameo::zoo {

namespace {

using nlohmann::json;

constexpr std::uint64_t kMostBytes = std::uint64_t{512} << 20;
constexpr std::int64_t kMostPixels = 180'000'000;

[[noreturn]] void fail(const std::string& what) { throw ArgumentError(what); }

const json& member(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (found == object.end()) fail(std::string("\"") + key + "\" is missing");
  return *found;
}

const json& list(const json& object, const char* key) {
  const json& value = member(object, key);
  if (!value.is_array()) fail(std::string("\"") + key + "\" must be a list");
  return value;
}

std::int64_t whole_number(const json& value, const char* what) {
  if (!value.is_number_integer()) fail(std::string("\"") + what + "\" must be a whole number");
  const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{1}
                                                                                   << 62;
  if (huge) fail(std::string("\"") + what + "\" is too large");
  return value.get<std::int64_t>();
}

double number(const json& value, const char* what) {
  constexpr double kMost = 1e9;
  if (!value.is_number()) fail(std::string("\"") + what + "\" must hold numbers");
  const double result = value.get<double>();
  if (!(std::abs(result) <= kMost)) fail(std::string("\"") + what + "\" holds a number too large");
  return result;
}

std::string text(const json& object, const char* key) {
  const json& value = member(object, key);
  if (!value.is_string()) fail(std::string("\"") + key + "\" must be text");
  return value.get<std::string>();
}

struct Picture {
  std::size_t index = 0;  ///< in Annotations::files
  std::int64_t height = 0;
  std::int64_t width = 0;
};

std::map<std::int64_t, int> read_categories(const json& document, Annotations& result) {
  std::map<std::int64_t, std::string> names;
  for (const json& category : list(document, "categories")) {
    const std::int64_t id = whole_number(member(category, "id"), "id");
    if (!names.emplace(id, text(category, "name")).second) {
      fail("two categories have the id " + std::to_string(id));
    }
  }
  std::map<std::int64_t, int> labels;
  for (const auto& [id, name] : names) {
    labels[id] = static_cast<int>(result.class_names.size());
    result.class_names.push_back(name);
  }
  return labels;
}

std::map<std::int64_t, Picture> read_pictures(const json& document,
                                              const std::filesystem::path& folder,
                                              std::string_view name, Annotations& result) {
  std::map<std::int64_t, Picture> pictures;
  for (const json& image : list(document, "images")) {
    const Picture picture{.index = result.files.size(),
                          .height = whole_number(member(image, "height"), "height"),
                          .width = whole_number(member(image, "width"), "width")};
    if (picture.height < 1 || picture.width < 1 || picture.height > kMostPixels / picture.width) {
      fail("a picture of " + std::to_string(picture.width) + "x" + std::to_string(picture.height));
    }
    const std::int64_t id = whole_number(member(image, "id"), "id");
    if (!pictures.emplace(id, picture).second) {
      fail("two pictures have the id " + std::to_string(id));
    }
    result.files.push_back({.picture = path_below(folder, text(image, "file_name"), name)});
  }
  return pictures;
}

/// The text form of runs: 5 bits a character from '0' on, the sixth says that more follow, and from
/// the fourth run on the difference to the run two before.
std::vector<std::int64_t> unpacked_runs(const std::string& packed) {
  constexpr int kMostShift = 40;
  std::vector<std::int64_t> runs;
  for (std::size_t at = 0; at < packed.size();) {
    std::int64_t value = 0;
    int shift = 0;
    for (bool more = true; more; shift += 5) {
      if (at == packed.size() || shift > kMostShift) fail("\"counts\" ends within a number");
      const int bits = packed[at++] - '0';
      if (bits < 0 || bits > 63) fail("\"counts\" has a character that is none of its alphabet");
      value |= std::int64_t{bits & 31} << shift;
      more = (bits & 32) != 0;
      if (!more && (bits & 16) != 0) value -= std::int64_t{1} << (shift + 5);
    }
    if (runs.size() > 2) value += runs[runs.size() - 2];
    if (value < 0 || value > kMostPixels) fail("a mask's runs reach beyond its picture");
    runs.push_back(value);
  }
  return runs;
}

std::vector<std::int64_t> read_runs(const json& segmentation, const Picture& picture) {
  const json& size = list(segmentation, "size");
  if (size.size() != 2 || whole_number(size[0], "size") != picture.height ||
      whole_number(size[1], "size") != picture.width) {
    fail("a mask's \"size\" is not its picture's");
  }
  const json& counts = member(segmentation, "counts");
  if (counts.is_string()) return unpacked_runs(counts.get<std::string>());
  if (!counts.is_array()) fail("\"counts\" must be a list or text");
  std::vector<std::int64_t> runs;
  for (const json& count : counts) runs.push_back(whole_number(count, "counts"));
  return runs;
}

void check_runs(const std::vector<std::int64_t>& runs, const Picture& picture) {
  std::int64_t left = picture.height * picture.width;
  for (const std::int64_t run : runs) {
    if (run < 0 || run > left) fail("a mask's runs reach beyond its picture");
    left -= run;
  }
  if (left != 0) fail("a mask's runs do not cover its picture");
}

std::vector<std::vector<double>> read_polygons(const json& segmentation) {
  std::vector<std::vector<double>> polygons;
  for (const json& polygon : segmentation) {
    if (!polygon.is_array() || polygon.size() < 6 || polygon.size() % 2 != 0) {
      fail("a polygon needs three corners x, y or more");
    }
    std::vector<double> corners;
    for (const json& value : polygon) corners.push_back(number(value, "segmentation"));
    polygons.push_back(std::move(corners));
  }
  return polygons;
}

void read_segmentation(const json& annotation, const Picture& picture, AnnotatedObject& object) {
  const auto found = annotation.find("segmentation");
  if (found == annotation.end() || found->is_null()) return;
  if (found->is_array()) {
    object.polygons = read_polygons(*found);
  } else {
    object.runs = read_runs(*found, picture);
    check_runs(object.runs, picture);
  }
}

ObjectBox read_box(const json& annotation) {
  const json& values = list(annotation, "bbox");
  if (values.size() != 4) fail("\"bbox\" must be [x, y, width, height]");
  const double left = number(values[0], "bbox");
  const double top = number(values[1], "bbox");
  const double width = number(values[2], "bbox");
  const double height = number(values[3], "bbox");
  if (width < 0.0 || height < 0.0) fail("\"bbox\" has a negative size");
  return {.left = left, .top = top, .right = left + width, .bottom = top + height};
}

void read_annotation(const json& annotation, const std::map<std::int64_t, Picture>& pictures,
                     const std::map<std::int64_t, int>& labels, Annotations& result) {
  const auto picture = pictures.find(whole_number(member(annotation, "image_id"), "image_id"));
  if (picture == pictures.end()) fail("there is no picture with the \"image_id\"");
  const auto label = labels.find(whole_number(member(annotation, "category_id"), "category_id"));
  if (label == labels.end()) fail("there is no category with the \"category_id\"");
  const auto crowd = annotation.find("iscrowd");
  if (crowd != annotation.end() && *crowd != 0) return;
  AnnotatedObject object{.label = label->second, .box = read_box(annotation)};
  read_segmentation(annotation, picture->second, object);
  result.files[picture->second.index].objects.push_back(std::move(object));
}

Annotations read_document(const json& document, const std::filesystem::path& folder,
                          std::string_view name) {
  Annotations result;
  const std::map<std::int64_t, int> labels = read_categories(document, result);
  const std::map<std::int64_t, Picture> pictures = read_pictures(document, folder, name, result);
  const json& annotations = list(document, "annotations");
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    try {
      read_annotation(annotations[i], pictures, labels, result);
    } catch (const ArgumentError& error) {
      fail("annotation " + std::to_string(i) + ": " + error.what());
    }
  }
  for (AnnotatedFile& file : result.files) file.label = largest_label(file.objects);
  return result;
}

}  // namespace

Annotations read_coco(const std::filesystem::path& file, const std::filesystem::path& pictures) {
  return decode_coco(read_file(file, kMostBytes), pictures, file.string());
}

Annotations decode_coco(ByteView bytes, const std::filesystem::path& pictures,
                        std::string_view name) {
  try {
    return read_document(json::parse(bytes.begin(), bytes.end()), pictures, name);
  } catch (const json::exception& error) {
    throw FormatError(name, -1, std::string("not COCO annotations: ") + error.what());
  } catch (const ArgumentError& error) {
    throw FormatError(name, -1, error.what());
  }
}

}  // namespace cameo::zoo
