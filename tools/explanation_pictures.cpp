#include "tools/explanation_pictures.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "explain/display.h"
#include "zoo/image.h"
#include "zoo/resize.h"

namespace cameo::tools {

namespace {

constexpr std::int64_t kLeastSide = 224;

/// [1,3,H,W] to [3,H,W].
Tensor without_batch(const Tensor& picture) {
  return picture.reshaped({picture.dim(1), picture.dim(2), picture.dim(3)});
}

}  // namespace

Tensor picture_behind(const zoo::Model& model, const ModelInput& input) {
  const std::int64_t height = input.tensor.dim(2);
  const std::int64_t width = input.tensor.dim(3);
  const std::int64_t factor = std::max<std::int64_t>(1, (kLeastSide + height - 1) / height);
  if (input.original.pixels.empty()) return Tensor({3, height * factor, width * factor});
  if (factor == 1) return without_batch(zoo::to_tensor(input.shown));
  zoo::Preprocess larger = model.preprocess;
  larger.resize_short *= factor;
  larger.resize_width *= factor;
  larger.resize_height *= factor;
  larger.crop *= factor;
  zoo::Image picture = zoo::resize_and_crop(larger, input.original);
  if (picture.width != width * factor || picture.height != height * factor) {
    picture = zoo::resize(input.shown, width * factor, height * factor);
  }
  return without_batch(zoo::to_tensor(picture));
}

bool is_reconstruction(const explain::Explanation& explanation) {
  static const std::set<std::string_view> methods{"guided", "deconvnet", "guided-gradcam",
                                                  "deconvnet-unit", "activation-maximisation"};
  return methods.contains(explanation.method);
}

explain::DisplayOptions display_options(const ExplainResult& result, const PictureStyle& style) {
  return {.scaling = style.scaling,
          .upsampling = style.upsampling,
          .cells = style.receptive_field ? result.cells : std::nullopt,
          .range = style.range,
          .counterfactual = true};
}

explain::Colormap colormap_of(const ExplainResult& result, const explain::Display& display,
                              const PictureStyle& style) {
  if (display.counterfactual) return explain::Colormap::kBlues;
  const bool pixels = result.explanation.kind == explain::MapKind::kPixel;
  return style.colormap.value_or(pixels ? explain::Colormap::kGrey : explain::Colormap::kJet);
}

Tensor explanation_picture(const ExplainResult& result, const Tensor& behind,
                           const PictureStyle& style) {
  const explain::Explanation& explanation = result.explanation;
  const std::int64_t height = behind.dim(1);
  const std::int64_t width = behind.dim(2);
  const bool pixels = explanation.kind == explain::MapKind::kPixel;
  const explain::Display display =
      explain::display_map(explanation, height, width, display_options(result, style));
  const explain::Colormap colormap = colormap_of(result, display, style);
  Tensor picture;
  if (is_reconstruction(explanation) && !style.colormap && !style.alpha) {
    picture = explain::gradient_picture(explanation.map, height, width);
  } else {
    picture = explain::overlay(
        behind, display.map,
        {.alpha = style.alpha.value_or(pixels ? 1.0F : 0.5F), .colormap = colormap});
  }
  if (style.box && !display.counterfactual) {
    const auto box = explain::largest_component_box(display.map);
    if (box) explain::draw_box(picture, *box, explain::kWhite, 2);
  }
  if (!style.color_bar) return picture;
  const Tensor bar =
      explain::color_bar(display.low, display.high, {.height = height, .colormap = colormap});
  const Tensor both[] = {picture, bar};
  return explain::side_by_side(both);
}

}  // namespace cameo::tools
