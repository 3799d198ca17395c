/// Element-wise evaluation of known integers, what shape arithmetic is made of.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "zoo/onnx/call.h"

namespace cameo::zoo::onnx {

/// The values repeated to `shape` as NumPy broadcasts.
std::vector<std::int64_t> broadcast_integers(const Constant& constant, const Shape& shape);
/// The shape known inputs broadcast to, for one of the batch sizes.
Shape known_broadcast_shape(const Call& call, std::size_t sample);

/// f over two known integer inputs.
template <typename F>
Value& evaluate_integers(Call& call, F f) {
  const auto evaluate = [&](std::size_t sample) {
    const Shape shape = known_broadcast_shape(call, sample);
    std::vector<std::int64_t> a = broadcast_integers(call.known(0, sample), shape);
    const std::vector<std::int64_t> b = broadcast_integers(call.known(1, sample), shape);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = f(a[i], b[i]);
    return Constant(shape, std::move(a));
  };
  return call.constants({evaluate(0), evaluate(1)});
}

}  // namespace cameo::zoo::onnx
