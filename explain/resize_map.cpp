#include "explain/resize_map.h"

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "core/names.h"
#include "core/parallel.h"

namespace cameo::explain {

namespace {

/// result = (1 - weight)·line[low] + weight·line[high]
struct Tap {
  std::int64_t low;
  std::int64_t high;
  float weight;
};

double source_position(std::int64_t d, std::int64_t in, std::int64_t out, Upsampling upsampling) {
  const auto position = static_cast<double>(d);
  const auto inputs = static_cast<double>(in);
  const auto outputs = static_cast<double>(out);
  if (upsampling == Upsampling::kHalfPixel) return (position + 0.5) * inputs / outputs - 0.5;
  return out > 1 ? position * (inputs - 1.0) / (outputs - 1.0) : 0.0;
}

Tap tap_at(double position, std::int64_t in) {
  const double source = std::clamp(position, 0.0, static_cast<double>(in - 1));
  const auto low = static_cast<std::int64_t>(source);
  return {low, std::min(low + 1, in - 1), static_cast<float>(source - static_cast<double>(low))};
}

std::vector<Tap> taps_of(std::int64_t in, std::int64_t out, Upsampling upsampling) {
  std::vector<Tap> taps;
  taps.reserve(static_cast<std::size_t>(out));
  for (std::int64_t d = 0; d < out; ++d) {
    if (upsampling == Upsampling::kNearest) {
      const std::int64_t nearest = d * in / out;
      taps.push_back({nearest, nearest, 0.0F});
    } else {
      taps.push_back(tap_at(source_position(d, in, out, upsampling), in));
    }
  }
  return taps;
}

std::vector<Tap> taps_of(std::int64_t in, std::int64_t out, const CellLine& cells) {
  if (!(cells.step > 0.0)) {
    throw ArgumentError("resize_map: cells need a positive step, got " +
                        std::to_string(cells.step));
  }
  std::vector<Tap> taps;
  taps.reserve(static_cast<std::size_t>(out));
  for (std::int64_t d = 0; d < out; ++d) {
    const double place = (static_cast<double>(d) + 0.5) / static_cast<double>(out);
    taps.push_back(tap_at((place - cells.first) / cells.step, in));
  }
  return taps;
}

void check_sizes(const Tensor& map, std::int64_t height, std::int64_t width) {
  const std::size_t rank = map.rank();
  if ((rank != 2 && rank != 3) || map.size() == 0) {
    throw ShapeError("resize_map: expected a map [H,W] or [C,H,W], got " + to_string(map.shape()));
  }
  if (height < 1 || width < 1) {
    throw ArgumentError("resize_map: the size must be at least 1x1, got " + std::to_string(height) +
                        "x" + std::to_string(width));
  }
}

/// One tap per output row and per output column.
Tensor resize_with(const Tensor& map, const std::vector<Tap>& rows,
                   const std::vector<Tap>& columns) {
  const std::size_t rank = map.rank();
  const std::int64_t in_height = map.dim(rank - 2);
  const std::int64_t in_width = map.dim(rank - 1);
  const auto height = static_cast<std::int64_t>(rows.size());
  const auto width = static_cast<std::int64_t>(columns.size());
  Shape shape = map.shape();
  shape[rank - 2] = height;
  shape[rank - 1] = width;
  Tensor result = Tensor::uninitialized(shape);
  const float* in = map.data().data();
  float* out = result.mutable_data().data();
  const std::int64_t lines = result.size() / width;
  parallel_for(
      lines, std::max<std::int64_t>(1, 16384 / width), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t line = begin; line < end; ++line) {
          const Tap& row = rows[static_cast<std::size_t>(line % height)];
          const float* plane = in + line / height * in_height * in_width;
          const float* upper = plane + row.low * in_width;
          const float* lower = plane + row.high * in_width;
          for (std::int64_t x = 0; x < width; ++x) {
            const Tap& column = columns[static_cast<std::size_t>(x)];
            const float above =
                upper[column.low] + column.weight * (upper[column.high] - upper[column.low]);
            const float below =
                lower[column.low] + column.weight * (lower[column.high] - lower[column.low]);
            out[line * width + x] = above + row.weight * (below - above);
          }
        }
      });
  return result;
}

}  // namespace

std::vector<std::string> upsampling_names() { return {"half-pixel", "align-corners", "nearest"}; }

Upsampling find_upsampling(std::string_view name) {
  if (name == "half-pixel") return Upsampling::kHalfPixel;
  if (name == "align-corners") return Upsampling::kAlignCorners;
  if (name == "nearest") return Upsampling::kNearest;
  throw LookupError(unknown_name_message("upsampling", name, upsampling_names()));
}

Tensor resize_map(const Tensor& map, std::int64_t height, std::int64_t width,
                  Upsampling upsampling) {
  check_sizes(map, height, width);
  const std::int64_t in_height = map.dim(map.rank() - 2);
  const std::int64_t in_width = map.dim(map.rank() - 1);
  if (in_height == height && in_width == width) return map;
  return resize_with(map, taps_of(in_height, height, upsampling),
                     taps_of(in_width, width, upsampling));
}

Tensor resize_map(const Tensor& map, std::int64_t height, std::int64_t width,
                  const CellGrid& cells) {
  check_sizes(map, height, width);
  return resize_with(map, taps_of(map.dim(map.rank() - 2), height, cells[0]),
                     taps_of(map.dim(map.rank() - 1), width, cells[1]));
}

}  // namespace cameo::explain
