/// The inner loops of Winograd convolution F(4x4,3x3), compiled once per instruction set.
#pragma once

#include <cstddef>

namespace cameo {

/// An output tile has kWinogradTile², an input tile kWinogradPoints² elements.
inline constexpr std::ptrdiff_t kWinogradTile = 4;
inline constexpr std::ptrdiff_t kWinogradPoints = 6;
/// Filters that multiply() handles at once.
inline constexpr std::ptrdiff_t kWinogradFilters = 6;
/// Every kernel may round a count of tiles up to a multiple of this, in what it reads and writes.
inline constexpr std::ptrdiff_t kWinogradLanes = 16;

/// Distances are in floats; nothing needs alignment.
struct WinogradKernels {
  /// Six rows of pixels, `stride` apart, to B'dB of `tiles` tiles side by side: element (i, j) of
  /// tile t goes to v[(6i + j)·v_stride + t]. Reads the first 4·tiles + 2 pixels of a row, both
  /// rounded up. `work` has room for six more rows.
  void (*transform_input)(const float* rows, std::ptrdiff_t stride, std::ptrdiff_t tiles,
                          float* work, float* v, std::ptrdiff_t v_stride);
  /// The 3x3 kernels at kernels[c·9], c < kWinogradLanes, to GgG': element (i, j) of kernel c goes
  /// to u[(6i + j)·kWinogradLanes + c].
  void (*transform_weights)(const float* kernels, float* u);
  /// Six filters at once: c[f·c_stride + t] (+)= Σ_i a[6i + f]·b[i·b_stride + t], i < depth,
  /// t < tiles; overwrites c unless `accumulate`.
  void (*multiply)(const float* a, const float* b, std::ptrdiff_t b_stride, std::ptrdiff_t depth,
                   std::ptrdiff_t tiles, bool accumulate, float* c, std::ptrdiff_t c_stride);
  /// A'mA + bias of `tiles` tiles: pixel (i, j) of tile t goes to rows[i·row_stride + 4t + j].
  void (*transform_output)(const float* m, std::ptrdiff_t m_stride, std::ptrdiff_t tiles,
                           float bias, float* rows, std::ptrdiff_t row_stride);
};

namespace baseline {
extern const WinogradKernels winograd_kernels;
}
namespace avx2 {
extern const WinogradKernels winograd_kernels;
}

}  // namespace cameo
