#include "explain/registry.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/names.h"
#include "explain/cam.h"
#include "explain/deconvnet.h"
#include "explain/grad_cam.h"
#include "explain/guided_backpropagation.h"
#include "explain/guided_grad_cam.h"
#include "explain/input_x_gradient.h"
#include "explain/saliency.h"

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

using Factory = Method (*)(const OptionValues&);
constexpr std::array<Factory, 7> kFactories{
    make_plain<Cam>,           make_grad_cam,         make_plain<GuidedBackpropagation>,
    make_guided_grad_cam,      make_plain<Deconvnet>, make_plain<Saliency>,
    make_plain<InputXGradient>};

struct Entry {
  Factory make;
  Method by_default;
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> table = [] {
    std::vector<Entry> rows;
    rows.reserve(kFactories.size());
    for (const Factory make : kFactories) rows.push_back({make, make({})});
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

std::shared_ptr<const Explainer> make_method(std::string_view name, const OptionValues& options) {
  const Entry& entry = find_entry(name);
  check_keys(entry.by_default->info(), options);
  return entry.make(options);
}

}  // namespace cameo::explain
