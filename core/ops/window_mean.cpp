#include "core/ops/window_mean.h"

#include <algorithm>
#include <vector>

#include "core/elementwise.h"

namespace cameo::ops {

namespace {

/// Calls `visit(first element of a plane of `map`, first of its windows)`, planes in parallel.
template <typename F>
void for_each_plane(const Shape& map, const WindowGrid& grid, F visit) {
  const std::int64_t size = map[2] * map[3];
  const auto windows = static_cast<std::int64_t>(grid.rows.size() * grid.columns.size());
  parallel_for(map[0] * map[1], std::max<std::int64_t>(1, kElementwiseGrain / (size + 1)),
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t p = begin; p < end; ++p) visit(p * size, p * windows);
               });
}

/// Calls `visit(window, rows, columns)` for every window of a plane.
template <typename F>
void for_each_window(const WindowGrid& grid, F visit) {
  std::int64_t window = 0;
  for (const WindowSpan& rows : grid.rows) {
    for (const WindowSpan& columns : grid.columns) visit(window++, rows, columns);
  }
}

/// The sum of some lines of a plane.
void sum_lines(const float* plane, const WindowSpan& rows, std::vector<double>& sum) {
  std::fill(sum.begin(), sum.end(), 0.0);
  for (std::int64_t y = rows.begin; y < rows.end; ++y) {
    const float* line = plane + y * static_cast<std::int64_t>(sum.size());
    for (std::size_t x = 0; x < sum.size(); ++x) sum[x] += static_cast<double>(line[x]);
  }
}

}  // namespace

Tensor window_means(const Tensor& x, const WindowGrid& grid) {
  const auto width = static_cast<std::size_t>(x.dim(3));
  Tensor y = Tensor::uninitialized({x.dim(0), x.dim(1), static_cast<std::int64_t>(grid.rows.size()),
                                    static_cast<std::int64_t>(grid.columns.size())});
  const float* in = x.data().data();
  float* out = y.mutable_data().data();
  for_each_plane(x.shape(), grid, [&](std::int64_t first, std::int64_t first_window) {
    std::vector<double> line(width);
    float* mean = out + first_window;
    for (const WindowSpan& rows : grid.rows) {
      sum_lines(in + first, rows, line);
      for (const WindowSpan& columns : grid.columns) {
        double total = 0.0;
        for (std::int64_t ix = columns.begin; ix < columns.end; ++ix) {
          total += line[static_cast<std::size_t>(ix)];
        }
        *mean++ = static_cast<float>(total / static_cast<double>(rows.counted * columns.counted));
      }
    }
  });
  return y;
}

Tensor spread_windows(const Tensor& grad, const Shape& shape, const WindowGrid& grid) {
  const std::int64_t width = shape[3];
  Tensor dx = Tensor::uninitialized(shape);
  const float* in = grad.data().data();
  float* out = dx.mutable_data().data();
  for_each_plane(shape, grid, [&](std::int64_t first, std::int64_t first_window) {
    std::fill_n(out + first, shape[2] * width, 0.0F);
    for_each_window(
        grid, [&](std::int64_t window, const WindowSpan& rows, const WindowSpan& columns) {
          const float share =
              in[first_window + window] / static_cast<float>(rows.counted * columns.counted);
          for (std::int64_t iy = rows.begin; iy < rows.end; ++iy) {
            float* row = out + first + iy * width;
            for (std::int64_t ix = columns.begin; ix < columns.end; ++ix) row[ix] += share;
          }
        });
  });
  return dx;
}

}  // namespace cameo::ops
