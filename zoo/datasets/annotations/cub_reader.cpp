#include "zoo/datasets/annotations/cub_reader.h"

#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "core/error.h"
#include "zoo/datasets/annotations/text_lines.h"

namespace cameo::zoo {

namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

/// The words of each line behind its id, by id.
class IdList {
 public:
  IdList(const fs::path& file, std::size_t words) : file_(file) {
    std::size_t number = 0;
    for (const std::string& line : read_lines(file)) {
      ++number;
      Words parts = split_words(line);
      if (parts.empty()) continue;
      if (parts.size() != words + 1) {
        throw FormatError(file.string(), -1,
                          "line " + std::to_string(number) + ": expected an id and " +
                              std::to_string(words) + " more, got \"" + line + "\"");
      }
      const std::int64_t id = whole(parts.front());
      parts.erase(parts.begin());
      if (!entries_.emplace(id, std::move(parts)).second) {
        throw FormatError(file.string(), -1, "the id " + std::to_string(id) + " occurs twice");
      }
    }
  }

  const std::map<std::int64_t, Words>& entries() const { return entries_; }

  const Words& at(std::int64_t id) const {
    const auto found = entries_.find(id);
    if (found != entries_.end()) return found->second;
    throw FormatError(file_.string(), -1, "there is no id " + std::to_string(id));
  }

  std::int64_t whole(const std::string& text) const { return number<std::int64_t>(text); }
  double real(const std::string& text) const { return number<double>(text); }

 private:
  template <typename T>
  T number(const std::string& text) const {
    constexpr double kMost = 1e9;
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() &&
        std::abs(static_cast<double>(value)) <= kMost) {
      return value;
    }
    throw FormatError(file_.string(), -1, "expected a number, got \"" + text + "\"");
  }

  fs::path file_;
  std::map<std::int64_t, Words> entries_;
};

ObjectBox box_of(const IdList& boxes, std::int64_t id, const fs::path& folder) {
  const Words& words = boxes.at(id);
  const double left = boxes.real(words[0]);
  const double top = boxes.real(words[1]);
  const ObjectBox box{.left = left,
                      .top = top,
                      .right = left + boxes.real(words[2]),
                      .bottom = top + boxes.real(words[3])};
  if (box.right <= box.left || box.bottom <= box.top) {
    throw FormatError((folder / "bounding_boxes.txt").string(), -1,
                      "the box of id " + std::to_string(id) + " is empty");
  }
  return box;
}

/// Which ids belong to the split.
class Split {
 public:
  Split(const fs::path& folder, const std::string& split) {
    std::error_code ignored;
    const fs::path file = folder / "train_test_split.txt";
    if (!fs::exists(file, ignored)) return;
    if (split != "train" && split != "test") {
      throw LookupError(folder.string() + ": no split \"" + split + "\"; there is train, test");
    }
    const IdList list(file, 1);
    for (const auto& [id, words] : list.entries()) {
      has_[id] = (list.whole(words[0]) != 0) == (split == "train");
    }
    whole_ = false;
  }

  bool has(std::int64_t id) const {
    const auto found = has_.find(id);
    return whole_ || (found != has_.end() && found->second);
  }

 private:
  bool whole_ = true;
  std::map<std::int64_t, bool> has_;
};

}  // namespace

Annotations read_cub(const fs::path& folder, const std::string& split) {
  const IdList pictures(folder / "images.txt", 1);
  const IdList boxes(folder / "bounding_boxes.txt", 4);
  const IdList classes(folder / "classes.txt", 1);
  const IdList labels(folder / "image_class_labels.txt", 1);
  const Split wanted(folder, split);
  Annotations result;
  std::map<std::int64_t, int> label_of;
  for (const auto& [id, words] : classes.entries()) {
    label_of[id] = static_cast<int>(result.class_names.size());
    result.class_names.push_back(words[0]);
  }
  for (const auto& [id, words] : pictures.entries()) {
    if (!wanted.has(id)) continue;
    const std::int64_t class_id = labels.whole(labels.at(id)[0]);
    static_cast<void>(classes.at(class_id));
    AnnotatedFile file{.picture = path_below(folder / "images", words[0], folder / "images.txt"),
                       .label = label_of.at(class_id)};
    file.objects.push_back({.label = file.label, .box = box_of(boxes, id, folder)});
    result.files.push_back(std::move(file));
  }
  if (result.files.empty()) throw FileError(folder.string() + ": this split holds no pictures");
  return result;
}

}  // namespace cameo::zoo
