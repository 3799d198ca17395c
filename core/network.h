/// A graph of named values.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/op.h"
#include "core/tensor.h"

namespace cameo {

/// Index of a node, and so of the value it makes, in Network::nodes().
using ValueId = std::int32_t;

/// One value: the output of an op, a parameter, or (neither) the input of the network.
struct Node {
  std::string name;  ///< dotted like a state_dict key: "layer4.1.conv2", "fc.weight"
  std::shared_ptr<const Op> op{};
  std::vector<ValueId> inputs{};
  Tensor parameter{};
  /// False for parameters that training does not differentiate, such as running statistics.
  bool trainable = true;
  std::string alias{};  ///< another name Network::find() takes, unless a node has it as its own

  bool is_parameter() const { return parameter.defined(); }
};

struct BetweenRuns;

/// A network's own: a copy starts with nothing.
class OwnBetweenRuns {
 public:
  OwnBetweenRuns();
  OwnBetweenRuns(const OwnBetweenRuns&) : OwnBetweenRuns() {}
  OwnBetweenRuns(OwnBetweenRuns&&) = default;
  OwnBetweenRuns& operator=(const OwnBetweenRuns& other);
  OwnBetweenRuns& operator=(OwnBetweenRuns&&) = default;
  ~OwnBetweenRuns() = default;
  BetweenRuns& operator*() const { return *kept_; }
  BetweenRuns* operator->() const { return kept_.get(); }

 private:
  std::shared_ptr<BetweenRuns> kept_;
};

/// Nodes in topological order and the values of their parameters; nothing of any run. Const after
/// construction but for its parameters, so any number of threads may run one network at once.
class Network {
 public:
  /// Throws ArgumentError unless names are unique, every node's inputs precede it and the input and
  /// output exist. `input_shape` is one picture without the batch, `[C,H,W]`; its height and width
  /// are the usual ones, not the only ones.
  Network(std::vector<Node> nodes, ValueId input, ValueId output, Shape input_shape);

  std::span<const Node> nodes() const { return nodes_; }
  const Node& node(ValueId id) const;
  ValueId input() const { return input_; }
  ValueId output() const { return output_; }
  const Shape& input_shape() const { return input_shape_; }

  /// The value of that name or alias; the name of a module ("layer4") means its output, the last op
  /// whose name begins with it and a dot. Throws LookupError naming the closest matches.
  ValueId find(std::string_view name) const;
  bool contains(std::string_view name) const;
  /// Every parameter in node order; `trainable_only` leaves out running statistics.
  std::vector<ValueId> parameters(bool trainable_only = false) const;

  /// The optimizers' and importers' only way in; the shape must be the old one (ShapeError).
  /// Must not be called while another thread runs the network.
  void set_parameter(ValueId id, Tensor value);
  /// The same for a change in place, to be made at once; copies first when a tape or a snapshot
  /// shares the values.
  std::span<float> mutable_parameter(ValueId id);

  /// What runs keep between them: their plans, and weights in the form that kernels read
  /// (core/between_runs.h). Safe from many threads.
  BetweenRuns& between_runs() const { return *between_runs_; }

  /// Shapes of all values for an input of the given shape `[N,C,H,W]`, by ValueId. Throws
  /// ShapeError naming the node.
  std::vector<Shape> infer_shapes(const Shape& input) const;
  /// The same where the shapes of some values are given, whatever makes them; values that cannot be
  /// told from these and the parameters stay empty.
  std::vector<std::optional<Shape>> infer_shapes_from(const std::map<ValueId, Shape>& given) const;

 private:
  std::vector<Node> nodes_;
  ValueId input_;
  ValueId output_;
  Shape input_shape_;
  std::unordered_map<std::string, ValueId> by_name_;
  OwnBetweenRuns between_runs_;
};

}  // namespace cameo
