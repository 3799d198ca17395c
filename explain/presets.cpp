#include "explain/presets.h"

#include <utility>

#include "core/error.h"
#include "core/names.h"

namespace cameo::explain {

namespace {

const std::vector<Preset>& presets() {
  static const std::vector<Preset> table{
      {.name = "pytorch-grad-cam",
       .summary = "maps from least to greatest; Grad-CAM++ and FullGrad by its formulas",
       .options = {{"gradcam++", {{"weights", "pytorch-grad-cam"}}},
                   {"fullgrad", {{"scaling", "channel"}, {"upsampling", "half-pixel"}}}},
       .display = {.scaling = Scaling::kMinMax}},
      {.name = "torch-cam",
       .summary = "maps from least to greatest; Grad-CAM++ as its code runs",
       .options = {{"gradcam++", {{"weights", "torch-cam"}}},
                   {"smooth-gradcam++", {{"samples", "4"}, {"noise", "0.3"}, {"unit", "absolute"}}},
                   {"finercam", {{"strength", "0.6"}}}},
       .display = {.scaling = Scaling::kMinMax}},
      {.name = "captum",
       .summary = "no last ReLU, nearest neighbours; its numbers of samples and its LRP",
       .options = {{"guided-gradcam", {{"upsampling", "nearest"}}},
                   {"smoothgrad", {{"samples", "5"}, {"noise", "1"}, {"unit", "absolute"}}},
                   {"gradient-shap", {{"samples", "5"}}},
                   {"lrp", {{"composite", "epsilon"}, {"epsilon", "1e-9"}}}},
       .display = {.upsampling = Upsampling::kNearest},
       .signed_maps = true},
      {.name = "paper",
       .summary =
           "as the papers state it: SmoothGrad's noise at 10 %, integrated gradients from the "
           "right",
       .options = {{"smoothgrad", {{"samples", "50"}, {"noise", "0.1"}}},
                   {"integrated-gradients", {{"rule", "right"}}}},
       .display = {}},
      {.name = "official",
       .summary = "as the authors' own code runs",
       .options = {{"gradcam++", {{"weights", "official"}}},
                   {"fullgrad", {{"scaling", "layer"}, {"upsampling", "align-corners"}}}},
       .display = {}},
  };
  return table;
}

}  // namespace

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.push_back(preset.name);
  return names;
}

const Preset& find_preset(std::string_view name) {
  for (const Preset& preset : presets()) {
    if (preset.name == name) return preset;
  }
  throw LookupError(unknown_name_message("preset", name, preset_names()));
}

OptionValues with_preset(const Preset& preset, std::string_view method, OptionValues given) {
  const auto own = preset.options.find(method);
  if (own != preset.options.end()) given.insert(own->second.begin(), own->second.end());
  return given;
}

}  // namespace cameo::explain
