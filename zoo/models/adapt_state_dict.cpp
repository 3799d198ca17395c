#include "zoo/models/adapt_state_dict.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "zoo/models/transform_input.h"

namespace cameo::zoo {

namespace {

/// Gives every tensor the name `new_name` makes of its own; the empty name removes it. Where two
/// tensors would share a name, both keep the one they have.
template <typename NewName>
StateDict renamed(StateDict state, NewName new_name) {
  StateDict result;
  while (!state.empty()) {
    auto tensor = state.extract(state.begin());
    std::string name = new_name(tensor.key());
    if (name.empty()) continue;
    if (!state.contains(name) && !result.contains(name)) tensor.key() = std::move(name);
    result.insert(std::move(tensor));
  }
  return result;
}

bool all_begin_with(const StateDict& state, std::string_view prefix) {
  return std::all_of(state.begin(), state.end(),
                     [&](const auto& item) { return item.first.starts_with(prefix); });
}

StateDict without_module_prefix(StateDict state) {
  constexpr std::string_view kPrefix = "module.";
  if (!all_begin_with(state, kPrefix)) return state;
  return renamed(std::move(state),
                 [&](const std::string& name) { return name.substr(kPrefix.size()); });
}

StateDict without_batch_counts(StateDict state) {
  std::erase_if(state,
                [](const auto& item) { return item.first.ends_with("num_batches_tracked"); });
  return state;
}

/// "….denselayer7.norm.1.weight" to "….denselayer7.norm1.weight".
std::string dense_layer_name(const std::string& name) {
  const std::size_t layer = name.find(".denselayer");
  if (layer == std::string::npos) return name;
  for (const std::string_view part : {".norm.1.", ".norm.2.", ".conv.1.", ".conv.2."}) {
    const std::size_t found = name.find(part, layer);
    if (found == std::string::npos) continue;
    const std::size_t dot = found + part.size() - 3;
    return name.substr(0, dot) + name.substr(dot + 1);
  }
  return name;
}

StateDict with_inception_names(StateDict state, std::string_view first_weight) {
  constexpr std::array<std::string_view, 3> kAuxiliary = {"aux1.", "aux2.", "AuxLogits."};
  std::erase_if(state, [&](const auto& item) {
    return std::any_of(kAuxiliary.begin(), kAuxiliary.end(),
                       [&](std::string_view prefix) { return item.first.starts_with(prefix); });
  });
  const auto weight = state.find(first_weight);
  if (weight != state.end() && weight->second.rank() == 4 && weight->second.dim(1) == 3) {
    state.try_emplace("transform_input.scale", TransformInput::scale());
    state.try_emplace("transform_input.shift", TransformInput::shift());
  }
  return state;
}

}  // namespace

StateDict adapt_state_dict(std::string_view architecture, StateDict state) {
  state = without_batch_counts(without_module_prefix(std::move(state)));
  if (architecture.starts_with("densenet")) return renamed(std::move(state), dense_layer_name);
  if (architecture.starts_with("googlenet")) {
    return with_inception_names(std::move(state), "conv1.conv.weight");
  }
  if (architecture.starts_with("inception_v3")) {
    return with_inception_names(std::move(state), "Conv2d_1a_3x3.conv.weight");
  }
  return state;
}

}  // namespace cameo::zoo
