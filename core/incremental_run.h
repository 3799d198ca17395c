/// Runs over pictures that differ from one picture in a rectangle.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/network.h"
#include "core/tape.h"

namespace cameo {

/// Rows top … bottom-1, columns left … right-1.
struct Region {
  std::int64_t top = 0;
  std::int64_t bottom = 0;
  std::int64_t left = 0;
  std::int64_t right = 0;

  std::int64_t height() const { return bottom - top; }
  std::int64_t width() const { return right - left; }
  bool empty() const { return height() <= 0 || width() <= 0; }
};

/// Recomputes in each layer what the rectangle can reach, as long as that is much less than the
/// layer; what follows runs whole, many pictures at once. The values are those of whole runs but
/// for rounding: kernels group their sums differently at other sizes (within the tolerance that
/// the convolution algorithms state). Const after construction, for any number of threads; the
/// network must outlive it.
class IncrementalRun {
 public:
  /// Runs the picture `[1,C,H,W]` once and keeps the layers that later runs start from. `largest`:
  /// height and width of the regions to come. Throws ShapeError unless the picture is one.
  IncrementalRun(const Network& network, const Tensor& picture, ValueId of,
                 std::array<std::int64_t, 2> largest);

  /// The value `of` `[N,...]` of N copies of the picture; in copy n, regions[n] has the values that
  /// `replacement`, a picture of the same shape, has there. An empty region changes nothing. A
  /// row's bits do not depend on the thread count. Throws ShapeError for a replacement of another
  /// shape and ArgumentError for a region that is larger than announced or leaves the picture.
  Tensor run(std::span<const Region> regions, const Tensor& replacement) const;

  /// The nodes that are recomputed in part, in network order.
  const std::vector<ValueId>& partial() const { return partial_; }

 private:
  /// What one copy has in place of the picture's own values.
  struct Patch {
    Region region;
    Tensor values;  ///< `[1,C,height,width]`; empty handle where the region is empty
  };
  using Patches = std::vector<Patch>;  ///< by ValueId

  void plan(std::array<std::int64_t, 2> largest);
  bool can_run_partly(ValueId id) const;
  Region reached_by(ValueId id, std::span<const Region> changed) const;
  Tensor values_in(ValueId id, const Patch& patch, const Region& wanted) const;
  Tensor compute(ValueId id, const Patches& patches, const Region& region) const;
  Tensor convolve(ValueId id, const Patches& patches, const Region& region) const;
  Tensor pool(ValueId id, const Patches& patches, const Region& region) const;
  Patches patches_for(const Region& region, const Tensor& replacement) const;

  const Network& network_;
  ValueId of_;
  std::vector<Shape> shapes_;
  std::vector<char> is_partial_;  ///< by ValueId; the picture counts
  std::vector<ValueId> partial_;
  std::vector<ValueId> frontier_;  ///< partial values that whole nodes, or the caller, read
  std::array<std::int64_t, 2> largest_;
  std::vector<Tensor> base_;  ///< by ValueId, where partial
};

}  // namespace cameo
