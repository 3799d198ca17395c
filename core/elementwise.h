/// Small whole-tensor arithmetic shared by ops, rules and explanation methods.
#pragma once

#include <utility>

#include "core/parallel.h"
#include "core/tensor.h"

namespace cameo {

/// Elements per piece below which waking another thread does not pay.
inline constexpr std::int64_t kElementwiseGrain = 16384;

/// `kernel(count, x, result)` for pieces of both, in place where `x` is moved from and held by
/// nobody else.
template <typename Kernel>
Tensor map_pieces(Tensor x, Kernel kernel) {
  const float* in = x.data().data();
  Tensor result = Tensor::in_place_of(std::move(x));
  float* out = result.mutable_data().data();
  parallel_for(result.size(), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
    kernel(end - begin, in + begin, out + begin);
  });
  return result;
}

/// `result[i] = f(x[i])`, in place as above.
template <typename F>
Tensor map(Tensor x, F f) {
  return map_pieces(std::move(x), [f](std::int64_t count, const float* in, float* out) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = f(in[i]);
  });
}

/// `kernel(count, x, y, result)` for pieces of the three, in place where `y` is moved from and held
/// by nobody else; throws ShapeError unless the shapes are equal.
void check_same_shape(const char* what, const Tensor& x, const Tensor& y);
template <typename Kernel>
Tensor zip_pieces(const Tensor& x, Tensor y, Kernel kernel) {
  check_same_shape("elementwise", x, y);
  const float* a = x.data().data();
  const float* b = y.data().data();
  Tensor result = Tensor::in_place_of(std::move(y));
  float* out = result.mutable_data().data();
  parallel_for(result.size(), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
    kernel(end - begin, a + begin, b + begin, out + begin);
  });
  return result;
}

/// `result[i] = f(x[i], y[i])`, in place and with the same check as above.
template <typename F>
Tensor zip(const Tensor& x, Tensor y, F f) {
  return zip_pieces(x, std::move(y),
                    [f](std::int64_t count, const float* a, const float* b, float* out) {
                      for (std::int64_t i = 0; i < count; ++i) out[i] = f(a[i], b[i]);
                    });
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
