/// The inner loops of depthwise convolution, compiled once per instruction set.
#pragma once

#include <cstddef>

#include "core/gemm/panel_kernels.h"

namespace cameo {

/// Neighbouring outputs that are made together.
inline constexpr std::ptrdiff_t kDepthwiseRun = 8;

/// One plane's kernel: tap i reads `lines` at taps[i] behind the pixel of the first tap.
struct DepthwiseTaps {
  const float* lines;
  const std::ptrdiff_t* taps;
  std::ptrdiff_t count;
};

/// Rows of outputs of a 3x3 kernel over neighbouring pixels: output (y, x), at to[y·width + x],
/// reads from `lines` at y·line + x on.
struct DepthwiseRows {
  const float* lines;
  std::ptrdiff_t line;         ///< floats of a line
  std::ptrdiff_t rows, width;  ///< width at least kDepthwiseRun
};

/// A plane and the rows of outputs, `first_row` … `end_row` - 1, that a 3x3 kernel makes of it,
/// with one pixel of padding at each side.
struct DepthwisePlane {
  const float* pixels;  ///< from line `first_line` on, as far as the rows need
  std::ptrdiff_t first_line;
  std::ptrdiff_t height, width;  ///< of the whole plane
  std::ptrdiff_t first_row, end_row;
  std::ptrdiff_t out_width;  ///< at least kDepthwiseLeastWidth
  const float* zeros;        ///< as many as a line has pixels, and kPanelLanes
  bool room;                 ///< kPanelLanes floats behind the pixels may be read
};
inline constexpr std::ptrdiff_t kDepthwiseLeastWidth = 4;

/// What becomes of sums: to = clamp(scale·sum + bias + residual).
struct DepthwiseFinish {
  float scale, bias;
  const float* residual;  ///< like `to`, or null
  float low, high;
  float* to;  ///< the first row of all
};

/// Nothing needs alignment.
struct DepthwiseKernels {
  /// kDepthwiseRun outputs of each run, which may overlap: sum = Σ_i weights[i]·lines[from +
  /// taps[i]].
  void (*correlate)(const DepthwiseTaps& taps, const float* weights, const PanelRun* runs,
                    std::ptrdiff_t count, const DepthwiseFinish& finish);
  /// The same for 3x3 kernels of stride 1, weights row by row, a few rows at once: most pixels are
  /// read once for three outputs.
  void (*correlate_3x3)(const DepthwiseRows& rows, const float* weights,
                        const DepthwiseFinish& finish);
  /// The same from the plane itself, for stride 1.
  void (*correlate_plane)(const DepthwisePlane& plane, const float* weights,
                          const DepthwiseFinish& finish);
  /// And for stride 2, with lines of an even number of pixels.
  void (*halve_plane)(const DepthwisePlane& plane, const float* weights,
                      const DepthwiseFinish& finish);
  /// The transpose: sums[i] = Σ over runs and their kDepthwiseRun pixels of
  /// grads[to]·lines[from + taps[i]].
  void (*correlate_weights)(const DepthwiseTaps& taps, const float* grads, const PanelRun* runs,
                            std::ptrdiff_t count, float* sums);
};

namespace baseline {
extern const DepthwiseKernels depthwise_kernels;
}
namespace avx2 {
extern const DepthwiseKernels depthwise_kernels;
}
namespace avx512 {
extern const DepthwiseKernels depthwise_kernels;
}

/// Those for this processor.
const DepthwiseKernels& depthwise_kernels();

}  // namespace cameo
