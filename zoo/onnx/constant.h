/// Values that are known while a model is read.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "core/tensor.h"

namespace cameo::zoo::onnx {

/// A dense tensor of float32 (every floating-point type of a file) or int64 (every integer type and
/// bool). Cheap to copy where it is float; immutable.
class Constant {
 public:
  explicit Constant(Tensor floats);
  /// Throws ShapeError when the number of values does not fit.
  Constant(Shape shape, std::vector<std::int64_t> integers);

  bool is_float() const { return std::holds_alternative<Tensor>(values_); }
  const Shape& shape() const { return shape_; }
  std::int64_t size() const;
  /// Throws ArgumentError when it holds integers.
  const Tensor& floats() const;
  /// Throws ArgumentError when it holds floats.
  const std::vector<std::int64_t>& integers() const;
  /// Floats, or integers converted.
  Tensor as_floats() const;

 private:
  Shape shape_;
  std::variant<Tensor, std::vector<std::int64_t>> values_;
};

bool same_values(const Constant& a, const Constant& b);

}  // namespace cameo::zoo::onnx
