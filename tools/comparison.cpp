#include "tools/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/names.h"
#include "explain/drawing.h"
#include "explain/metrics/statistics.h"
#include "zoo/image.h"
#include "zoo/resize.h"

namespace cameo::tools {

namespace {

std::string class_for_second(const zoo::Model& first, const zoo::Model& second,
                             std::int64_t index) {
  if (first.class_names.empty() || second.class_names.empty()) return std::to_string(index);
  const std::string& name = first.class_names.at(static_cast<std::size_t>(index));
  const auto& names = second.class_names;
  // Names may repeat; the same index is the better guess where it has the name.
  if (static_cast<std::size_t>(index) < names.size() &&
      names[static_cast<std::size_t>(index)] == name) {
    return std::to_string(index);
  }
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw LookupError(unknown_name_message("class", name, names));
  return std::to_string(found - names.begin());
}

std::string target_for_second(const zoo::Model& first, const zoo::Model& second,
                              const explain::Target& target) {
  std::string text = class_for_second(first, second, target.index);
  if (target.against) text += "-" + class_for_second(first, second, *target.against);
  return text;
}

float greatest(const Tensor& values) {
  return *std::max_element(values.data().begin(), values.data().end());
}

Tensor values_of(const ExplainResult& result, std::int64_t height, std::int64_t width,
                 const PictureStyle& style, bool relative) {
  Tensor values =
      explain::display_values(result.explanation, height, width, display_options(result, style));
  const float most = greatest(values);
  if (!relative || !(most > 0.0F)) return values;
  return map(values, [most](float v) { return v / most; });
}

Tensor scaled(const Tensor& values, const explain::ValueRange& range) {
  const double width = static_cast<double>(range.high) - range.low;
  return map(values, [&](float v) {
    if (!(width > 0.0) || !std::isfinite(v)) return 0.0F;
    return static_cast<float>(std::clamp((v - static_cast<double>(range.low)) / width, 0.0, 1.0));
  });
}

Tensor resized(const Tensor& picture, std::int64_t height, std::int64_t width) {
  if (picture.dim(1) == height && picture.dim(2) == width) return picture;
  const zoo::Image image = zoo::resize(zoo::to_image(picture), width, height);
  return zoo::to_tensor(image).reshaped({3, height, width});
}

Comparison compare_one(const ExplainResult& first, const ExplainResult& second,
                       const Tensor& behind, const PictureStyle& style, bool relative) {
  const std::int64_t height = behind.dim(1);
  const std::int64_t width = behind.dim(2);
  Comparison result{.first = first,
                    .second = second,
                    .first_values = values_of(first, height, width, style, relative),
                    .second_values = values_of(second, height, width, style, relative)};
  result.difference =
      zip(result.second_values, result.first_values, [](float b, float a) { return b - a; });
  if (all_finite(result.difference)) {
    result.rank_correlation = explain::spearman(explain::to_doubles(result.first_values),
                                                explain::to_doubles(result.second_values));
    result.scale = {
        .low = 0.0F,
        .high = std::max({0.0F, greatest(result.first_values), greatest(result.second_values)})};
  }
  return result;
}

}  // namespace

std::string targets_for_second(const zoo::Model& first, const zoo::Model& second,
                               const std::vector<ExplainResult>& results) {
  std::vector<std::string> targets;
  for (const ExplainResult& result : results) {
    const std::string text = target_for_second(first, second, result.explanation.target);
    if (std::find(targets.begin(), targets.end(), text) == targets.end()) targets.push_back(text);
  }
  std::string list;
  for (const std::string& target : targets) list += (list.empty() ? "" : ",") + target;
  return list;
}

std::vector<Comparison> compare(const Side& first, const Side& second, const PictureStyle& style,
                                bool relative) {
  std::vector<Comparison> comparisons;
  for (const ExplainResult& result : first.results) {
    const std::string target =
        target_for_second(first.model, second.model, result.explanation.target);
    const auto same = [&](const ExplainResult& other) {
      return other.target == target && other.explanation.method == result.explanation.method;
    };
    const auto found = std::find_if(second.results.begin(), second.results.end(), same);
    if (found == second.results.end()) continue;
    comparisons.push_back(compare_one(result, *found, first.behind, style, relative));
  }
  return comparisons;
}

Tensor comparison_picture(const Comparison& comparison, const Side& first, const Side& second,
                          const PictureStyle& style) {
  const std::int64_t height = first.behind.dim(1);
  const std::int64_t width = first.behind.dim(2);
  const bool pixels = comparison.first.explanation.kind == explain::MapKind::kPixel;
  const explain::OverlayOptions overlay{
      .alpha = style.alpha.value_or(pixels ? 1.0F : 0.5F),
      .colormap =
          style.colormap.value_or(pixels ? explain::Colormap::kGrey : explain::Colormap::kJet)};
  float reach = 0.0F;
  for (const float v : comparison.difference.data()) {
    if (std::isfinite(v)) reach = std::max(reach, std::abs(v));
  }
  const Tensor centred = map(comparison.difference, [reach](float v) {
    return reach > 0.0F && std::isfinite(v) ? 0.5F + 0.5F * v / reach : 0.5F;
  });
  const Tensor pictures[] = {
      explain::overlay(first.behind, scaled(comparison.first_values, comparison.scale), overlay),
      explain::overlay(resized(second.behind, height, width),
                       scaled(comparison.second_values, comparison.scale), overlay),
      explain::color_bar(comparison.scale.low, comparison.scale.high,
                         {.height = height, .colormap = overlay.colormap}),
      explain::apply_colormap(centred, explain::Colormap::kDiverging),
      explain::color_bar(-reach, reach,
                         {.height = height, .colormap = explain::Colormap::kDiverging})};
  return explain::side_by_side(pictures, 8);
}

}  // namespace cameo::tools
