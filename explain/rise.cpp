#include "explain/rise.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"
#include "explain/resize_map.h"

namespace cameo::explain {

namespace {

/// sum over i of values[i]·mask i, pixel by pixel in the order of i.
std::vector<double> weighted_masks(const RiseOptions& options, std::span<const double> values,
                                   std::int64_t height, std::int64_t width) {
  constexpr std::int64_t kAtOnce = 64;
  std::vector<double> totals(static_cast<std::size_t>(height * width), 0.0);
  std::vector<Tensor> masks(kAtOnce);
  const std::int64_t count = std::ssize(values);
  for (std::int64_t first = 0; first < count; first += kAtOnce) {
    const std::int64_t here = std::min(kAtOnce, count - first);
    parallel_for(here, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        masks[static_cast<std::size_t>(i)] = rise_mask(options, first + i, height, width);
      }
    });
    parallel_for(height * width, 4096, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = 0; i < here; ++i) {
        const double value = values[static_cast<std::size_t>(first + i)];
        const std::span<const float> mask =
            std::as_const(masks[static_cast<std::size_t>(i)]).data();
        for (auto p = static_cast<std::size_t>(begin); p < static_cast<std::size_t>(end); ++p) {
          totals[p] += value * mask[p];
        }
      }
    });
  }
  return totals;
}

}  // namespace

Tensor rise_mask(const RiseOptions& options, std::int64_t index, std::int64_t height,
                 std::int64_t width) {
  Random random({options.seed, static_cast<std::uint64_t>(index)});
  Tensor grid({options.cells, options.cells});
  for (float& cell : grid.mutable_data()) {
    cell = random.chance(static_cast<float>(options.keep)) ? 1.0F : 0.0F;
  }
  const std::int64_t cell_height = (height + options.cells - 1) / options.cells;
  const std::int64_t cell_width = (width + options.cells - 1) / options.cells;
  const std::int64_t top = random.below(cell_height);
  const std::int64_t left = random.below(cell_width);
  const Tensor large =
      resize_map(grid, (options.cells + 1) * cell_height, (options.cells + 1) * cell_width);
  Tensor mask = Tensor::uninitialized({height, width});
  float* const out = mask.mutable_data().data();
  for (std::int64_t y = 0; y < height; ++y) {
    std::copy_n(large.data().data() + (top + y) * large.dim(1) + left, width, out + y * width);
  }
  return mask;
}

Rise::Rise(RiseOptions options) : options_(std::move(options)) {
  constexpr std::int64_t kMostCells = 1024;
  if (options_.masks < 1 || options_.cells < 1 || options_.cells > kMostCells ||
      !(options_.keep > 0.0 && options_.keep <= 1.0)) {
    throw ArgumentError(
        "rise: at least one mask is needed, 1 to 1024 cells and a keep above 0 up to 1");
  }
}

const MethodInfo& Rise::info() const {
  static const MethodInfo info{
      .name = "rise",
      .summary = "random masks, weighted by the score of what they leave",
      .paper = "Petsiuk, Das & Saenko 2018, RISE, equation 6",
      .kind = MapKind::kLayer,
      .options = {{"masks", "4000", "how many masks"},
                  {"cells", "7", "cells of a mask, each way"},
                  {"keep", "0.5", "the probability that a cell is kept"},
                  {"seed", "0", "of the masks"},
                  {"output", "probability", "logit or probability"},
                  {"batch", "16", "pictures scored at once"}},
  };
  return info;
}

void Rise::perturb(const ScoreFunction& scores, const Tensor& picture, const Target& target,
                   Explanation& result) const {
  const std::int64_t height = picture.dim(2);
  const std::int64_t width = picture.dim(3);
  const auto write = [&](std::int64_t index, std::span<float> out) {
    const Tensor mask = rise_mask(options_, index, height, width);
    const std::span<const float> factors = mask.data();
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = picture.data()[i] * factors[i % factors.size()];
    }
  };
  const std::vector<double> values =
      score_pictures(scores, picture.shape(), options_.masks, write, target, options_.scoring);
  const std::vector<double> totals = weighted_masks(options_, values, height, width);
  const double expected_cover = static_cast<double>(options_.masks) * options_.keep;
  result.map = Tensor::uninitialized({height, width});
  std::transform(totals.begin(), totals.end(), result.map.mutable_data().begin(),
                 [&](double total) { return static_cast<float>(total / expected_cover); });
}

}  // namespace cameo::explain
