/// Lines of a plane with zeros around the picture, laid out so that every tap of a kernel reads
/// pixels that lie side by side, whatever the stride.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cameo {

/// Height before width.
struct LineShape {
  std::int64_t height, width;  ///< of the plane
  std::int64_t out_width;      ///< outputs in a row
  std::array<std::int64_t, 2> kernel, strides, dilations;
  std::int64_t pad_left;  ///< negative where the picture is cropped
  /// Zeros are put between pixels, so that they lie this far apart; more than 1 only where the
  /// strides are 1.
  std::array<std::int64_t, 2> spread{1, 1};
};

class PaddedLines {
 public:
  /// Floats that may be read behind the last output of a row.
  static constexpr std::int64_t kSlack = 16;

  explicit PaddedLines(const LineShape& shape);

  /// Floats of a line.
  std::int64_t line() const { return line_; }
  /// Where each tap finds its pixel for the first output of the first row, row-major.
  const std::vector<std::ptrdiff_t>& taps() const { return taps_; }
  /// Copies the lines top … top + count - 1 of `plane`, counted with zeros between them, into
  /// memory that was zero at first and that nothing else has written since.
  void copy(const float* plane, std::int64_t top, std::int64_t count, float* to) const;

 private:
  void copy_lines(const float* from, std::int64_t count, float* to) const;
  void spread_line(const float* from, float* to) const;

  /// The pixels of a line that lie a stride apart: `count` from `from` go to `to`.
  struct Phase {
    std::int64_t from, to, count;
  };
  Phase phase(std::int64_t index) const;

  LineShape shape_;
  std::int64_t pitch_;  ///< floats of one phase: of every stride-th pixel
  std::int64_t line_;
  std::vector<std::ptrdiff_t> taps_;
  std::vector<Phase> phases_;
};

}  // namespace cameo
