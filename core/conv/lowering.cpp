#include "core/conv/lowering.h"

#include <algorithm>

namespace cameo {

namespace {

/// How far a tap of the kernel lies from the window's corner in the unpadded input.
struct Tap {
  std::int64_t dy;
  std::int64_t dx;
};

Tap tap_at(const ConvParams& p, std::int64_t index) {
  return {.dy = index / p.kernel[1] * p.dilations[0] - p.pads[0],
          .dx = index % p.kernel[1] * p.dilations[1] - p.pads[1]};
}

/// True when every tap reads the input plane shifted as a whole, row ends apart.
bool keeps_width(const ConvParams& p) {
  return p.strides[0] == 1 && p.strides[1] == 1 && p.out_width == p.width;
}

/// Zeroes the positions of `row` whose input column ox + dx lies outside the picture.
void zero_margins(const ConvParams& p, std::int64_t dx, Range range, float* row) {
  const std::int64_t left = std::clamp<std::int64_t>(-dx, 0, p.width);
  const std::int64_t right = std::clamp<std::int64_t>(p.width - dx, 0, p.width);
  if (left == 0 && right == p.width) return;
  const std::int64_t end = range.begin + range.count;
  for (std::int64_t line = range.begin / p.width * p.width; line < end; line += p.width) {
    for (std::int64_t i = std::max(line, range.begin); i < std::min(line + left, end); ++i) {
      row[i - range.begin] = 0.0F;
    }
    for (std::int64_t i = std::max(line + right, range.begin); i < std::min(line + p.width, end);
         ++i) {
      row[i - range.begin] = 0.0F;
    }
  }
}

/// The positions of `range` whose shifted index lies inside the plane.
Range inside(const ConvParams& p, std::int64_t shift, Range range) {
  const std::int64_t begin = std::max(range.begin, -shift);
  const std::int64_t end = std::min(range.begin + range.count, p.in_size() - shift);
  return {.begin = std::min(begin, range.begin + range.count),
          .count = std::max<std::int64_t>(end - begin, 0)};
}

void copy_shifted(const ConvParams& p, Tap tap, const float* plane, Range range, float* row) {
  const std::int64_t shift = tap.dy * p.width + tap.dx;
  const Range valid = inside(p, shift, range);
  float* first = row + (valid.begin - range.begin);
  std::fill(row, first, 0.0F);
  std::copy_n(plane + std::max<std::int64_t>(valid.begin + shift, 0), valid.count, first);
  std::fill(first + valid.count, row + range.count, 0.0F);
  zero_margins(p, tap.dx, range, row);
}

void add_shifted(const ConvParams& p, Tap tap, float* row, Range range, float* plane) {
  const std::int64_t shift = tap.dy * p.width + tap.dx;
  const Range valid = inside(p, shift, range);
  if (valid.count == 0) return;
  zero_margins(p, tap.dx, range, row);
  const float* from = row + (valid.begin - range.begin);
  float* to = plane + valid.begin + shift;
  for (std::int64_t i = 0; i < valid.count; ++i) to[i] += from[i];
}

/// Calls `visit(iy, ix, columns, first)` for each output row that `range` touches: its first input
/// pixel, how many positions, and the index of the first within the range.
template <typename F>
void for_each_line(const ConvParams& p, Tap tap, Range range, F visit) {
  const std::int64_t end = range.begin + range.count;
  for (std::int64_t at = range.begin; at < end;) {
    const std::int64_t oy = at / p.out_width;
    const std::int64_t ox = at % p.out_width;
    const std::int64_t columns = std::min(p.out_width - ox, end - at);
    visit(oy * p.strides[0] + tap.dy, ox * p.strides[1] + tap.dx, columns, at - range.begin);
    at += columns;
  }
}

/// Which of `columns` pixels ix, ix + stride, ... lie in 0 … width-1.
Range visible(std::int64_t ix, std::int64_t stride, std::int64_t columns, std::int64_t width) {
  const std::int64_t begin = ix >= 0 ? 0 : std::min(columns, (-ix + stride - 1) / stride);
  const std::int64_t end = ix >= width ? 0 : std::min(columns, (width - 1 - ix) / stride + 1);
  return {.begin = begin, .count = std::max<std::int64_t>(end - begin, 0)};
}

void copy_strided(const ConvParams& p, Tap tap, const float* plane, Range range, float* row) {
  for_each_line(p, tap, range,
                [&](std::int64_t iy, std::int64_t ix, std::int64_t columns, std::int64_t first) {
                  std::fill_n(row + first, columns, 0.0F);
                  if (iy < 0 || iy >= p.height) return;
                  const std::int64_t stride = p.strides[1];
                  const Range seen = visible(ix, stride, columns, p.width);
                  if (seen.count == 0) return;
                  const float* from = plane + iy * p.width + ix + seen.begin * stride;
                  float* to = row + first + seen.begin;
                  for (std::int64_t i = 0; i < seen.count; ++i) to[i] = from[i * stride];
                });
}

void add_strided(const ConvParams& p, Tap tap, const float* row, Range range, float* plane) {
  for_each_line(p, tap, range,
                [&](std::int64_t iy, std::int64_t ix, std::int64_t columns, std::int64_t first) {
                  if (iy < 0 || iy >= p.height) return;
                  const std::int64_t stride = p.strides[1];
                  const Range seen = visible(ix, stride, columns, p.width);
                  if (seen.count == 0) return;
                  const float* from = row + first + seen.begin;
                  float* to = plane + iy * p.width + ix + seen.begin * stride;
                  for (std::int64_t i = 0; i < seen.count; ++i) to[i * stride] += from[i];
                });
}

}  // namespace

void im2col(const ConvParams& p, std::int64_t channels, const float* x, Range range, float* columns,
            std::int64_t stride) {
  const auto copy = keeps_width(p) ? copy_shifted : copy_strided;
  for (std::int64_t k = 0; k < channels * p.taps(); ++k) {
    copy(p, tap_at(p, k % p.taps()), x + k / p.taps() * p.in_size(), range, columns + k * stride);
  }
}

void col2im_add(const ConvParams& p, std::int64_t channels, float* columns, std::int64_t stride,
                Range range, float* dx) {
  const bool shifted = keeps_width(p);
  for (std::int64_t k = 0; k < channels * p.taps(); ++k) {
    const Tap tap = tap_at(p, k % p.taps());
    float* row = columns + k * stride;
    float* plane = dx + k / p.taps() * p.in_size();
    shifted ? add_shifted(p, tap, row, range, plane) : add_strided(p, tap, row, range, plane);
  }
}

}  // namespace cameo
