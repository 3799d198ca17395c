#include "core/tape.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "core/elementwise.h"
#include "core/error.h"

namespace cameo {

namespace {

std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }

void check_ids(const Network& network, const std::vector<ValueId>& ids) {
  for (const ValueId id : ids) static_cast<void>(network.node(id));
}

/// By ValueId: is the value in `wrt`, or does it depend on one that is?
std::vector<char> values_on_path(const Network& network, std::span<const ValueId> wrt) {
  std::vector<char> on_path(network.nodes().size(), 0);
  for (const ValueId id : wrt) on_path[index_of(id)] = 1;
  for (std::size_t i = 0; i < on_path.size(); ++i) {
    for (const ValueId source : network.nodes()[i].inputs) {
      if (on_path[index_of(source)]) on_path[i] = 1;
    }
  }
  return on_path;
}

/// Per input of one node: is its gradient wanted? (std::vector<bool> has no storage to span.)
class Needs {
 public:
  Needs(const Node& node, const std::vector<char>& on_path)
      : flags_(std::make_unique<bool[]>(node.inputs.size())), count_(node.inputs.size()) {
    for (std::size_t k = 0; k < count_; ++k) {
      flags_[k] = on_path[index_of(node.inputs[k])] != 0;
      any_ = any_ || flags_[k];
    }
  }
  bool any() const { return any_; }
  bool operator[](std::size_t k) const { return flags_[k]; }
  std::span<const bool> view() const { return {flags_.get(), count_}; }

 private:
  std::unique_ptr<bool[]> flags_;
  std::size_t count_;
  bool any_ = false;
};

}  // namespace

/// Fills a Tape: plans which values are kept, then runs the nodes in order.
class ForwardPass {
 public:
  ForwardPass(const Network& network, const Request& request)
      : network_(network), request_(request), tape_(network) {
    check_ids(network, request.keep);
    check_ids(network, request.wrt);
  }

  Tape run(const std::map<ValueId, Tensor>& given) && {
    infer_shapes(given);
    tape_.wrt_ = request_.wrt;
    on_path_ = values_on_path(network_, request_.wrt);
    plan_lifetimes(given);
    const std::size_t count = network_.nodes().size();
    tape_.values_.resize(count);
    tape_.residuals_.resize(count);
    tape_.ran_.assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (last_use_[i] < 0) continue;
      tape_.ran_[i] = 1;
      const auto value = given.find(static_cast<ValueId>(i));
      tape_.values_[i] = value != given.end() ? value->second : compute(i);
      free_after(i);
    }
    return std::move(tape_);
  }

 private:
  void infer_shapes(const std::map<ValueId, Tensor>& given) {
    std::map<ValueId, Shape> shapes;
    for (const auto& [id, value] : given) {
      static_cast<void>(network_.node(id));
      shapes[id] = value.shape();
    }
    for (std::optional<Shape>& shape : network_.infer_shapes_from(shapes)) {
      tape_.shapes_.push_back(std::move(shape).value_or(Shape{}));
    }
  }

  /// last_use_[v]: the last node that reads v, kForever when it stays, -1 when nobody wants it at
  /// all.
  void plan_lifetimes(const std::map<ValueId, Tensor>& given) {
    const auto nodes = network_.nodes();
    last_use_.assign(nodes.size(), -1);
    if (request_.keep.empty()) last_use_[index_of(network_.output())] = kForever;
    for (const ValueId id : request_.keep) last_use_[index_of(id)] = kForever;
    for (std::size_t i = nodes.size(); i-- > 0;) {
      const Node& node = nodes[i];
      if (node.is_parameter()) last_use_[i] = kForever;
      if (last_use_[i] < 0 || !node.op || given.count(static_cast<ValueId>(i)) > 0) continue;
      for (const ValueId source : node.inputs) extend(source, static_cast<std::int64_t>(i));
      if (request_.keep_all) last_use_[i] = kForever;
      const Needs needs(node, on_path_);
      if (!needs.any()) continue;
      const Reads reads = node.op->reads(needs.view());
      for (const std::size_t k : reads.inputs) extend(node.inputs.at(k), kForever);
      if (reads.output) last_use_[i] = kForever;
    }
    if (!request_.keep_all) return;
    for (const auto& entry : given) last_use_[index_of(entry.first)] = kForever;
  }

  void extend(ValueId id, std::int64_t until) {
    last_use_[index_of(id)] = std::max(last_use_[index_of(id)], until);
  }

  /// A value that was not given.
  Tensor compute(std::size_t i) {
    const Node& node = network_.nodes()[i];
    if (node.op) return run_node(i);
    if (node.is_parameter()) return node.parameter;
    throw ArgumentError("tape: \"" + node.name +
                        "\" is neither given nor follows from what is given");
  }

  Tensor run_node(std::size_t i) {
    const Node& node = network_.nodes()[i];
    std::vector<Tensor> inputs;
    inputs.reserve(node.inputs.size());
    for (const ValueId source : node.inputs) inputs.push_back(tape_.values_[index_of(source)]);
    std::map<std::size_t, Tensor> updates;
    const RunContext context{
        .training = request_.training,
        .seed = request_.seed * 0x9E3779B97F4A7C15ULL + i,
        .residuals = Needs(node, on_path_).any() ? &tape_.residuals_[i] : nullptr,
        .updates = request_.training ? &updates : nullptr,
    };
    Tensor output = node.op->forward(inputs, context);
    for (auto& [k, value] : updates) tape_.updates_[node.inputs.at(k)] = std::move(value);
    return output;
  }

  void free_after(std::size_t i) {
    for (const ValueId source : network_.nodes()[i].inputs) {
      if (last_use_[index_of(source)] == static_cast<std::int64_t>(i)) {
        tape_.values_[index_of(source)] = Tensor();
      }
    }
  }

  static constexpr std::int64_t kForever = INT64_MAX;
  const Network& network_;
  const Request& request_;
  Tape tape_;
  std::vector<char> on_path_;
  std::vector<std::int64_t> last_use_;
};

Tape forward(const Network& network, const Tensor& input, const Request& request) {
  return forward_from(network, {{network.input(), input}}, request);
}

Tape forward_from(const Network& network, const std::map<ValueId, Tensor>& given,
                  const Request& request) {
  return ForwardPass(network, request).run(given);
}

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
  if (seed.shape() != shapes_[index_of(of)]) {
    throw ShapeError("tape: the seed for \"" + name + "\" must have shape " +
                     to_string(shapes_[index_of(of)]) + ", got " + to_string(seed.shape()));
  }
}

std::vector<Tensor> Tape::node_vjp(ValueId id, const Tensor& grad, const std::vector<char>& on_path,
                                   const VjpOverrides& overrides) const {
  const std::size_t i = index_of(id);
  const Node& node = network_->nodes()[i];
  const Needs needs(node, on_path);
  std::vector<Tensor> inputs;
  std::vector<Shape> input_shapes;
  for (const ValueId source : node.inputs) {
    inputs.push_back(values_[index_of(source)]);
    input_shapes.push_back(shapes_[index_of(source)]);
  }
  std::vector<Tensor> input_grads(node.inputs.size());
  const VjpContext context{.inputs = inputs,
                           .input_shapes = input_shapes,
                           .output = values_[i],
                           .residuals = residuals_[i],
                           .grad = grad,
                           .needs = needs.view(),
                           .input_grads = input_grads,
                           .op = node.op.get()};
  const auto rule = overrides.find(node.op->type());
  try {
    rule == overrides.end() ? node.op->vjp(context) : rule->second(context);
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
  grads[index_of(of)] = seed;
  for (const ValueId id : backward_order(of, wrt)) {
    const std::vector<Tensor> input_grads = node_vjp(id, grads[index_of(id)], on_path, overrides);
    const bool wanted = std::find(wrt.begin(), wrt.end(), id) != wrt.end();
    if (!wanted) grads[index_of(id)] = Tensor();
    const std::vector<ValueId>& sources = network_->nodes()[index_of(id)].inputs;
    for (std::size_t k = 0; k < sources.size(); ++k) {
      if (!input_grads[k].defined()) continue;
      Tensor& grad = grads[index_of(sources[k])];
      if (grad.defined()) {
        add_in_place(grad, input_grads[k]);
      } else {
        grad = input_grads[k];
      }
    }
  }
  Gradients result;
  for (const ValueId id : wrt) {
    Tensor& grad = grads[index_of(id)];
    result[id] = grad.defined() ? grad : Tensor(shapes_[index_of(id)]);
  }
  return result;
}

}  // namespace cameo
