/// Broadcasting as NumPy does it: shapes are aligned at the right, and an extent of
/// 1 stretches.
#pragma once

#include <algorithm>
#include <vector>

#include "core/elementwise.h"
#include "core/ops/check.h"

namespace cameo::ops {

/// The shape that one or more shapes stretch to.
Shape common_shape(std::string_view op, std::span<const Shape> inputs);
/// The same for exactly two.
Shape broadcast_shape(std::string_view op, std::span<const Shape> inputs);
/// `x` repeated to `shape`; the same storage when it has that shape already.
Tensor broadcast_to(const Tensor& x, const Shape& shape);
/// The adjoint: `x` summed down to `shape`, rows as sum_of() adds them, all else in double and in
/// index order.
Tensor reduce_to(const Tensor& x, const Shape& shape);

/// Where the values of `part`, which broadcasts to `whole`, go. The last axes of `whole` that
/// `part` has all or none of make a row: along it `part` goes step() at a time, 1 or 0.
class Rows {
 public:
  Rows(const Shape& whole, const Shape& part);
  std::int64_t step() const { return axes_.front().step; }

  /// `visit(at, count, from)` for each stretch of a row within begin … end-1 of `whole`: the
  /// `count` values from `at` on lie in `part` from `from` on.
  template <typename F>
  void for_each(std::int64_t begin, std::int64_t end, F visit) const {
    const std::int64_t length = axes_.front().extent;
    while (begin < end) {
      const std::int64_t row = begin / length;
      const std::int64_t next = std::min(end, (row + 1) * length);
      visit(begin, next - begin, offset(row) + (begin - row * length) * step());
      begin = next;
    }
  }

 private:
  struct Axis {
    std::int64_t extent, step;
  };

  std::int64_t offset(std::int64_t row) const;

  std::vector<Axis> axes_;  ///< innermost first
};

/// result = f(whole, part), where `part` broadcasts to `whole`.
template <typename F>
Tensor zip_part(const Tensor& whole, const Tensor& part, F f) {
  Tensor result = Tensor::uninitialized(whole.shape());
  const Rows rows(whole.shape(), part.shape());
  const float* a = whole.data().data();
  const float* b = part.data().data();
  float* out = result.mutable_data().data();
  parallel_for(result.size(), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
    rows.for_each(begin, end, [&](std::int64_t at, std::int64_t count, std::int64_t from) {
      if (rows.step() == 0) {
        const float one = b[from];
        for (std::int64_t i = 0; i < count; ++i) out[at + i] = f(a[at + i], one);
      } else {
        for (std::int64_t i = 0; i < count; ++i) out[at + i] = f(a[at + i], b[from + i]);
      }
    });
  });
  return result;
}

/// result = f(a, b) over the broadcast shape.
template <typename F>
Tensor zip_broadcast(std::string_view op, std::span<const Tensor> inputs, F f) {
  const Shape shape = broadcast_shape(op, shapes_of(inputs));
  const Tensor& a = inputs[0];
  const Tensor& b = inputs[1];
  if (a.shape() == shape) return zip_part(a, b, f);
  if (b.shape() == shape) return zip_part(b, a, [f](float y, float x) { return f(x, y); });
  return zip_part(broadcast_to(a, shape), b, f);
}

}  // namespace cameo::ops
