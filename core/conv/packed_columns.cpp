#include "core/conv/packed_columns.h"

namespace cameo::packed {

namespace {

constexpr std::int64_t kColumns = kPanelColumns;

/// Floats of one phase of a line: every stride-th pixel that the taps of an output row can touch,
/// and room for what copy_runs() reads behind them.
std::int64_t pitch_of(const Correlation& c) {
  return c.out_width + (c.kernel[1] - 1) * c.dilations[1] / c.strides[1] + kColumns;
}

}  // namespace

bool Correlation::plain() const {
  return taps() == 1 && strides[0] == 1 && strides[1] == 1 && pad_top == 0 && pad_left == 0 &&
         out_height == height && out_width == width;
}

Correlation correlation_of(const ConvParams& p, ConvPass pass) {
  if (pass == ConvPass::kForward) {
    return {.batch = p.batch,
            .groups = p.groups,
            .channels = p.group_channels(),
            .height = p.height,
            .width = p.width,
            .filters = p.group_filters(),
            .out_height = p.out_height,
            .out_width = p.out_width,
            .kernel = p.kernel,
            .strides = p.strides,
            .dilations = p.dilations,
            .pad_top = p.pads[0],
            .pad_left = p.pads[1],
            .filter_stride = p.depth(),
            .channel_stride = p.taps(),
            .turned = false};
  }
  return {.batch = p.batch,
          .groups = p.groups,
          .channels = p.group_filters(),
          .height = p.out_height,
          .width = p.out_width,
          .filters = p.group_channels(),
          .out_height = p.height,
          .out_width = p.width,
          .kernel = p.kernel,
          .strides = p.strides,
          .dilations = p.dilations,
          .pad_top = (p.kernel[0] - 1) * p.dilations[0] - p.pads[0],
          .pad_left = (p.kernel[1] - 1) * p.dilations[1] - p.pads[1],
          .filter_stride = p.taps(),
          .channel_stride = p.depth(),
          .turned = true};
}

std::int64_t ColumnPacker::floats(const Correlation& c, std::int64_t columns) {
  if (c.plain()) return 0;
  const std::int64_t images = std::min(c.batch, ceil_div(columns, c.out_size()) + 1);
  const std::int64_t rows =
      std::min(images * c.out_height, ceil_div(columns, c.out_width) + images);
  const std::int64_t lines =
      rows * c.strides[0] + images * ((c.kernel[0] - 1) * c.dilations[0] + 1);
  return lines * c.strides[1] * pitch_of(c);
}

ColumnPacker::ColumnPacker(const Correlation& c, Range columns, std::int64_t stride, float* memory)
    : c_(c), pitch_(pitch_of(c)), line_(c.strides[1] * pitch_), memory_(memory), stride_(stride) {
  const std::int64_t end = columns.begin + columns.count;
  std::int64_t slots = 0;
  for (std::int64_t at = columns.begin; at < end;) {
    const std::int64_t image = at / c.out_size();
    const std::int64_t last = std::min(end, (image + 1) * c.out_size());
    if (c.plain()) {
      add_runs(at - columns.begin, image * c.groups * c.channels * c.in_size() + at % c.out_size(),
               last - at);
      at = last;
      continue;
    }
    const std::int64_t first_row = at % c.out_size() / c.out_width;
    const std::int64_t last_row = (last - 1) % c.out_size() / c.out_width;
    lines_.push_back(
        {.image = image,
         .top = first_row * c.strides[0] - c.pad_top,
         .count = (last_row - first_row) * c.strides[0] + (c.kernel[0] - 1) * c.dilations[0] + 1});
    for (std::int64_t row = first_row; row <= last_row; ++row) {
      const std::int64_t x = at % c.out_width;
      const std::int64_t count = std::min(c.out_width - x, last - at);
      add_runs(at - columns.begin, (slots + (row - first_row) * c.strides[0]) * line_ + x, count);
      at += count;
    }
    slots += lines_.back().count;
  }
  if (c.plain()) {
    taps_.push_back(0);
    return;
  }
  for (std::int64_t y = 0; y < c.kernel[0]; ++y) {
    for (std::int64_t x = 0; x < c.kernel[1]; ++x) {
      const std::int64_t column = x * c.dilations[1];
      taps_.push_back(y * c.dilations[0] * line_ + column % c.strides[1] * pitch_ +
                      column / c.strides[1]);
    }
  }
  std::fill_n(memory_, slots * line_, 0.0F);
}

void ColumnPacker::add_runs(std::int64_t column, std::int64_t from, std::int64_t count) {
  while (count > 0) {
    const std::int64_t some = std::min(count, kColumns - column % kColumns);
    const PanelRun run{.from = from, .to = column / kColumns * stride_ + column % kColumns};
    if (some < kColumns && c_.plain()) {
      short_runs_.push_back({.run = run, .count = some});
    } else {
      runs_.push_back(run);
    }
    column += some;
    from += some;
    count -= some;
  }
}

/// The lines of one channel, with zeros around the picture, each cut into as many phases as the
/// stride has: every tap of a row of outputs then reads pixels that lie side by side.
void ColumnPacker::copy_lines(const float* x, std::int64_t channel) const {
  const std::int64_t stride = c_.strides[1];
  const std::int64_t phases = std::min(stride, (c_.kernel[1] - 1) * c_.dilations[1] + 1);
  float* to = memory_;
  for (const Lines& part : lines_) {
    const float* plane = x + (part.image * c_.groups * c_.channels + channel) * c_.in_size();
    for (std::int64_t line = 0; line < part.count; ++line, to += line_) {
      const std::int64_t y = part.top + line;
      if (y < 0 || y >= c_.height) continue;  // zero since the start
      for (std::int64_t phase = 0; phase < phases; ++phase) {
        const std::int64_t left = phase - c_.pad_left;
        const std::int64_t first = left >= 0 ? 0 : ceil_div(-left, stride);
        const std::int64_t last =
            std::min(pitch_ - kColumns + 1, ceil_div(c_.width - left, stride));
        const float* from = plane + y * c_.width + left;
        float* out = to + phase * pitch_;
        if (stride == 1) {
          if (first < last) std::copy(from + first, from + last, out + first);
        } else if (stride == 2) {
          for (std::int64_t i = first; i < last; ++i) out[i] = from[2 * i];
        } else {
          for (std::int64_t i = first; i < last; ++i) out[i] = from[stride * i];
        }
      }
    }
  }
}

void ColumnPacker::pack(const float* x, std::int64_t group, Range chosen, float* panels) const {
  const bool plain = c_.plain();
  const auto runs = static_cast<std::ptrdiff_t>(runs_.size());
  float* row = panels;
  for (std::int64_t i = 0; i < chosen.count; ++i) {
    const std::int64_t channel = group * c_.channels + chosen.begin + i;
    if (!plain) copy_lines(x, channel);
    const float* source = plain ? x + channel * c_.in_size() : memory_;
    for (const std::int64_t tap : taps_) {
      // What a run copies too much, the next run or row overwrites.
      panel_kernels().copy_runs(source + tap, runs_.data(), runs, row);
      for (const ShortRun& some : short_runs_) {
        std::copy_n(source + some.run.from, some.count, row + some.run.to);
      }
      row += kColumns;
    }
  }
}

}  // namespace cameo::packed
