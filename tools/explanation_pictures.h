/// Explanations as pictures.
#pragma once

#include <optional>
#include <string>

#include "explain/boxes.h"
#include "explain/display.h"
#include "explain/drawing.h"
#include "explain/explainer.h"
#include "explain/resize_map.h"
#include "tools/model_input.h"

namespace cameo::tools {

struct PictureStyle {
  std::optional<explain::Colormap>
      colormap;                ///< jet for layer maps, grey for pixel maps when not given
  std::optional<float> alpha;  ///< the map's share; 0.5 for layer maps, 1 for pixel maps
  explain::Scaling scaling = explain::Scaling::kMaximum;
  explain::Upsampling upsampling = explain::Upsampling::kHalfPixel;
  bool box = false;        ///< draw the box at 20 % of the maximum
  bool color_bar = false;  ///< put the colours with their values beside the picture
};

/// The picture behind maps, `[3,H,W]` in 0 … 1: what the network sees, in the detail the file has,
/// at least 224 pixels high; black for an array row.
Tensor picture_behind(const zoo::Model& model, const ModelInput& input);

/// The map over that picture. Pixel maps stand alone: guided backpropagation and its like as the
/// picture they are (grey is zero), the others as their strength.
Tensor explanation_picture(const explain::Explanation& explanation, const Tensor& behind,
                           const PictureStyle& style);

}  // namespace cameo::tools
