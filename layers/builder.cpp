#include "layers/builder.h"

#include <utility>

#include "core/error.h"

namespace cameo {

namespace {

/// FNV-1a: unlike std::hash, the same on every platform.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xCBF29CE484222325ULL;
  for (const char c : text) {
    value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }
  return value;
}

}  // namespace

Builder::Scope::Scope(Builder& builder, std::string_view name)
    : builder_(builder), previous_length_(builder.prefix_.size()) {
  if (!name.empty()) builder_.prefix_.append(name).append(".");
}

Builder::Scope::~Scope() { builder_.prefix_.resize(previous_length_); }

Builder::Scope Builder::scope(std::string_view name) { return {*this, name}; }

ValueId Builder::input(std::string name, Shape picture_shape) {
  if (input_ >= 0) throw ArgumentError("builder: a network has one input");
  Shape shape{1};
  shape.insert(shape.end(), picture_shape.begin(), picture_shape.end());
  static_cast<void>(element_count(shape));
  picture_shape_ = std::move(picture_shape);
  Node node;
  node.name = std::move(name);
  input_ = append(std::move(node), std::move(shape));
  return input_;
}

ValueId Builder::parameter(std::string_view name, Shape shape, const Initializer& initializer,
                           bool trainable) {
  Node node;
  node.name = full_name(name);
  if (seed_) {
    Random random({*seed_, hash(node.name)});
    node.parameter = initializer(shape, random);
  } else {
    node.parameter = Tensor::uninitialized(shape);
  }
  node.trainable = trainable;
  if (node.parameter.shape() != shape) {
    throw ShapeError("parameter \"" + node.name + "\": the initializer made " +
                     to_string(node.parameter.shape()) + " in place of " + to_string(shape));
  }
  return append(std::move(node), std::move(shape));
}

ValueId Builder::apply(std::string_view name, std::shared_ptr<const Op> op,
                       std::vector<ValueId> inputs) {
  Node node;
  node.name = full_name(name);
  std::vector<Shape> input_shapes;
  input_shapes.reserve(inputs.size());
  for (const ValueId id : inputs) input_shapes.push_back(shape_of(id));
  Shape shape;
  try {
    shape = op->infer_shape(input_shapes);
  } catch (const ShapeError& error) {
    throw ShapeError("layer \"" + node.name + "\": " + error.what());
  }
  node.op = std::move(op);
  node.inputs = std::move(inputs);
  return append(std::move(node), std::move(shape));
}

const Shape& Builder::shape_of(ValueId value) const {
  if (value < 0 || static_cast<std::size_t>(value) >= shapes_.size()) {
    throw ArgumentError("builder: there is no value " + std::to_string(value));
  }
  return shapes_[static_cast<std::size_t>(value)];
}

std::string Builder::full_name(std::string_view name) const {
  if (!name.empty()) return prefix_ + std::string(name);
  if (prefix_.empty()) throw ArgumentError("builder: a layer outside every scope needs a name");
  return prefix_.substr(0, prefix_.size() - 1);
}

Network Builder::finish(ValueId output) && {
  if (input_ < 0) throw ArgumentError("builder: the network has no input");
  return Network(std::move(nodes_), input_, output, std::move(picture_shape_));
}

ValueId Builder::append(Node node, Shape shape) {
  nodes_.push_back(std::move(node));
  shapes_.push_back(std::move(shape));
  return static_cast<ValueId>(nodes_.size() - 1);
}

}  // namespace cameo
