#include "zoo/onnx/evaluate.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/ops/broadcast.h"

namespace cameo::zoo::onnx {

namespace {

/// Places up to here are exact as float32.
constexpr std::int64_t kMostElements = std::int64_t{1} << 16;

}  // namespace

Shape known_broadcast_shape(const Call& call, std::size_t sample) {
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < call.input_count(); ++i) {
    shapes.push_back(call.known(i, sample).shape());
  }
  return ops::common_shape(call.node().op_type, shapes);
}

std::vector<std::int64_t> broadcast_integers(const Constant& constant, const Shape& shape) {
  if (std::max(element_count(shape), constant.size()) > kMostElements) {
    throw ArgumentError("evaluates more than " + std::to_string(kMostElements) + " integers");
  }
  Tensor places = Tensor::uninitialized(constant.shape());
  std::iota(places.mutable_data().begin(), places.mutable_data().end(), 0.0F);
  const Tensor repeated = ops::broadcast_to(places, shape);
  std::vector<std::int64_t> values;
  values.reserve(repeated.data().size());
  for (const float place : repeated.data()) {
    values.push_back(constant.integers()[static_cast<std::size_t>(place)]);
  }
  return values;
}

}  // namespace cameo::zoo::onnx
