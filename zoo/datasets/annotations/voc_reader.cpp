#include "zoo/datasets/annotations/voc_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "core/error.h"
#include "zoo/datasets/annotations/text_lines.h"
#include "zoo/datasets/annotations/xml.h"
#include "zoo/files.h"

namespace cameo::zoo {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMostXml = std::uint64_t{4} << 20;

std::vector<fs::path> all_annotations(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".xml") files.push_back(entry->path());
  }
  if (error) throw FileError(folder.string() + ": cannot be listed: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

/// The lines of a split's list are names, or names and a 1 or -1 for "has the class".
std::vector<fs::path> listed_annotations(const fs::path& folder, const fs::path& list) {
  std::vector<fs::path> files;
  for (const std::string& line : read_lines(list)) {
    const std::vector<std::string> words = split_words(line);
    if (!words.empty()) {
      files.push_back(path_below(folder / "Annotations", words.front() + ".xml", list));
    }
  }
  return files;
}

std::vector<fs::path> annotation_files(const fs::path& folder, const std::string& split) {
  std::error_code ignored;
  const fs::path lists = folder / "ImageSets" / "Main";
  if (!fs::is_directory(lists, ignored)) return all_annotations(folder / "Annotations");
  const fs::path list = lists / (split + ".txt");
  if (!fs::is_regular_file(list, ignored)) {
    throw LookupError(folder.string() + ": no split \"" + split + "\"; expected " + list.string());
  }
  return listed_annotations(folder, list);
}

/// The text of a child that must be there.
const std::string& text_of(const XmlElement& element, const char* child, const std::string& name) {
  const XmlElement* const found = element.child(child);
  if (found == nullptr || found->text.empty()) {
    throw FormatError(name, -1, "<" + element.name + "> has no <" + child + ">");
  }
  return found->text;
}

double number_of(const XmlElement& element, const char* child, const std::string& name) {
  constexpr double kMost = 1e6;
  const std::string& text = text_of(element, child, name);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(std::abs(value) <= kMost)) {
    throw FormatError(name, -1,
                      std::string("<") + child + ">: expected a number, got \"" + text + "\"");
  }
  return value;
}

ObjectBox box_of(const XmlElement& object, const std::string& name) {
  const XmlElement* const bounds = object.child("bndbox");
  if (bounds == nullptr) throw FormatError(name, -1, "an <object> has no <bndbox>");
  const ObjectBox box{.left = number_of(*bounds, "xmin", name) - 1.0,
                      .top = number_of(*bounds, "ymin", name) - 1.0,
                      .right = number_of(*bounds, "xmax", name),
                      .bottom = number_of(*bounds, "ymax", name)};
  if (box.right <= box.left || box.bottom <= box.top) {
    throw FormatError(name, -1, "a <bndbox> ends before it begins");
  }
  return box;
}

struct NamedObject {
  std::string class_name;
  ObjectBox box;
};

struct VocPicture {
  fs::path picture;
  std::vector<NamedObject> objects;
};

VocPicture read_annotation(const fs::path& folder, const fs::path& file) {
  const std::string name = file.string();
  const Bytes bytes = read_file(file, kMostXml);
  const XmlElement root =
      parse_xml({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name);
  if (root.name != "annotation") throw FormatError(name, -1, "expected <annotation>");
  VocPicture picture{
      .picture = path_below(folder / "JPEGImages", text_of(root, "filename", name), file),
      .objects = {}};
  for (const XmlElement& child : root.children) {
    if (child.name != "object") continue;
    picture.objects.push_back(
        {.class_name = text_of(child, "name", name), .box = box_of(child, name)});
  }
  return picture;
}

}  // namespace

Annotations read_voc(const fs::path& folder, const std::string& split) {
  std::vector<VocPicture> pictures;
  std::map<std::string, int> labels;
  for (const fs::path& file : annotation_files(folder, split)) {
    pictures.push_back(read_annotation(folder, file));
    for (const NamedObject& object : pictures.back().objects) labels[object.class_name] = 0;
  }
  if (pictures.empty()) throw FileError(folder.string() + ": holds no annotations");
  Annotations result;
  for (auto& [name, label] : labels) {
    label = static_cast<int>(result.class_names.size());
    result.class_names.push_back(name);
  }
  for (VocPicture& picture : pictures) {
    AnnotatedFile file{.picture = std::move(picture.picture)};
    for (const NamedObject& object : picture.objects) {
      file.objects.push_back({.label = labels.at(object.class_name), .box = object.box});
    }
    file.label = largest_label(file.objects);
    result.files.push_back(std::move(file));
  }
  return result;
}

}  // namespace cameo::zoo
