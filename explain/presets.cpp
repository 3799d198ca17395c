#include "explain/presets.h"

#include <utility>

#include "core/error.h"
#include "core/names.h"

namespace cameo::explain {

namespace {

const std::vector<Preset>& presets() {
  static const std::vector<Preset> table{
      {.name = "pytorch-grad-cam",
       .summary =
           "maps from least to greatest; Grad-CAM++, FullGrad, Score-CAM and Ablation-CAM by "
           "its formulas",
       .options = {{"gradcam++", {{"weights", "pytorch-grad-cam"}}},
                   {"fullgrad", {{"scaling", "channel"}, {"upsampling", "half-pixel"}}},
                   {"scorecam", {{"weights", "softmax"}, {"upsampling", "align-corners"}}},
                   {"ablationcam", {{"divisor", "score"}}}},
       .display = {.scaling = Scaling::kMinMax}},
      {.name = "torch-cam",
       .summary = "maps from least to greatest; Grad-CAM++ as its code runs; Score-CAM's masks "
                  "scaled first, their logits through a softmax",
       .options = {{"gradcam++", {{"weights", "torch-cam"}}},
                   {"smooth-gradcam++", {{"samples", "4"}, {"noise", "0.3"}, {"unit", "absolute"}}},
                   {"finercam", {{"strength", "0.6"}}},
                   {"scorecam", {{"weights", "softmax"}, {"scale", "before"}}},
                   {"ss-cam", {{"weights", "softmax"}, {"scale", "before"}, {"samples", "35"}}},
                   {"is-cam", {{"weights", "softmax"}, {"scale", "before"}}}},
       .display = {.scaling = Scaling::kMinMax}},
      {.name = "captum",
       .summary =
           "no last ReLU, nearest neighbours; its numbers of samples, its LRP, occlusion per "
           "pixel",
       .options = {{"guided-gradcam", {{"upsampling", "nearest"}}},
                   {"smoothgrad", {{"samples", "5"}, {"noise", "1"}, {"unit", "absolute"}}},
                   {"gradient-shap", {{"samples", "5"}}},
                   {"lrp", {{"composite", "epsilon"}, {"epsilon", "1e-9"}}},
                   {"occlusion", {{"windows", "clipped"}, {"map", "pixels"}}},
                   {"lime",
                    {{"samples", "50"}, {"width", "1"}, {"fill", "zero"}, {"output", "logit"}}}},
       .display = {.upsampling = Upsampling::kNearest},
       .signed_maps = true},
      {.name = "paper",
       .summary =
           "as the papers state it: SmoothGrad's noise at 10 %, integrated gradients from the "
           "right, a grey occlusion, Score-CAM through a softmax",
       .options = {{"smoothgrad", {{"samples", "50"}, {"noise", "0.1"}}},
                   {"integrated-gradients", {{"rule", "right"}}},
                   {"scorecam", {{"weights", "softmax"}}},
                   {"ablationcam", {{"divisor", "score"}}},
                   {"occlusion", {{"fill", "grey"}}},
                   {"rise", {{"masks", "4000"}, {"cells", "7"}, {"keep", "0.5"}}},
                   {"extremal-perturbation", {{"steps", "800"}}}},
       .display = {}},
      {.name = "official",
       .summary = "as the authors' own code runs",
       .options = {{"gradcam++", {{"weights", "official"}}},
                   {"fullgrad", {{"scaling", "layer"}, {"upsampling", "align-corners"}}},
                   {"scorecam", {{"weights", "bare-probability"}}},
                   {"rise", {{"masks", "6000"}, {"cells", "8"}, {"keep", "0.1"}}},
                   {"lime", {{"segments", "quickshift"}}},
                   {"extremal-perturbation", {{"steps", "800"}}}},
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
