#include "zoo/models/transform_input.h"

#include <array>
#include <memory>

#include "core/ops/add.h"
#include "core/ops/mul.h"

namespace cameo::zoo {

namespace {

constexpr std::array<double, 3> kMean = {0.485, 0.456, 0.406};
constexpr std::array<double, 3> kStd = {0.229, 0.224, 0.225};
constexpr double kHalf = 0.5;

ValueId constant(Builder& builder, std::string_view name, const Tensor& value) {
  const Initializer given = [value](const Shape&, Random&) { return value; };
  return builder.parameter(name, value.shape(), given, false);
}

}  // namespace

Tensor TransformInput::scale() {
  Tensor tensor({1, 3, 1, 1});
  for (std::size_t c = 0; c < 3; ++c) {
    tensor.mutable_data()[c] = static_cast<float>(kStd[c] / kHalf);
  }
  return tensor;
}

Tensor TransformInput::shift() {
  Tensor tensor({1, 3, 1, 1});
  for (std::size_t c = 0; c < 3; ++c) {
    tensor.mutable_data()[c] = static_cast<float>((kMean[c] - kHalf) / kHalf);
  }
  return tensor;
}

ValueId TransformInput::build(Builder& builder, std::string_view name, ValueId x) const {
  if (builder.shape_of(x).at(1) != 3) return x;
  const Builder::Scope scope = builder.scope(name);
  const ValueId factor = constant(builder, "scale", TransformInput::scale());
  const ValueId offset = constant(builder, "shift", TransformInput::shift());
  const ValueId scaled = builder.apply("mul", std::make_shared<ops::Mul>(), {x, factor});
  return builder.apply("", std::make_shared<ops::Add>(), {scaled, offset});
}

}  // namespace cameo::zoo
