#include "core/conv/packed_columns.h"

#include <algorithm>

namespace cameo::packed {

namespace {

constexpr std::int64_t kColumns = kPanelColumns;

LineShape lines_of(const Correlation& c) {
  return {.height = c.height,
          .width = c.width,
          .out_width = c.out_width,
          .kernel = c.kernel,
          .strides = c.strides,
          .dilations = c.dilations,
          .pad_left = c.pad_left};
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
  const std::int64_t images = std::min(c.batch, ceil_div(columns, c.pitch()) + 1);
  const std::int64_t rows =
      std::min(images * c.out_height, ceil_div(columns, c.out_width) + images);
  const std::int64_t lines =
      rows * c.strides[0] + images * ((c.kernel[0] - 1) * c.dilations[0] + 1);
  return lines * PaddedLines(lines_of(c)).line();
}

ColumnPacker::ColumnPacker(const Correlation& c, Range columns, std::int64_t stride, float* memory)
    : c_(c), padded_(lines_of(c)), memory_(memory), stride_(stride) {
  const std::int64_t end = columns.begin + columns.count;
  std::int64_t slots = 0;
  for (std::int64_t at = columns.begin; at < end; at = (at / c.pitch() + 1) * c.pitch()) {
    const std::int64_t image = at / c.pitch();
    std::int64_t position = at % c.pitch();
    if (c.plain_panels()) position = std::max(position, c.out_size() / kColumns * kColumns);
    const std::int64_t last = std::min(end - image * c.pitch(), c.out_size());
    if (position >= last) continue;
    std::int64_t column = image * c.pitch() + position - columns.begin;
    if (c.plain()) {
      add_runs(column, image * c.groups * c.channels * c.in_size() + position, last - position);
      continue;
    }
    const std::int64_t first_row = position / c.out_width;
    const std::int64_t last_row = (last - 1) / c.out_width;
    lines_.push_back(
        {.image = image,
         .top = first_row * c.strides[0] - c.pad_top,
         .count = (last_row - first_row) * c.strides[0] + (c.kernel[0] - 1) * c.dilations[0] + 1});
    for (std::int64_t row = first_row; row <= last_row; ++row) {
      const std::int64_t x = position % c.out_width;
      const std::int64_t count = std::min(c.out_width - x, last - position);
      add_runs(column, (slots + (row - first_row) * c.strides[0]) * padded_.line() + x, count);
      position += count;
      column += count;
    }
    slots += lines_.back().count;
  }
  if (!c.plain()) std::fill_n(memory_, slots * padded_.line(), 0.0F);
}

void ColumnPacker::add_runs(std::int64_t column, std::int64_t from, std::int64_t count) {
  while (count > 0) {
    const std::int64_t some = std::min(count, kColumns - column % kColumns);
    runs_.push_back(
        {.from = from, .to = column / kColumns * stride_ + column % kColumns, .count = some});
    reach_ = std::max(reach_, from + ceil_div(some, kPanelLanes) * kPanelLanes);
    column += some;
    from += some;
    count -= some;
  }
}

/// Reads nothing behind the columns.
void ColumnPacker::copy_exactly(const float* source, float* row) const {
  for (const PanelRun& run : runs_) std::copy_n(source + run.from, run.count, row + run.to);
}

void ColumnPacker::pack(const float* x, std::int64_t group, Range chosen, float* panels) const {
  const bool plain = c_.plain();
  const PanelKernels& kernels = panel_kernels();
  const auto runs = static_cast<std::ptrdiff_t>(runs_.size());
  const std::int64_t planes = c_.batch * c_.groups * c_.channels;
  float* row = panels;
  for (std::int64_t i = 0; i < chosen.count; ++i) {
    const std::int64_t channel = group * c_.channels + chosen.begin + i;
    if (plain && reach_ > (planes - channel) * c_.in_size()) {
      copy_exactly(x + channel * c_.in_size(), row);
      row += kColumns;
      continue;
    }
    float* to = memory_;
    for (const Lines& part : lines_) {
      padded_.copy(x + (part.image * c_.groups * c_.channels + channel) * c_.in_size(), part.top,
                   part.count, to);
      to += part.count * padded_.line();
    }
    const float* source = plain ? x + channel * c_.in_size() : memory_;
    for (const std::ptrdiff_t tap : padded_.taps()) {
      // What a run copies too much, the next run or row overwrites.
      kernels.copy_runs(source + tap, runs_.data(), runs, row);
      row += kColumns;
    }
  }
}

}  // namespace cameo::packed
