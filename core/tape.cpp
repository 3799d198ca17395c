#include "core/tape.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/between_runs.h"
#include "core/elementwise.h"
#include "core/error.h"
#include "core/graph_paths.h"
#include "core/ops/conv.h"

namespace cameo {

std::vector<ValueId> values_beside(const Network& network, ValueId layer, ValueId of) {
  static_cast<void>(network.node(of));
  static_cast<void>(network.node(layer));
  const std::vector<char> after_layer = values_on_path(network, std::span(&layer, 1));
  std::vector<char> wanted(network.nodes().size(), 0);
  wanted[index_of(of)] = 1;
  std::vector<ValueId> beside;
  for (ValueId id = of; id >= 0; --id) {
    const Node& node = network.node(id);
    if (!wanted[index_of(id)] || id == layer) continue;
    if (after_layer[index_of(id)]) {
      for (const ValueId source : node.inputs) wanted[index_of(source)] = 1;
    } else if (!node.is_parameter()) {
      beside.push_back(id);
    }
  }
  return beside;
}

const Tensor& Tape::value(ValueId id) const {
  const Node& node = network_->node(id);
  if (!values_[index_of(id)].defined()) {
    throw ArgumentError("tape: the value of \"" + node.name + "\" was not kept");
  }
  return values_[index_of(id)];
}

const Tensor& Tape::output() const { return value(network_->output()); }

std::vector<ValueId> Tape::alive() const {
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (values_[i].defined() && !network_->nodes()[i].is_parameter()) {
      ids.push_back(static_cast<ValueId>(i));
    }
  }
  return ids;
}

std::vector<ValueId> Tape::backward_order(ValueId of, std::span<const ValueId> wrt) const {
  static_cast<void>(network_->node(of));
  const std::vector<char> on_path = values_on_path(*network_, wrt.empty() ? wrt_ : wrt);
  std::vector<char> reached(values_.size(), 0);
  reached[index_of(of)] = 1;
  std::vector<ValueId> order;
  for (ValueId id = of; id >= 0; --id) {
    const Node& node = network_->nodes()[index_of(id)];
    if (!reached[index_of(id)] || !node.op) continue;
    bool visited = false;
    for (const ValueId source : node.inputs) {
      if (!on_path[index_of(source)]) continue;
      reached[index_of(source)] = 1;
      visited = true;
    }
    if (visited) order.push_back(id);
  }
  return order;
}

void Tape::check_backward(ValueId of, const Tensor& seed, std::span<const ValueId> wrt) const {
  const std::string& name = network_->node(of).name;
  if (!ran_[index_of(of)]) throw ArgumentError("tape: \"" + name + "\" was not part of the run");
  if (wrt_.empty()) throw ArgumentError("tape: backward needs a request with wrt");
  for (const ValueId id : wrt) {
    if (std::find(wrt_.begin(), wrt_.end(), id) == wrt_.end()) {
      throw ArgumentError("tape: \"" + network_->node(id).name + "\" is not in the request's wrt");
    }
  }
  if (seed.shape() != plan_->shapes[index_of(of)]) {
    throw ShapeError("tape: the seed for \"" + name + "\" must have shape " +
                     to_string(plan_->shapes[index_of(of)]) + ", got " + to_string(seed.shape()));
  }
}

void Tape::own_vjp(ValueId id, const VjpContext& context) const {
  const Op& op = *network_->node(id).op;
  if (op.type() != "Conv") return op.vjp(context);
  const std::optional<NodeWeights> weights = node_weights(id);
  static_cast<const ops::Conv&>(op).vjp(context, weights ? &*weights : nullptr);
}

std::optional<NodeWeights> Tape::node_weights(ValueId id) const {
  const Node& node = network_->node(id);
  if (training_) return std::nullopt;
  const ValueId weight = node.inputs[1];
  const Tensor& used = values_[index_of(weight)];
  const Tensor& parameter = network_->node(weight).parameter;
  if (!used.defined() || !parameter.defined() || !used.shares_storage(parameter)) {
    return std::nullopt;
  }
  return NodeWeights{.kept = network_->between_runs().weights, .node = id, .weight = weight};
}

ValueId Tape::rectified_normalization(ValueId id, const VjpOverrides& overrides) const {
  const NormalizedSum& sum = plan_->normalized[index_of(id)];
  if (sum.normalization < 0 || sum.addend >= 0) return -1;
  const bool replaced = overrides.contains("Relu") || overrides.contains("BatchNormalization");
  return replaced ? -1 : sum.normalization;
}

std::vector<Tensor> Tape::node_vjp(ValueId id, Tensor grad, bool rectified,
                                   const std::vector<char>& on_path,
                                   const VjpOverrides& overrides) const {
  const std::size_t i = index_of(id);
  const Node& node = network_->nodes()[i];
  const Needs needs(node, on_path);
  std::vector<Tensor> inputs;
  std::vector<Shape> input_shapes;
  for (const ValueId source : node.inputs) {
    inputs.push_back(values_[index_of(source)]);
    input_shapes.push_back(plan_->shapes[index_of(source)]);
  }
  std::vector<Tensor> input_grads(node.inputs.size());
  const auto rule = overrides.find(node.op->type());
  const bool own = rule == overrides.end();
  const VjpContext context{.inputs = inputs,
                           .input_shapes = input_shapes,
                           .output = values_[i],
                           .residuals = residuals_[i],
                           .grad = grad,
                           .needs = needs.view(),
                           .input_grads = input_grads,
                           .rectified = rectified,
                           .op = node.op.get(),
                           .spent_grad = own ? &grad : nullptr};
  try {
    own ? own_vjp(id, context) : rule->second(context);
  } catch (const Error& error) {
    throw Error("layer \"" + node.name + "\", backward: " + error.what());
  }
  for (std::size_t k = 0; k < input_grads.size(); ++k) {
    if (!needs[k]) {
      input_grads[k] = Tensor();
    } else if (!input_grads[k].defined() || input_grads[k].shape() != input_shapes[k]) {
      throw ShapeError("layer \"" + node.name + "\": the rule for " + std::string(node.op->type()) +
                       " gave input " + std::to_string(k) + " no gradient of shape " +
                       to_string(input_shapes[k]));
    }
  }
  return input_grads;
}

Gradients Tape::backward(ValueId of, const Tensor& seed, const VjpOverrides& overrides,
                         std::span<const ValueId> wrt) const {
  check_backward(of, seed, wrt);
  if (wrt.empty()) wrt = wrt_;
  const std::vector<char> on_path = values_on_path(*network_, wrt);
  std::vector<Tensor> grads(values_.size());
  std::set<ValueId> rectified;
  grads[index_of(of)] = seed;
  for (const ValueId id : backward_order(of, wrt)) {
    const bool wanted = std::find(wrt.begin(), wrt.end(), id) != wrt.end();
    Tensor& kept = grads[index_of(id)];
    Tensor grad = wanted ? kept : std::exchange(kept, {});
    if (const ValueId source = rectified_normalization(id, overrides); source >= 0) {
      grads[index_of(source)] = std::move(grad);
      rectified.insert(source);
      continue;
    }
    std::vector<Tensor> input_grads =
        node_vjp(id, std::move(grad), rectified.contains(id), on_path, overrides);
    const std::vector<ValueId>& sources = network_->nodes()[index_of(id)].inputs;
    for (std::size_t k = 0; k < sources.size(); ++k) {
      if (!input_grads[k].defined()) continue;
      Tensor& sum = grads[index_of(sources[k])];
      if (sum.defined()) {
        add_in_place(sum, input_grads[k]);
      } else {
        sum = std::move(input_grads[k]);
      }
    }
  }
  Gradients result;
  for (const ValueId id : wrt) {
    Tensor& grad = grads[index_of(id)];
    result[id] = grad.defined() ? grad : Tensor(plan_->shapes[index_of(id)]);
  }
  return result;
}

}  // namespace cameo
