#include "explain/occlusion.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/incremental_run.h"

namespace cameo::explain {

namespace {

/// The windows along one axis.
struct Windows {
  std::int64_t size, stride, extent, count;

  std::int64_t begin(std::int64_t i) const { return i * stride; }
  std::int64_t end(std::int64_t i) const { return std::min(extent, i * stride + size); }
};

Windows windows_along(std::int64_t extent, std::int64_t patch, std::int64_t stride, bool clipped) {
  const std::int64_t size = std::min(patch, extent);
  const std::int64_t room = extent - size + (clipped ? stride - 1 : 0);
  return {.size = size, .stride = stride, .extent = extent, .count = room / stride + 1};
}

struct Grid {
  Windows rows, columns;
};

Grid make_grid(const OcclusionOptions& options, const Shape& picture) {
  const auto shorter = static_cast<double>(std::min(picture[2], picture[3]));
  const std::int64_t patch =
      options.patch > 0 ? options.patch : std::max<std::int64_t>(1, std::llround(0.15 * shorter));
  const std::int64_t stride =
      options.stride > 0 ? options.stride : std::max<std::int64_t>(1, patch / 4);
  return {.rows = windows_along(picture[2], patch, stride, options.clipped_windows),
          .columns = windows_along(picture[3], patch, stride, options.clipped_windows)};
}

/// Overwrites window `index` of `picture` `[C,H,W]` with the values of `fill`.
void cover(std::span<float> picture, std::span<const float> fill, const Grid& grid,
           std::int64_t index) {
  const std::int64_t row = index / grid.columns.count;
  const std::int64_t column = index % grid.columns.count;
  const std::int64_t width = grid.columns.extent;
  const std::int64_t area = grid.rows.extent * width;
  const std::int64_t length = grid.columns.end(column) - grid.columns.begin(column);
  for (std::int64_t plane = 0; plane < std::ssize(picture); plane += area) {
    for (std::int64_t y = grid.rows.begin(row); y < grid.rows.end(row); ++y) {
      const std::int64_t start = plane + y * width + grid.columns.begin(column);
      std::copy_n(fill.begin() + start, length, picture.begin() + start);
    }
  }
}

/// Per pixel the mean of the windows that cover it.
Tensor spread(const Tensor& map, const Grid& grid) {
  const std::int64_t height = grid.rows.extent;
  const std::int64_t width = grid.columns.extent;
  std::vector<double> totals(static_cast<std::size_t>(height * width), 0.0);
  std::vector<std::int64_t> covers(totals.size(), 0);
  for (std::int64_t i = 0; i < map.size(); ++i) {
    const std::int64_t row = i / grid.columns.count;
    const std::int64_t column = i % grid.columns.count;
    for (std::int64_t y = grid.rows.begin(row); y < grid.rows.end(row); ++y) {
      for (std::int64_t x = grid.columns.begin(column); x < grid.columns.end(column); ++x) {
        const auto pixel = static_cast<std::size_t>(y * width + x);
        totals[pixel] += map.data()[static_cast<std::size_t>(i)];
        ++covers[pixel];
      }
    }
  }
  Tensor result({height, width});
  const std::span<float> out = result.mutable_data();
  for (std::size_t i = 0; i < totals.size(); ++i) {
    if (covers[i] > 0) out[i] = static_cast<float>(totals[i] / static_cast<double>(covers[i]));
  }
  return result;
}

/// The windows' scores less than the picture's, as a map `[rows,columns]`. `scores` begin with the
/// picture's own.
Tensor losses(std::span<const double> scores, const Grid& grid) {
  Tensor map = Tensor::uninitialized({grid.rows.count, grid.columns.count});
  std::transform(scores.begin() + 1, scores.end(), map.mutable_data().begin(),
                 [&](double covered) { return static_cast<float>(scores[0] - covered); });
  return map;
}

void set_map(const Tensor& map, const Grid& grid, bool per_pixel, Explanation& result) {
  result.at_pixels = spread(map, grid);
  result.map = per_pixel ? result.at_pixels : map;
}

Region window(const Grid& grid, std::int64_t index) {
  const std::int64_t row = index / grid.columns.count;
  const std::int64_t column = index % grid.columns.count;
  return {.top = grid.rows.begin(row),
          .bottom = grid.rows.end(row),
          .left = grid.columns.begin(column),
          .right = grid.columns.end(column)};
}

/// Windows that go through the whole layers of a network at once; not the user's choice, because a
/// row's last bits depend on how many there are.
constexpr std::int64_t kWindowsAtOnce = 16;

/// The picture's score, then each window's. Only what a window can reach is computed again.
std::vector<double> score_windows(const Tape& tape, const Grid& grid, const Tensor& fill,
                                  const Target& target, const ScoringOptions& options) {
  if (options.batch < 1) {
    throw ArgumentError("batch: expected at least 1, got " + std::to_string(options.batch));
  }
  const Network& network = tape.network();
  const IncrementalRun run(network, tape.value(network.input()), target.of,
                           {grid.rows.size, grid.columns.size});
  const std::int64_t count = grid.rows.count * grid.columns.count + 1;
  std::vector<double> scores;
  for (std::int64_t first = 0; first < count; first += kWindowsAtOnce) {
    const std::int64_t end = std::min(count, first + kWindowsAtOnce);
    std::vector<Region> regions;
    for (std::int64_t i = first; i < end; ++i) {
      regions.push_back(i == 0 ? Region{} : window(grid, i - 1));
    }
    const Tensor rows = run.run(regions, fill);
    const auto classes = static_cast<std::size_t>(rows.size() / (end - first));
    for (std::size_t n = 0; n < regions.size(); ++n) {
      scores.push_back(
          score_in_row(rows.data().subspan(n * classes, classes), target, options.output));
    }
    if (options.progress) options.progress(end, count);
  }
  return scores;
}

}  // namespace

Occlusion::Occlusion(OcclusionOptions options) : options_(std::move(options)) {
  if (options_.patch < 0 || options_.stride < 0) {
    throw ArgumentError("occlusion: patch and stride are pixels, at least 1, or 0 for the default");
  }
}

const MethodInfo& Occlusion::info() const {
  static const MethodInfo info{
      .name = "occlusion",
      .summary = "what the score loses when a part of the picture is covered",
      .paper =
          "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, "
          "section 4.2",
      .kind = MapKind::kLayer,
      .options = {{"patch", "auto", "side of the covered square in pixels"},
                  {"stride", "auto", "pixels from one square to the next"},
                  {"fill", "zero", "zero, grey, mean or blur"},
                  {"windows", "inside", "inside, or clipped at the right and bottom edge"},
                  {"map", "windows", "a value per window, or per pixel: windows or pixels"},
                  {"output", "logit", "logit or probability"},
                  {"batch", "16", "pictures that a black box scores at once"}},
  };
  return info;
}

void Occlusion::perturb(const ScoreFunction& scores, const Tensor& picture, const Target& target,
                        Explanation& result) const {
  const Grid grid = make_grid(options_, picture.shape());
  const std::int64_t windows = grid.rows.count * grid.columns.count;
  const Tensor fill = fill_picture(picture, options_.fill);
  const auto write = [&](std::int64_t index, std::span<float> out) {
    std::copy(picture.data().begin(), picture.data().end(), out.begin());
    if (index > 0) cover(out, fill.data(), grid, index - 1);
  };
  const std::vector<double> values =
      score_pictures(scores, picture.shape(), windows + 1, write, target, options_.scoring);
  set_map(losses(values, grid), grid, options_.per_pixel, result);
}

void Occlusion::perturb_network(const Tape& tape, const Target& target, Explanation& result) const {
  const Tensor& picture = tape.value(tape.network().input());
  const Grid grid = make_grid(options_, picture.shape());
  const Tensor fill = fill_picture(picture, options_.fill);
  set_map(losses(score_windows(tape, grid, fill, target, options_.scoring), grid), grid,
          options_.per_pixel, result);
}

}  // namespace cameo::explain
