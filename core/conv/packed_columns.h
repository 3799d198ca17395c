/// The matrix product that a convolution is, and its columns, packed straight into panels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/conv/conv.h"
#include "core/conv/extents.h"
#include "core/conv/padded_lines.h"
#include "core/gemm/panel_kernels.h"

namespace cameo::packed {

/// A correlation from one set of planes to another: the forward pass, or the gradient of the data
/// where strides are 1, which is one with the kernels turned and channels and filters swapped.
struct Correlation {
  std::int64_t batch, groups;
  std::int64_t channels, height, width;         ///< channels of one group
  std::int64_t filters, out_height, out_width;  ///< filters of one group
  std::array<std::int64_t, 2> kernel, strides, dilations;
  std::int64_t pad_top, pad_left;              ///< negative where the picture is cropped
  std::int64_t filter_stride, channel_stride;  ///< floats between kernels
  bool turned;

  std::int64_t taps() const { return kernel[0] * kernel[1]; }
  std::int64_t depth() const { return channels * taps(); }
  std::int64_t in_size() const { return height * width; }
  std::int64_t out_size() const { return out_height * out_width; }
  /// Columns of the product that belong to a picture: its positions, and for all but small maps
  /// enough to end with a panel.
  std::int64_t pitch() const {
    return out_size() < kSmallMap ? out_size()
                                  : ceil_div(out_size(), kPanelColumns) * kPanelColumns;
  }
  std::int64_t columns() const { return batch * pitch(); }
  /// Whether rows of the product's right side lie in the input as they are.
  bool plain() const;
  /// Whether whole panels of columns do.
  bool plain_panels() const { return plain() && out_size() >= kSmallMap; }

  /// Positions of a map whose last panel would be too empty.
  static constexpr std::int64_t kSmallMap = 40;
};

Correlation correlation_of(const ConvParams& params, ConvPass pass);

/// Rows of a panel of columns, so that it stays in the first cache.
inline constexpr std::int64_t kDepth = 256;
/// The same in halves.
inline constexpr std::int64_t kHalfDepth = 288;
/// Whether the channels are summed in two halves, which are added at the end: where many become
/// few, threads share out the channels rather than the filters.
inline bool in_halves(const Correlation& c) {
  return c.plain() && c.channels > kDepth && c.channels >= 2 * c.filters;
}
/// Parts that the channels are taken in: part_of(channels, i, depth_blocks_of()) each. Panels of
/// prepared filters lie part after part. An even number for halves.
inline std::int64_t depth_blocks_of(const Correlation& c) {
  if (in_halves(c)) return 2 * ceil_div(c.channels, 2 * kHalfDepth);
  return ceil_div(c.channels, std::max<std::int64_t>(kDepth / c.taps(), 1));
}

/// Packs a run of columns, counted over all pictures, but for whole panels that lie in planes.
class ColumnPacker {
 public:
  /// Floats of memory for `columns` columns.
  static std::int64_t floats(const Correlation& c, std::int64_t columns);
  /// Panels lie `stride` floats apart. `memory` holds floats(c, columns.count).
  ColumnPacker(const Correlation& c, Range columns, std::int64_t stride, float* memory);

  /// Row (channel, tap) of the channels `chosen` of one group: column n goes to
  /// panels[n / 32·stride + row·32 + n % 32]. Writes up to kPanelLanes floats behind each panel.
  void pack(const float* x, std::int64_t group, Range chosen, float* panels) const;

 private:
  /// Lines of one picture that the columns read.
  struct Lines {
    std::int64_t image, top, count;
  };

  void add_runs(std::int64_t column, std::int64_t from, std::int64_t count);
  void copy_exactly(const float* source, float* row) const;

  const Correlation& c_;
  PaddedLines padded_;
  float* memory_;
  std::int64_t stride_;  ///< floats between panels
  std::vector<PanelRun> runs_;
  std::int64_t reach_ = 0;  ///< floats from a row's first that copying whole runs reads
  std::vector<Lines> lines_;
};

}  // namespace cameo::packed
