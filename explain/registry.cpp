#include "explain/registry.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "core/error.h"
#include "core/names.h"
#include "explain/augmented.h"
#include "explain/cam.h"
#include "explain/counterfactual.h"
#include "explain/deconvnet.h"
#include "explain/deconvnet_unit.h"
#include "explain/deep_feature_factorisation.h"
#include "explain/deep_lift.h"
#include "explain/eigen_cam.h"
#include "explain/eigen_grad_cam.h"
#include "explain/element_wise_grad_cam.h"
#include "explain/finer_cam.h"
#include "explain/full_grad.h"
#include "explain/fused_layers.h"
#include "explain/grad_cam.h"
#include "explain/grad_cam_plus_plus.h"
#include "explain/gradient_shap.h"
#include "explain/guided_backpropagation.h"
#include "explain/guided_grad_cam.h"
#include "explain/hires_cam.h"
#include "explain/input_x_gradient.h"
#include "explain/integrated_gradients.h"
#include "explain/layer_cam.h"
#include "explain/lrp.h"
#include "explain/saliency.h"
#include "explain/scoring_methods.h"
#include "explain/shapley_cam.h"
#include "explain/smooth_grad.h"
#include "explain/smooth_grad_cam_plus_plus.h"
#include "explain/xgrad_cam.h"

namespace cameo::explain {

namespace {

using Method = std::shared_ptr<const Explainer>;

template <typename T>
Method make_plain(const OptionValues& /*options*/) {
  return std::make_shared<const T>();
}

/// `make(layer)` for one layer, or fused from several, smoothed where that is asked for.
template <typename Make>
Method make_for_layers(const OptionValues& options, Make make) {
  constexpr std::array<std::string_view, 3> kFusions{"mean", "max", "product"};
  const std::size_t fusion = choice_option(options, "fuse", kFusions);
  Methods parts;
  for (const std::string& layer : list_option(options, "layer", "auto")) {
    parts.push_back(make(layer));
  }
  Method method = parts[0];
  if (parts.size() > 1) {
    method = std::make_shared<const FusedLayers>(std::move(parts), static_cast<Fusion>(fusion));
  }
  if (!flag_option(options, "augment", false)) return method;
  return std::make_shared<const Augmented>(std::move(method));
}

LayerMethodOptions layer_method_options_of(const OptionValues& options, const std::string& layer) {
  return {.layer = layer, .eigen_smooth = flag_option(options, "eigen-smooth", false)};
}

template <typename T>
Method make_layer_method(const OptionValues& options) {
  return make_for_layers(options, [&](const std::string& layer) {
    return std::make_shared<const T>(layer_method_options_of(options, layer));
  });
}

Method make_grad_cam_plus_plus(const OptionValues& options) {
  const std::size_t weights = choice_option(options, "weights", kGradCamPlusPlusWeightsNames);
  return make_for_layers(options, [&](const std::string& layer) {
    return std::make_shared<const GradCamPlusPlus>(
        GradCamPlusPlusOptions{.layer = layer_method_options_of(options, layer),
                               .weights = static_cast<GradCamPlusPlusWeights>(weights)});
  });
}

Method make_eigen_cam(const OptionValues& options) {
  return make_for_layers(options, [](const std::string& layer) {
    return std::make_shared<const EigenCam>(EigenCamOptions{.layer = layer});
  });
}

Method make_eigen_grad_cam(const OptionValues& options) {
  return make_for_layers(options, [](const std::string& layer) {
    return std::make_shared<const EigenGradCam>(EigenGradCamOptions{.layer = layer});
  });
}

Method make_guided_grad_cam(const OptionValues& options) {
  return std::make_shared<const GuidedGradCam>(GuidedGradCamOptions{
      .layer = text_option(options, "layer", "auto"),
      .upsampling = find_upsampling(text_option(options, "upsampling", "half-pixel"))});
}

Method make_finer_cam(const OptionValues& options) {
  const FinerCamOptions defaults;
  const std::int64_t references = integer_option(options, "references", defaults.references);
  const double strength = number_option(options, "strength", defaults.strength);
  return make_for_layers(options, [&](const std::string& layer) {
    return std::make_shared<const FinerCam>(
        FinerCamOptions{.layer = layer_method_options_of(options, layer),
                        .references = references,
                        .strength = strength});
  });
}

Method make_full_grad(const OptionValues& options) {
  return std::make_shared<const FullGrad>(FullGradOptions{
      .scaling =
          static_cast<FullGradScaling>(choice_option(options, "scaling", kFullGradScalingNames)),
      .upsampling = find_upsampling(text_option(options, "upsampling", "align-corners"))});
}

std::uint64_t seed_of(const OptionValues& options) {
  return static_cast<std::uint64_t>(integer_option(options, "seed", 0, 0));
}

NoiseUnit noise_unit_of(const OptionValues& options) {
  return static_cast<NoiseUnit>(choice_option(options, "unit", kNoiseUnitNames));
}

Baseline baseline_of(const OptionValues& options, Baseline otherwise) {
  return static_cast<Baseline>(
      choice_option(options, "baseline", kBaselineNames, static_cast<std::size_t>(otherwise)));
}

Method make_smooth_grad_cam_plus_plus(const OptionValues& options) {
  SmoothGradCamPlusPlusOptions values;
  values.samples = integer_option(options, "samples", values.samples);
  values.noise = number_option(options, "noise", values.noise);
  values.unit = noise_unit_of(options);
  values.seed = seed_of(options);
  values.batch = integer_option(options, "batch", values.batch);
  return make_for_layers(options, [&](const std::string& layer) {
    values.layer = layer;
    return std::make_shared<const SmoothGradCamPlusPlus>(values);
  });
}

Method make_smooth_grad(const OptionValues& options) {
  const SmoothGradOptions defaults;
  return std::make_shared<const SmoothGrad>(
      SmoothGradOptions{.samples = integer_option(options, "samples", defaults.samples),
                        .noise = number_option(options, "noise", defaults.noise),
                        .statistic = static_cast<GradientStatistic>(
                            choice_option(options, "statistic", kGradientStatisticNames)),
                        .seed = seed_of(options),
                        .batch = integer_option(options, "batch", defaults.batch)});
}

Method make_integrated_gradients(const OptionValues& options) {
  const IntegratedGradientsOptions defaults;
  return std::make_shared<const IntegratedGradients>(IntegratedGradientsOptions{
      .steps = integer_option(options, "steps", defaults.steps),
      .rule = static_cast<PathRule>(choice_option(options, "rule", kPathRuleNames)),
      .baseline = baseline_of(options, defaults.baseline),
      .samples = integer_option(options, "samples", defaults.samples),
      .seed = seed_of(options),
      .batch = integer_option(options, "batch", defaults.batch)});
}

Method make_gradient_shap(const OptionValues& options) {
  const GradientShapOptions defaults;
  return std::make_shared<const GradientShap>(
      GradientShapOptions{.samples = integer_option(options, "samples", defaults.samples),
                          .noise = number_option(options, "noise", defaults.noise),
                          .baseline = baseline_of(options, defaults.baseline),
                          .seed = seed_of(options),
                          .batch = integer_option(options, "batch", defaults.batch)});
}

Method make_deep_lift(const OptionValues& options) {
  return std::make_shared<const DeepLift>(
      DeepLiftOptions{.baseline = baseline_of(options, Baseline::kZero), .seed = seed_of(options)});
}

Method make_lrp(const OptionValues& options) {
  const LrpOptions defaults;
  return std::make_shared<const Lrp>(LrpOptions{
      .composite = static_cast<LrpComposite>(choice_option(
          options, "composite", kLrpCompositeNames, static_cast<std::size_t>(defaults.composite))),
      .epsilon = number_option(options, "epsilon", defaults.epsilon),
      .gamma = number_option(options, "gamma", defaults.gamma),
      .alpha = number_option(options, "alpha", defaults.alpha, 1.0)});
}

Method make_deep_taylor(const OptionValues& /*options*/) {
  return std::make_shared<const Lrp>(LrpOptions{.composite = LrpComposite::kDeepTaylor});
}

/// Where the option names a number; none where it says `otherwise` or nothing.
std::optional<std::int64_t> named_index(const OptionValues& options, std::string_view key,
                                        const std::string& otherwise = "strongest") {
  const std::string text = text_option(options, key, otherwise);
  return text == otherwise ? std::nullopt : std::optional(integer_option(options, key, 0, 0));
}

Method make_deep_feature_factorisation(const OptionValues& options) {
  const FactorOptions usual;
  const FactorOptions factors{.components = integer_option(options, "components", usual.components),
                              .iterations = integer_option(options, "iterations", usual.iterations),
                              .seed = seed_of(options)};
  const std::optional<std::int64_t> component = named_index(options, "component", "best");
  return make_for_layers(options, [&](const std::string& layer) {
    return std::make_shared<const DeepFeatureFactorisation>(DeepFeatureFactorisationOptions{
        .layer = layer, .factors = factors, .component = component});
  });
}

Method make_deconvnet_unit(const OptionValues& options) {
  constexpr std::array<std::string_view, 2> kStarts{"activation", "one"};
  return std::make_shared<const DeconvnetUnit>(
      DeconvnetUnitOptions{.layer = text_option(options, "layer", "auto"),
                           .channel = named_index(options, "channel"),
                           .row = named_index(options, "row"),
                           .column = named_index(options, "column"),
                           .unit_start = choice_option(options, "start", kStarts) == 1});
}

using Factory = Method (*)(const OptionValues&);
constexpr Factory kFactories[] = {
    make_plain<Cam>,
    make_layer_method<GradCam>,
    make_grad_cam_plus_plus,
    make_smooth_grad_cam_plus_plus,
    make_layer_method<XGradCam>,
    make_layer_method<LayerCam>,
    make_layer_method<ShapleyCam>,
    make_layer_method<HiResCam>,
    make_layer_method<ElementWiseGradCam>,
    make_finer_cam,
    make_layer_method<Counterfactual>,
    make_eigen_cam,
    make_eigen_grad_cam,
    make_deep_feature_factorisation,
    make_full_grad,
    make_plain<GuidedBackpropagation>,
    make_guided_grad_cam,
    make_plain<Deconvnet>,
    make_deconvnet_unit,
    make_plain<Saliency>,
    make_plain<InputXGradient>,
    make_smooth_grad,
    make_integrated_gradients,
    make_gradient_shap,
    make_deep_lift,
    make_lrp,
    make_deep_taylor,
};

struct Entry {
  std::function<Method(const OptionValues&, const ProgressFunction&)> make;
  Method by_default;
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> table = [] {
    std::vector<Entry> rows;
    for (const Factory make : kFactories) {
      rows.push_back(
          {[make](const auto& options, const auto&) { return make(options); }, make({})});
    }
    for (const ScoringFactory make : scoring_factories()) rows.push_back({make, make({}, {})});
    return rows;
  }();
  return table;
}

const Entry& find_entry(std::string_view name) {
  for (const Entry& entry : entries()) {
    if (entry.by_default->info().name == name) return entry;
  }
  throw LookupError(unknown_name_message("method", name, method_names()));
}

void check_keys(const MethodInfo& info, const OptionValues& options) {
  std::vector<std::string> keys;
  for (const OptionInfo& option : info.options) keys.push_back(option.key);
  for (const auto& [key, value] : options) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    throw LookupError("method \"" + info.name + "\": " +
                      (keys.empty() ? "it has no options, got \"" + key + "\""
                                    : unknown_name_message("option", key, keys)));
  }
}

}  // namespace

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries()) names.push_back(entry.by_default->info().name);
  return names;
}

const MethodInfo& method_info(std::string_view name) { return find_entry(name).by_default->info(); }

std::shared_ptr<const Explainer> make_method(std::string_view name, const OptionValues& options,
                                             const ProgressFunction& progress) {
  const Entry& entry = find_entry(name);
  check_keys(entry.by_default->info(), options);
  return entry.make(options, progress);
}

}  // namespace cameo::explain
