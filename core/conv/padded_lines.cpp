#include "core/conv/padded_lines.h"

#include <algorithm>

#include "core/conv/copy_row.h"
#include "core/conv/extents.h"

namespace cameo {

namespace {

/// Every stride-th pixel of a row. The strides of well-known networks as constants, so that these
/// loops vectorise.
void copy_every(const float* __restrict from, std::int64_t stride, std::int64_t count,
                float* __restrict to) {
  if (stride == 2) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = from[2 * i];
  } else {
    for (std::int64_t i = 0; i < count; ++i) to[i] = from[stride * i];
  }
}

}  // namespace

PaddedLines::PaddedLines(const LineShape& shape)
    : shape_(shape),
      pitch_(shape.out_width + (shape.kernel[1] - 1) * shape.dilations[1] / shape.strides[1] +
             kSlack),
      line_(std::min(shape.strides[1], (shape.kernel[1] - 1) * shape.dilations[1] + 1) * pitch_) {
  for (std::int64_t y = 0; y < shape.kernel[0]; ++y) {
    for (std::int64_t x = 0; x < shape.kernel[1]; ++x) {
      const std::int64_t column = x * shape.dilations[1];
      taps_.push_back(y * shape.dilations[0] * line_ + column % shape.strides[1] * pitch_ +
                      column / shape.strides[1]);
    }
  }
  for (std::int64_t i = 0; i * pitch_ < line_ && shape.spread[1] == 1; ++i) {
    const Phase some = phase(i);
    if (some.count > 0) phases_.push_back(some);
  }
}

PaddedLines::Phase PaddedLines::phase(std::int64_t index) const {
  const std::int64_t stride = shape_.strides[1];
  const std::int64_t usable = pitch_ - kSlack + 1;
  const std::int64_t left = index - shape_.pad_left;
  const std::int64_t first = left >= 0 ? 0 : ceil_div(-left, stride);
  const std::int64_t last = std::min(usable, ceil_div(shape_.width - left, stride));
  return {.from = left + first * stride, .to = index * pitch_ + first, .count = last - first};
}

/// Lines of the plane itself.
void PaddedLines::copy_lines(const float* from, std::int64_t count, float* to) const {
  const std::int64_t stride = shape_.strides[1];
  for (const Phase& some : phases_) {
    const float* row = from + some.from;
    float* line = to + some.to;
    for (std::int64_t y = 0; y < count; ++y, row += shape_.width, line += line_) {
      stride == 1 ? copy_row(row, some.count, line) : copy_every(row, stride, some.count, line);
    }
  }
}

/// A line with zeros between its pixels.
void PaddedLines::spread_line(const float* from, float* to) const {
  const std::int64_t usable = pitch_ - kSlack + 1;
  const std::int64_t first =
      std::max<std::int64_t>(0, ceil_div(-shape_.pad_left, shape_.spread[1]));
  for (std::int64_t x = first; x < shape_.width; ++x) {
    const std::int64_t at = x * shape_.spread[1] + shape_.pad_left;
    if (at >= usable) return;
    to[at] = from[x];
  }
}

void PaddedLines::copy(const float* plane, std::int64_t top, std::int64_t count, float* to) const {
  const std::int64_t spread = shape_.spread[0];
  const std::int64_t height = (shape_.height - 1) * spread + 1;
  const std::int64_t first = std::clamp<std::int64_t>(-top, 0, count);
  const std::int64_t last = std::clamp(height - top, first, count);
  std::fill_n(to, first * line_, 0.0F);
  std::fill_n(to + last * line_, (count - last) * line_, 0.0F);
  if (first == last) return;
  if (spread == 1 && shape_.spread[1] == 1) {
    copy_lines(plane + (top + first) * shape_.width, last - first, to + first * line_);
    return;
  }
  for (std::int64_t y = first; y < last; ++y) {
    if ((top + y) % spread != 0) {
      std::fill_n(to + y * line_, line_, 0.0F);
    } else {
      spread_line(plane + (top + y) / spread * shape_.width, to + y * line_);
    }
  }
}

}  // namespace cameo
