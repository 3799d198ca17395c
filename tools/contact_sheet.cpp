#include "tools/contact_sheet.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "core/error.h"
#include "explain/drawing.h"
#include "tools/console.h"
#include "zoo/image.h"
#include "zoo/resize.h"

namespace cameo::tools {

namespace {

constexpr std::int64_t kCell = 192;  // pixels a side
constexpr std::int64_t kGap = 12;
constexpr std::size_t kColumns = 8;
constexpr std::int64_t kCaption = 30;  // two lines of text below a cell
constexpr std::int64_t kTitle = 30;
constexpr std::int64_t kTitleScale = 2;
constexpr explain::Color kSoft{0.35F, 0.38F, 0.42F};

/// Whole, in a square cell of white.
Tensor fitted(const Tensor& picture) {
  const std::int64_t height = picture.dim(1);
  const std::int64_t width = picture.dim(2);
  const double factor = static_cast<double>(kCell) / static_cast<double>(std::max(height, width));
  const auto side = [factor](std::int64_t extent) {
    return std::clamp<std::int64_t>(std::llround(static_cast<double>(extent) * factor), 1, kCell);
  };
  const zoo::Image small = zoo::resize(zoo::to_image(picture), side(width), side(height));
  Tensor cell({3, kCell, kCell}, 1.0F);
  explain::paste(cell, zoo::to_tensor(small).reshaped({3, small.height, small.width}),
                 (kCell - small.width) / 2, (kCell - small.height) / 2);
  return cell;
}

std::string short_number(float value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g", static_cast<double>(value));
  return text.data();
}

std::string values_text(const ExplainResult& result, const explain::Display& display) {
  if (display.blank) return "blank";
  if (is_reconstruction(result.explanation)) return "grey is zero";
  std::string text = short_number(display.low) + " to " + short_number(display.high);
  const std::string unit(result.unit);
  return unit.empty() || unit.size() > 12 ? text : text + " " + unit;
}

/// A strip of colours with what its ends mean; returns where the next may stand.
std::int64_t draw_strip(Tensor& sheet, std::int64_t left, std::int64_t top,
                        explain::Colormap colormap, const std::string& text) {
  constexpr std::int64_t kLength = 96;
  constexpr std::int64_t kThickness = 12;
  for (std::int64_t x = 0; x < kLength; ++x) {
    const float place = static_cast<float>(x) / static_cast<float>(kLength - 1);
    explain::draw_box(sheet, {left + x, top, left + x + 1, top + kThickness},
                      explain::color_at(colormap, place), kThickness);
  }
  explain::draw_text(sheet, left + kLength + 8, top + 3, text);
  return left + kLength + 8 + explain::text_width(text) + 3 * kGap;
}

std::int64_t rows_for(std::size_t cells) {
  return static_cast<std::int64_t>((cells + kColumns - 1) / kColumns);
}

}  // namespace

void ContactSheet::add(const ModelInput& input, const Tensor& behind, const ExplainResult& result,
                       PictureStyle style) {
  style.color_bar = false;
  const std::string title = input.stem + ": " + result.label + ", logit " +
                            format_number(result.explanation.logit, 2) + ", " +
                            format_percent(result.probability, 1);
  if (lines_.empty() || lines_.back().title != title) {
    lines_.push_back(
        {.title = title, .cells = {{.picture = fitted(behind), .name = "picture", .values = ""}}});
  }
  const explain::Display display = explain::display_map(
      result.explanation, behind.dim(1), behind.dim(2), display_options(result, style));
  std::string name = result.explanation.method;
  if (result.own_layer) name += " " + result.layer;
  if (!is_reconstruction(result.explanation) && !display.blank) {
    const bool pixels = result.explanation.kind == explain::MapKind::kPixel;
    strips_.try_emplace(colormap_of(result, display, style), display.counterfactual
                                                                 ? "evidence against"
                                                             : pixels ? "strength"
                                                                      : "low to high");
  }
  lines_.back().cells.push_back({.picture = fitted(explanation_picture(result, behind, style)),
                                 .name = name,
                                 .values = values_text(result, display)});
}

Tensor ContactSheet::sheet() const {
  if (lines_.empty()) throw ArgumentError("contact sheet: there are no results");
  std::size_t columns = 4;  // room for a heading
  std::int64_t height = kGap;
  for (const Line& line : lines_) {
    columns = std::max(columns, std::min(line.cells.size(), kColumns));
    height += kTitle + rows_for(line.cells.size()) * (kCell + kCaption) + kGap;
  }
  const std::int64_t width = kGap + static_cast<std::int64_t>(columns) * (kCell + kGap);
  constexpr std::int64_t kLegend = 34;
  Tensor sheet({3, height + kLegend, width}, 1.0F);
  std::int64_t top = kGap;
  for (const Line& line : lines_) {
    explain::draw_text(sheet, kGap, top + 4,
                       explain::fitted_text(line.title, width - 2 * kGap, kTitleScale),
                       explain::kBlack, kTitleScale);
    top += kTitle;
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      const Cell& cell = line.cells[i];
      const std::int64_t left = kGap + static_cast<std::int64_t>(i % kColumns) * (kCell + kGap);
      const std::int64_t y = top + static_cast<std::int64_t>(i / kColumns) * (kCell + kCaption);
      explain::paste(sheet, cell.picture, left, y);
      explain::draw_text(sheet, left, y + kCell + 4, explain::fitted_text(cell.name, kCell));
      explain::draw_text(sheet, left, y + kCell + 15, explain::fitted_text(cell.values, kCell),
                         kSoft);
    }
    top += rows_for(line.cells.size()) * (kCell + kCaption) + kGap;
  }
  std::int64_t left = kGap;
  for (const auto& [colormap, text] : strips_) left = draw_strip(sheet, left, top, colormap, text);
  return sheet;
}

}  // namespace cameo::tools
