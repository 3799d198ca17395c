#include "core/ops/box.h"

#include <algorithm>

#include "core/elementwise.h"

namespace cameo::ops {

namespace {

/// A view in elements: the index of the box's first element and the distance between neighbours.
struct Layout {
  Layout(const Shape& tensor, const BoxView& view) : distances(tensor.size(), 1) {
    std::int64_t stride = 1;
    for (std::size_t axis = tensor.size(); axis-- > 0;) {
      first += view.first[axis] * stride;
      distances[axis] = stride * (view.steps.empty() ? 1 : view.steps[axis]);
      stride *= tensor[axis];
    }
  }
  /// Index of the first element of row `row` of a box of `extents`.
  std::int64_t row_start(const Shape& extents, std::int64_t row) const {
    std::int64_t index = first;
    for (std::size_t axis = extents.size() - 1; axis-- > 0;) {
      index += row % extents[axis] * distances[axis];
      row /= extents[axis];
    }
    return index;
  }

  std::int64_t first = 0;
  std::vector<std::int64_t> distances;
};

}  // namespace

void copy_box(const Shape& extents, const Tensor& from, const BoxView& from_view, Tensor& to,
              const BoxView& to_view) {
  const std::int64_t count = element_count(extents);
  if (count == 0) return;
  const float* in = from.data().data();
  float* out = to.mutable_data().data();
  if (extents.empty()) {
    *out = *in;
    return;
  }
  const Layout source(from.shape(), from_view);
  const Layout target(to.shape(), to_view);
  const std::int64_t length = extents.back();
  const std::int64_t in_step = source.distances.back();
  const std::int64_t out_step = target.distances.back();
  parallel_for(count / length, std::max<std::int64_t>(1, kElementwiseGrain / length),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t row = begin; row < end; ++row) {
                   const float* a = in + source.row_start(extents, row);
                   float* b = out + target.row_start(extents, row);
                   if (in_step == 1 && out_step == 1) {
                     std::copy_n(a, length, b);
                     continue;
                   }
                   for (std::int64_t i = 0; i < length; ++i) b[i * out_step] = a[i * in_step];
                 }
               });
}

}  // namespace cameo::ops
