/// Small whole-tensor arithmetic shared by ops, rules and explanation methods.
#pragma once

#include <utility>

#include "core/parallel.h"
#include "core/tensor.h"

namespace cameo {

/// Elements per piece below which waking another thread does not pay.
inline constexpr std::int64_t kElementwiseGrain = 16384;

/// `result[i] = f(x[i])`, in place where `x` is moved from and held by nobody else.
template <typename F>
Tensor map(Tensor x, F f) {
  const float* in = x.data().data();
  Tensor result = Tensor::in_place_of(std::move(x));
  float* out = result.mutable_data().data();
  parallel_for(result.size(), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) out[i] = f(in[i]);
  });
  return result;
}

/// `result[i] = f(x[i], y[i])`, in place where `y` is moved from and held by nobody else; throws
/// ShapeError unless the shapes are equal.
void check_same_shape(const char* what, const Tensor& x, const Tensor& y);
template <typename F>
Tensor zip(const Tensor& x, Tensor y, F f) {
  check_same_shape("elementwise", x, y);
  const float* a = x.data().data();
  const float* b = y.data().data();
  Tensor result = Tensor::in_place_of(std::move(y));
  float* out = result.mutable_data().data();
  parallel_for(result.size(), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) out[i] = f(a[i], b[i]);
  });
  return result;
}

/// max(x, 0); NaN passes through.
Tensor relu(const Tensor& x);
/// `y` where `x` > 0, else 0.
Tensor where_positive(const Tensor& x, const Tensor& y);
/// sum += x; throws ShapeError unless the shapes are equal.
void add_in_place(Tensor& sum, const Tensor& x);
/// Sum of all values, accumulated in double in index order.
double sum(const Tensor& x);
bool all_finite(const Tensor& x);

}  // namespace cameo
