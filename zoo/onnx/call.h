/// One node of a graph, as the operator table sees it.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "zoo/onnx/importer.h"

namespace cameo::zoo::onnx {

/// The inputs and attributes of one node, and the ways to make its outputs. Throws ArgumentError or
/// ShapeError when the node asks for something impossible.
class Call {
 public:
  Call(const GraphNode& node, Importer& importer) : node_(node), importer_(importer) {}

  std::int64_t opset() const { return importer_.opset(); }
  const BatchSizes& batch() const { return importer_.batch(); }
  const GraphNode& node() const { return node_; }

  std::size_t input_count() const { return node_.inputs.size(); }
  /// False for an optional input that is left out.
  bool has(std::size_t i) const { return i < input_count() && !node_.inputs[i].empty(); }
  Value& input(std::size_t i) const;
  Values inputs() const;
  /// True when every input is a known integer tensor.
  bool all_integers() const;
  /// The values of an input that must be known; throws when it is not, or depends on the batch.
  std::vector<std::int64_t> known_integers(std::size_t i) const;
  std::vector<float> known_floats(std::size_t i) const;
  /// The same for one of the batch sizes.
  const Constant& known(std::size_t i, std::size_t sample) const;

  bool has_attribute(std::string_view name) const { return node_.attributes.contains(name); }
  std::int64_t integer(std::string_view name, std::int64_t fallback);
  float number(std::string_view name, float fallback);
  std::string text(std::string_view name, std::string_view fallback);
  std::vector<std::int64_t> integers(std::string_view name,
                                     const std::vector<std::int64_t>& fallback = {});
  std::vector<float> numbers(std::string_view name);
  const Constant* tensor(std::string_view name);
  /// Marks an attribute that has no effect here.
  void ignore(std::string_view name) { read_.emplace(name); }
  /// Throws when the node has an attribute that nobody asked for.
  void check_all_read() const;

  /// Computes; inputs are floating-point.
  Value& apply(const std::shared_ptr<const Op>& op, const Values& inputs);
  template <typename T, typename Options>
  Value& apply(Options options, const Values& inputs) {
    return apply(std::make_shared<T>(std::move(options)), inputs);
  }
  /// Moves elements without changing them, so that known integers can take part.
  Value& move(const std::shared_ptr<const Op>& op, const Values& inputs);
  template <typename T, typename Options>
  Value& move(Options options, const Values& inputs) {
    return move(std::make_shared<T>(std::move(options)), inputs);
  }
  /// Reshapes to the targets (one -1 and 0 for "as it was" allowed), leaving the batch free.
  Value& reshape(Value& x, const PerBatch<Shape>& targets);
  Value& constant(Constant value);
  /// One value for each batch size.
  Value& constants(PerBatch<Constant> values);
  /// The value itself, or known integers as floats.
  Value& as_floats(Value& value);
  Value& scalar(float value) { return constant(Constant(Tensor(Shape{}, value))); }

  [[noreturn]] void fail(const std::string& what) const;

 private:
  template <typename T>
  const T* attribute(std::string_view name);

  const GraphNode& node_;
  Importer& importer_;
  std::set<std::string, std::less<>> read_;
};

}  // namespace cameo::zoo::onnx
