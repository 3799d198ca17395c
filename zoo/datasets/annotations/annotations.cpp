#include "zoo/datasets/annotations/annotations.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace cameo::zoo {

namespace {

using Mask = std::vector<std::uint8_t>;

Mask mask_of_runs(const std::vector<std::int64_t>& runs, std::int64_t height, std::int64_t width,
                  std::string_view name) {
  Mask mask(static_cast<std::size_t>(height * width), 0);
  std::int64_t at = 0;  // down the columns
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i] < 0 || runs[i] > height * width - at) {
      throw FormatError(name, -1, "a mask's runs reach beyond its picture");
    }
    for (const std::int64_t end = at + runs[i]; at < end; ++at) {
      if (i % 2 == 1) mask[static_cast<std::size_t>(at % height * width + at / height)] = 1;
    }
  }
  if (at != height * width) {
    throw FormatError(name, -1,
                      "a mask's runs cover " + std::to_string(at) + " pixels of a picture of " +
                          std::to_string(width) + "x" + std::to_string(height));
  }
  return mask;
}

/// Sets the pixels of a row of centres at height `y` between each two crossings of the outline.
void fill_row(const std::vector<double>& corners, double y, std::span<std::uint8_t> row) {
  std::vector<double> crossings;
  for (std::size_t i = 0; i + 1 < corners.size(); i += 2) {
    const std::size_t j = (i + 2) % corners.size();
    const double y0 = corners[i + 1];
    const double y1 = corners[j + 1];
    if ((y0 <= y) == (y1 <= y)) continue;
    crossings.push_back(corners[i] + (y - y0) / (y1 - y0) * (corners[j] - corners[i]));
  }
  std::sort(crossings.begin(), crossings.end());
  const auto width = static_cast<double>(row.size());
  for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
    const double first = std::clamp(std::ceil(crossings[i] - 0.5), 0.0, width);
    const double end = std::clamp(std::ceil(crossings[i + 1] - 0.5), 0.0, width);
    for (auto x = static_cast<std::size_t>(first); x < static_cast<std::size_t>(end); ++x) {
      row[x] = 1;
    }
  }
}

}  // namespace

std::vector<std::uint8_t> object_mask(const AnnotatedObject& object, std::int64_t height,
                                      std::int64_t width, std::string_view name) {
  if (!object.runs.empty()) return mask_of_runs(object.runs, height, width, name);
  if (object.polygons.empty()) return {};
  Mask mask(static_cast<std::size_t>(height * width), 0);
  for (const std::vector<double>& corners : object.polygons) {
    for (std::int64_t y = 0; y < height; ++y) {
      fill_row(corners, static_cast<double>(y) + 0.5,
               std::span(mask).subspan(static_cast<std::size_t>(y * width),
                                       static_cast<std::size_t>(width)));
    }
  }
  return mask;
}

int largest_label(std::span<const AnnotatedObject> objects) {
  const auto area = [](const AnnotatedObject& object) {
    return (object.box.right - object.box.left) * (object.box.bottom - object.box.top);
  };
  const auto largest = std::max_element(
      objects.begin(), objects.end(),
      [&](const AnnotatedObject& a, const AnnotatedObject& b) { return area(a) < area(b); });
  return largest == objects.end() ? -1 : largest->label;
}

std::filesystem::path path_below(const std::filesystem::path& folder, const std::string& name,
                                 const std::filesystem::path& file) {
  const std::filesystem::path path(name);
  const bool climbs = std::any_of(path.begin(), path.end(),
                                  [](const std::filesystem::path& part) { return part == ".."; });
  if (name.empty() || path.is_absolute() || climbs || name.find('\0') != std::string::npos) {
    throw FormatError(file.string(), -1,
                      "expected the name of a picture below its folder, got \"" + name + "\"");
  }
  return folder / path;
}

}  // namespace cameo::zoo
