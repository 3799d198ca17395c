/// Broadcasting as NumPy does it: shapes are aligned at the right, and an extent of
/// 1 stretches.
#pragma once

#include <algorithm>
#include <array>
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

/// result = f(whole, part), where `part` broadcasts to `whole`; in place where `whole` is moved
/// from and held by nobody else.
template <typename F>
Tensor zip_part(Tensor whole, const Tensor& part, F f) {
  const Rows rows(whole.shape(), part.shape());
  const float* a = whole.data().data();
  const float* b = part.data().data();
  Tensor result = Tensor::in_place_of(std::move(whole));
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

/// result = f(a, b) over the broadcast shape, in place of either, as above, that has it.
template <typename F>
Tensor zip_broadcast(std::string_view op, Tensor a, Tensor b, F f) {
  const Shape shape = broadcast_shape(op, std::array{a.shape(), b.shape()});
  const bool over_b = b.shape() == shape && (a.shape() != shape || b.is_spare());
  if (over_b) return zip_part(std::move(b), a, [f](float y, float x) { return f(x, y); });
  if (a.shape() == shape) return zip_part(std::move(a), b, f);
  return zip_part(broadcast_to(a, shape), b, f);
}

}  // namespace cameo::ops
