#include "core/ops/check.h"

namespace cameo::ops {

namespace {

std::string message(std::string_view op, std::string_view expected, std::string_view got) {
  return std::string(op).append(": expected ").append(expected).append(", got ").append(got);
}

}  // namespace

void throw_shape_error(std::string_view op, std::string_view expected, std::string_view got) {
  throw ShapeError(message(op, expected, got));
}

void throw_argument_error(std::string_view op, std::string_view expected, std::string_view got) {
  throw ArgumentError(message(op, expected, got));
}

void check_input_count(std::string_view op, std::span<const Shape> inputs, std::size_t least,
                       std::size_t most) {
  if (inputs.size() >= least && inputs.size() <= most) return;
  std::string expected = std::to_string(least);
  if (most != least) expected += " to " + std::to_string(most);
  throw_shape_error(op, expected + " inputs", std::to_string(inputs.size()));
}

void check_rank(std::string_view op, std::string_view what, const Shape& shape, std::size_t rank) {
  if (shape.size() == rank) return;
  throw_shape_error(op, std::string(what) + " of rank " + std::to_string(rank), to_string(shape));
}

void check_shape(std::string_view op, std::string_view what, const Shape& shape,
                 const Shape& expected) {
  if (shape == expected) return;
  throw_shape_error(op, std::string(what) + " of shape " + to_string(expected), to_string(shape));
}

Shape checked_output(std::string_view op, Shape shape) {
  try {
    static_cast<void>(element_count(shape));
  } catch (const ShapeError& error) {
    throw ShapeError(std::string(op) + ": output: " + error.what());
  }
  return shape;
}

std::size_t checked_axis(std::string_view op, std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count) {
    throw_argument_error(op, "an axis of a tensor of rank " + std::to_string(rank),
                         std::to_string(axis));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

std::vector<Shape> shapes_of(std::span<const Tensor> inputs) {
  std::vector<Shape> shapes;
  shapes.reserve(inputs.size());
  for (const Tensor& input : inputs) shapes.push_back(input.shape());
  return shapes;
}

}  // namespace cameo::ops
