#include "explain/layer_method.h"

#include <array>

#include "core/elementwise.h"
#include "explain/channels.h"
#include "explain/layers.h"
#include "explain/principal_component.h"
#include "explain/warnings.h"

namespace cameo::explain {

void LayerMethod::prepare(const Network& network, const Shape& picture, ValueId of,
                          Request& request) const {
  const ValueId layer = resolve_layer(network, picture, of, options_.layer);
  request.keep.push_back(layer);
  request.wrt.push_back(layer);
}

Explanation LayerMethod::explain(const Tape& tape, const Target& target) const {
  const ValueId layer = resolve_layer(tape, target.of, options_.layer);
  const Tensor gradient = layer_gradient(tape, target, layer);
  const Tensor parts = contributions(tape.value(layer), gradient);
  Explanation result{
      .method = info().name,
      .kind = MapKind::kLayer,
      .map = {},
      .signed_map = options_.eigen_smooth ? principal_projection(parts) : channel_sum(parts),
      .layer = layer,
      .target = target,
      .logit = score_of(tape, target),
      .warnings = {}};
  result.map = relu(result.signed_map);
  warn_about_gradient(result, gradient);
  warn_about_map(result);
  return result;
}

Tensor LayerMethod::layer_gradient(const Tape& tape, const Target& target, ValueId layer) const {
  const std::array<ValueId, 1> wrt{layer};
  return tape.backward(target.of, seed_for(tape, target), {}, wrt).at(layer);
}

std::vector<OptionInfo> layer_options() {
  return {{"layer", "auto", "the layer to look at; several, as A,B, become one map"},
          {"fuse", "mean", "mean, max or product of several layers' maps"},
          {"augment", "false", "true: the mean over six changed pictures"}};
}

std::vector<OptionInfo> layer_method_options() {
  std::vector<OptionInfo> options = layer_options();
  options.push_back(
      {"eigen-smooth", "false", "true: the channels' first principal component, not their sum"});
  return options;
}

}  // namespace cameo::explain
