/// The inner loops of Winograd convolution F(4x4,3x3) and F(4x4,5x5), compiled once per
/// instruction set.
#pragma once

#include <cstddef>

namespace cameo {

/// Every kernel may round a count of tiles up to a multiple of this, in what it reads and writes.
inline constexpr std::ptrdiff_t kWinogradLanes = 16;

/// Neighbouring tiles of one plane, each a tile of outputs right of or below the last. Input tiles
/// overlap by all taps but one, gradients' tiles not at all. Pixels beside the plane are zero.
struct WinogradTiles {
  const float* plane;  ///< `[height,width]`
  std::ptrdiff_t height, width;
  std::ptrdiff_t top, left;  ///< the first tile's first pixel, fewer than a tile's beside the plane
  std::ptrdiff_t rows, columns;
  const float* zeros;  ///< `width` floats
};

/// `count` lines of one plane's pixels, as transform_output() left them for tiles of m·m in rows of
/// `columns`: line y begins at pixels[(y % m · stride + y / m · columns) · m]. They end as
/// clamp(scale·pixel + bias + residual) in `to`, dense lines of `width`, like `residual`, which may
/// be null; or, pooled, as the largest of each 2x2 of that, in dense lines of width / 2.
struct WinogradLines {
  const float* pixels;
  std::ptrdiff_t stride, columns;
  std::ptrdiff_t count, width;
  float scale, bias, low, high;
  const float* residual;
  bool pooled;
  float* to;
};

/// F(m x m, r x r): a tile of m·m outputs of a kernel with r·r taps takes n·n products, n = m+r-1,
/// of as many elements. Distances are in floats; nothing needs alignment.
struct WinogradKernels {
  std::ptrdiff_t tile, taps;  ///< m and r
  constexpr std::ptrdiff_t points() const { return tile + taps - 1; }
  constexpr std::ptrdiff_t elements() const { return points() * points(); }
  /// Of `work` below: n lines of pixels, and pixels that the ends of rows share with no tile.
  constexpr std::ptrdiff_t work_size(std::ptrdiff_t rows, std::ptrdiff_t columns) const {
    return elements() * (rows * columns + 2 * kWinogradLanes);
  }

  /// B'dB of each tile: element (i, j) of tile t, counted row by row, goes to
  /// to[(n·i + j)·matrix + t]. `work` holds work_size() floats.
  void (*transform_input)(const WinogradTiles& tiles, float* work, float* to,
                          std::ptrdiff_t matrix);
  /// The kernels at kernels[c·r·r], c < kWinogradLanes, to GgG': element (i, j) of kernel c goes to
  /// u[(n·i + j)·kWinogradLanes + c].
  void (*transform_weights)(const float* kernels, float* u);
  /// A'mA of `tiles` tiles: pixel (i, j) of tile t goes to rows[i·row_stride + m·t + j].
  void (*transform_output)(const float* m, std::ptrdiff_t m_stride, std::ptrdiff_t tiles,
                           float* rows, std::ptrdiff_t row_stride);
  void (*finish_lines)(const WinogradLines& lines);

  // The gradient of the weights: every step above, transposed.

  /// The same with AyA' of gradients' tiles.
  void (*transform_grad)(const WinogradTiles& tiles, float* work, float* to, std::ptrdiff_t matrix);
  /// G'uG of kWinogradLanes channels side by side: element (i, j) of channel c is read from
  /// u[(n·i + j)·u_stride + c], weight (y, x) goes to kernels[(c·r + y)·r + x].
  void (*gather_weights)(const float* u, std::ptrdiff_t u_stride, float* kernels);
};
/// The most elements and taps of any.
inline constexpr std::ptrdiff_t kMostWinogradElements = 64;
inline constexpr std::ptrdiff_t kMostWinogradTaps = 25;

namespace baseline {
extern const WinogradKernels winograd_4x4_3x3;
extern const WinogradKernels winograd_4x4_5x5;
}  // namespace baseline
namespace avx2 {
extern const WinogradKernels winograd_4x4_3x3;
extern const WinogradKernels winograd_4x4_5x5;
}  // namespace avx2
namespace avx512 {
extern const WinogradKernels winograd_4x4_3x3;
extern const WinogradKernels winograd_4x4_5x5;
}  // namespace avx512

}  // namespace cameo
