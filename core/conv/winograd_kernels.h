/// The inner loops of Winograd convolution F(4x4,3x3), compiled once per instruction set.
#pragma once

#include <cstddef>

namespace cameo {

/// An output tile has kWinogradTile², an input tile kWinogradPoints² elements.
inline constexpr std::ptrdiff_t kWinogradTile = 4;
inline constexpr std::ptrdiff_t kWinogradPoints = 6;
/// Every kernel may round a count of tiles up to a multiple of this, in what it reads and writes.
inline constexpr std::ptrdiff_t kWinogradLanes = 16;

/// Neighbouring tiles of one plane, each four pixels right of or below the last. Input tiles
/// overlap by two pixels, gradients' tiles not at all. Pixels beside the plane are zero.
struct WinogradTiles {
  const float* plane;  ///< `[height,width]`
  std::ptrdiff_t height, width;
  std::ptrdiff_t top, left;  ///< the first tile's first pixel, fewer than a tile's beside the plane
  std::ptrdiff_t rows, columns;
  const float* zeros;  ///< `width` floats
};

/// Lines of elements, six for each line of pixels, and pixels that the ends of rows share with no
/// tile.
constexpr std::ptrdiff_t winograd_work_size(std::ptrdiff_t rows, std::ptrdiff_t columns) {
  constexpr std::ptrdiff_t kOverlap = kWinogradPoints - kWinogradTile;
  return kWinogradPoints * (kWinogradTile + kOverlap) * (rows * columns + 2 * kWinogradLanes);
}

/// `count` lines of one plane's pixels, as transform_output() left them for tiles in rows of
/// `columns`: line y begins at pixels[(y % 4 · stride + y / 4 · columns) · 4]. They end as
/// clamp(scale·pixel + bias + residual) in `to`, dense lines of `width`, like `residual`, which may
/// be null.
struct WinogradLines {
  const float* pixels;
  std::ptrdiff_t stride, columns;
  std::ptrdiff_t count, width;
  float scale, bias, low, high;
  const float* residual;
  float* to;
};

/// Distances are in floats; nothing needs alignment.
struct WinogradKernels {
  /// B'dB of each tile: element (i, j) of tile t, counted row by row, goes to
  /// to[(6i + j)·matrix + t]. `work` holds winograd_work_size() floats.
  void (*transform_input)(const WinogradTiles& tiles, float* work, float* to,
                          std::ptrdiff_t matrix);
  /// The 3x3 kernels at kernels[c·9], c < kWinogradLanes, to GgG': element (i, j) of kernel c goes
  /// to u[(6i + j)·kWinogradLanes + c].
  void (*transform_weights)(const float* kernels, float* u);
  /// A'mA of `tiles` tiles: pixel (i, j) of tile t goes to rows[i·row_stride + 4t + j].
  void (*transform_output)(const float* m, std::ptrdiff_t m_stride, std::ptrdiff_t tiles,
                           float* rows, std::ptrdiff_t row_stride);
  void (*finish_lines)(const WinogradLines& lines);

  // The gradient of the weights: every step above, transposed.

  /// The same with AyA' of gradients' tiles.
  void (*transform_grad)(const WinogradTiles& tiles, float* work, float* to, std::ptrdiff_t matrix);
  /// G'uG of kWinogradLanes channels side by side: element (i, j) of channel c is read from
  /// u[(6i + j)·u_stride + c], weight (y, x) goes to kernels[c·9 + 3y + x].
  void (*gather_weights)(const float* u, std::ptrdiff_t u_stride, float* kernels);
};

namespace baseline {
extern const WinogradKernels winograd_kernels;
}
namespace avx2 {
extern const WinogradKernels winograd_kernels;
}
namespace avx512 {
extern const WinogradKernels winograd_kernels;
}

}  // namespace cameo
