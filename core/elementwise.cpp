#include "core/elementwise.h"

#include <cmath>

#include "core/error.h"

namespace cameo {

void check_same_shape(const char* what, const Tensor& x, const Tensor& y) {
  if (x.shape() != y.shape()) {
    throw ShapeError(std::string(what) + ": shapes " + to_string(x.shape()) + " and " +
                     to_string(y.shape()) + " differ");
  }
}

Tensor relu(const Tensor& x) {
  return map(x, [](float v) { return v <= 0.0F ? 0.0F : v; });
}

Tensor where_positive(const Tensor& x, const Tensor& y) {
  return zip(x, y, [](float a, float b) { return a > 0.0F ? b : 0.0F; });
}

void add_in_place(Tensor& sum, const Tensor& x) {
  check_same_shape("add", sum, x);
  const float* in = x.data().data();
  float* out = sum.mutable_data().data();
  parallel_for(x.size(), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) out[i] += in[i];
  });
}

double sum(const Tensor& x) {
  double total = 0.0;
  for (const float value : x.data()) total += value;
  return total;
}

bool all_finite(const Tensor& x) {
  for (const float value : x.data()) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

}  // namespace cameo
