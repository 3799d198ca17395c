#include "explain/units.h"

#include <algorithm>
#include <array>

#include "explain/scores.h"

namespace cameo::explain {

namespace {

// A gradient times what it is the gradient by is a part of the logit; so is what a logit loses.
constexpr std::array<std::string_view, 21> kLogits{"cam",
                                                   "gradcam",
                                                   "gradcam++",
                                                   "smooth-gradcam++",
                                                   "xgradcam",
                                                   "layercam",
                                                   "hirescam",
                                                   "gradcam-elementwise",
                                                   "finercam",
                                                   "counterfactual",
                                                   "inputxgradient",
                                                   "integrated-gradients",
                                                   "deeplift",
                                                   "lrp",
                                                   "deep-taylor",
                                                   "occlusion",
                                                   "kernel-shap",
                                                   "gradient-shap",
                                                   "feature-ablation",
                                                   "shapleycam",
                                                   "channel-shapley"};
constexpr std::array<std::string_view, 2> kGradients{"saliency", "smoothgrad"};
constexpr std::array<std::string_view, 2> kProbabilities{"rise", "lime"};

template <std::size_t N>
bool has(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string_view map_unit(std::string_view method, const OptionValues& options) {
  if (const auto output = options.find("output"); output != options.end()) {
    return find_output(output->second) == Output::kLogit ? "logit" : "probability";
  }
  if (has(kLogits, method)) return "logit";
  if (has(kGradients, method)) return "logit per unit of the input";
  if (has(kProbabilities, method)) return "probability";
  return "";
}

}  // namespace cameo::explain
