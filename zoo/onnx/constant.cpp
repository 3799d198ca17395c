#include "zoo/onnx/constant.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace cameo::zoo::onnx {

Constant::Constant(Tensor floats) : shape_(floats.shape()), values_(std::move(floats)) {}

Constant::Constant(Shape shape, std::vector<std::int64_t> integers)
    : shape_(std::move(shape)), values_(std::move(integers)) {
  if (element_count(shape_) != size()) {
    throw ShapeError(std::to_string(size()) + " integers do not fill " + to_string(shape_));
  }
}

std::int64_t Constant::size() const {
  if (const auto* floats = std::get_if<Tensor>(&values_)) return floats->size();
  return static_cast<std::int64_t>(std::get<std::vector<std::int64_t>>(values_).size());
}

const Tensor& Constant::floats() const {
  if (const auto* floats = std::get_if<Tensor>(&values_)) return *floats;
  throw ArgumentError("floating-point values were expected, got integers");
}

const std::vector<std::int64_t>& Constant::integers() const {
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&values_)) return *integers;
  throw ArgumentError("integers were expected, got floating-point values");
}

Tensor Constant::as_floats() const {
  if (is_float()) return floats();
  Tensor result = Tensor::uninitialized(shape_);
  std::transform(integers().begin(), integers().end(), result.mutable_data().begin(),
                 [](std::int64_t value) { return static_cast<float>(value); });
  return result;
}

bool same_values(const Constant& a, const Constant& b) {
  if (a.is_float() != b.is_float() || a.shape() != b.shape()) return false;
  if (!a.is_float()) return a.integers() == b.integers();
  return a.floats().shares_storage(b.floats()) ||
         std::equal(a.floats().data().begin(), a.floats().data().end(), b.floats().data().begin());
}

}  // namespace cameo::zoo::onnx
