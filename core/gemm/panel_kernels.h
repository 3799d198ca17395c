/// The inner loops of matrix products over packed panels, compiled once per instruction set.
#pragma once

#include <cstddef>

namespace cameo {

/// Rows of a panel of A, and of the tile of C that a product makes at once: as many as registers
/// hold, PanelKernels::rows, which are 6 or 8.
inline constexpr std::ptrdiff_t kMostPanelRows = 8;
/// Columns of a panel of B and of such a tile.
inline constexpr std::ptrdiff_t kPanelColumns = 32;
/// Kernels may round a count of columns up to a multiple of this, in what they read and write.
inline constexpr std::ptrdiff_t kPanelLanes = 16;

/// What becomes of a tile of sums: to = clamp(scale·(sum + addend) + bias + residual).
struct TileFinish {
  const float* addend = nullptr;  ///< rows of kPanelColumns, one behind the other, or null
  const float* scale;             ///< one per row, or null
  const float* bias;              ///< one per row, or null
  const float* residual;          ///< like `to`, with the same stride, or null
  float low, high;
  std::ptrdiff_t rows;  ///< of the tile; the others are dropped
  float* to;
  std::ptrdiff_t stride;
};

/// A run of columns that lie side by side: where it begins, before and after packing.
struct PanelRun {
  std::ptrdiff_t from, to, count;
};

/// Columns of B: rows `stride` floats apart. Unless `packed` is null, those of a whole panel that
/// nobody packed yet: they are copied there, rows of kPanelColumns, on the way, and the
/// kPanelColumns behind them are fetched.
struct PanelColumns {
  const float* data;
  std::ptrdiff_t stride;
  float* packed = nullptr;
};

/// Floats behind panels of A that kernels may read.
inline constexpr std::ptrdiff_t kPanelSlack = 2;

/// Distances are in floats; nothing needs alignment.
struct PanelKernels {
  std::ptrdiff_t rows;
  /// All rows at once: c[r·c_stride + n] (+)= Σ_i a[i·rows + r]·b[i, n], i < depth, n < columns;
  /// overwrites c unless `accumulate`.
  void (*multiply)(const float* a, const PanelColumns& b, std::ptrdiff_t depth,
                   std::ptrdiff_t columns, bool accumulate, float* c, std::ptrdiff_t c_stride);
  /// The last products of a tile, of at most kPanelColumns, finished: they are added to `sums`,
  /// rows of kPanelColumns one behind the other, or to zeros if that is null.
  void (*multiply_finish)(const float* a, const PanelColumns& b, std::ptrdiff_t depth,
                          std::ptrdiff_t columns, const float* sums, const TileFinish& finish);
  /// Copies runs of at most kPanelColumns floats, one after the other.
  void (*copy_runs)(const float* from, const PanelRun* runs, std::ptrdiff_t count, float* to);
};

namespace baseline {
extern const PanelKernels panel_kernels;
}
namespace avx2 {
extern const PanelKernels panel_kernels;
}
namespace avx512 {
extern const PanelKernels panel_kernels;
}

/// Those for this processor.
const PanelKernels& panel_kernels();

}  // namespace cameo
