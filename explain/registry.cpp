#include "explain/registry.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "core/error.h"
#include "core/names.h"
#include "explain/cam.h"
#include "explain/deconvnet.h"
#include "explain/deconvnet_unit.h"
#include "explain/grad_cam.h"
#include "explain/guided_backpropagation.h"
#include "explain/guided_grad_cam.h"
#include "explain/input_x_gradient.h"
#include "explain/saliency.h"
#include "explain/scoring_methods.h"

namespace cameo::explain {

namespace {

using Method = std::shared_ptr<const Explainer>;

std::string layer_of(const OptionValues& options) {
  const auto found = options.find("layer");
  return found == options.end() ? "auto" : found->second;
}

Upsampling upsampling_of(const OptionValues& options) {
  const auto given = options.find("upsampling");
  return given == options.end() ? Upsampling::kHalfPixel : find_upsampling(given->second);
}

template <typename T>
Method make_plain(const OptionValues& /*options*/) {
  return std::make_shared<const T>();
}

Method make_grad_cam(const OptionValues& options) {
  return std::make_shared<const GradCam>(GradCamOptions{.layer = layer_of(options)});
}

Method make_guided_grad_cam(const OptionValues& options) {
  return std::make_shared<const GuidedGradCam>(
      GuidedGradCamOptions{.layer = layer_of(options), .upsampling = upsampling_of(options)});
}

/// Where the option names a number; "strongest" otherwise.
std::optional<std::int64_t> named_index(const OptionValues& options, std::string_view key) {
  const std::string text = text_option(options, key, "strongest");
  return text == "strongest" ? std::nullopt : std::optional(integer_option(options, key, 0, 0));
}

Method make_deconvnet_unit(const OptionValues& options) {
  constexpr std::array<std::string_view, 2> kStarts{"activation", "one"};
  return std::make_shared<const DeconvnetUnit>(
      DeconvnetUnitOptions{.layer = layer_of(options),
                           .channel = named_index(options, "channel"),
                           .row = named_index(options, "row"),
                           .column = named_index(options, "column"),
                           .unit_start = choice_option(options, "start", kStarts) == 1});
}

using Factory = Method (*)(const OptionValues&);
constexpr std::array<Factory, 8> kFactories{make_plain<Cam>,
                                            make_grad_cam,
                                            make_plain<GuidedBackpropagation>,
                                            make_guided_grad_cam,
                                            make_plain<Deconvnet>,
                                            make_plain<Saliency>,
                                            make_plain<InputXGradient>,
                                            make_deconvnet_unit};

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
