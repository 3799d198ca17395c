/// Explanations as pictures.
#pragma once

#include <optional>
#include <string>

#include "explain/boxes.h"
#include "explain/display.h"
#include "explain/drawing.h"
#include "explain/explainer.h"
#include "explain/resize_map.h"
#include "tools/explanation_run.h"
#include "tools/model_input.h"

namespace cameo::tools {

struct PictureStyle {
  std::optional<explain::Colormap>
      colormap;                ///< jet for layer maps, grey for pixel maps when not given
  std::optional<float> alpha;  ///< the map's share; 0.5 for layer maps, 1 for pixel maps
  explain::Scaling scaling = explain::Scaling::kMaximum;
  explain::Upsampling upsampling = explain::Upsampling::kHalfPixel;
  bool receptive_field = false;  ///< cells of layer maps at the centres of what they see
  std::optional<explain::ValueRange> range;  ///< what the colours' ends stand for
  bool box = false;                          ///< draw the box at 20 % of the maximum
  bool color_bar = false;  ///< put the colours with their values beside the picture
};

/// The picture behind maps, `[3,H,W]` in 0 … 1: what the network sees, in the detail the file has,
/// at least 224 pixels high; black for an array row.
Tensor picture_behind(const zoo::Model& model, const ModelInput& input);

/// Guided backpropagation, deconvnet and guided Grad-CAM are read as pictures, with colours.
bool is_reconstruction(const explain::Explanation& explanation);

/// How a result is displayed in this style; evidence that is negative everywhere is shown as such.
explain::DisplayOptions display_options(const ExplainResult& result, const PictureStyle& style);
/// The style's colours, or those the display asks for.
explain::Colormap colormap_of(const ExplainResult& result, const explain::Display& display,
                              const PictureStyle& style);

/// The map over that picture. Pixel maps stand alone: guided backpropagation and its like as the
/// picture they are (grey is zero), the others as their strength. Evidence that is negative
/// everywhere is shown in blue.
Tensor explanation_picture(const ExplainResult& result, const Tensor& behind,
                           const PictureStyle& style);

}  // namespace cameo::tools
