#include "tools/bench_scaling.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/parallel.h"
#include "tools/html.h"

namespace cameo::tools {

namespace {

constexpr std::int64_t kMostPictures = 64;
constexpr std::int64_t kSizes[] = {96, 128, 192, 256, 384, 512, 768, 1024};

Timing time_forward(const Network& network, const Shape& shape, int repeat, std::uint64_t seed) {
  const Tensor pictures = random_pictures(shape, seed);
  return time_repeatedly(repeat, [&] { run_forward(network, pictures); });
}

/// 1, 2, 4 … and `most`.
std::vector<std::int64_t> powers_up_to(std::int64_t most) {
  std::vector<std::int64_t> list;
  for (std::int64_t n = 1; n < most; n *= 2) list.push_back(n);
  list.push_back(most);
  return list;
}

/// The points' times, each divided by a number that depends on where it is.
template <typename PerWhat>
Series series_of(const std::vector<ScalingPoint>& points, PerWhat per_what) {
  Series series{.name = "median", .x = {}, .y = {}};
  for (const ScalingPoint& point : points) {
    series.x.push_back(static_cast<double>(point.at));
    series.y.push_back(point.timing.median / per_what(static_cast<double>(point.at)));
  }
  return series;
}

/// Where an axis from 0 may end whose quarters are round.
double axis_end(double largest) {
  const double unit = std::pow(10.0, std::floor(std::log10(largest)));
  for (const double factor : {1.0, 2.0, 4.0, 6.0, 8.0}) {
    if (factor * unit >= largest) return factor * unit;
  }
  return 10.0 * unit;
}

Chart chart_of(Series series, const std::string& title, const std::string& x_label) {
  double largest = 1e-9;
  for (const double y : series.y) largest = std::max(largest, y);
  return {.series = {std::move(series)},
          .options = {.title = title, .x_label = x_label, .low = 0.0, .high = axis_end(largest)}};
}

}  // namespace

Scaling time_scaling(const Network& network, int repeat, std::uint64_t seed) {
  Scaling scaling;
  Shape shape = network.input_shape();
  shape.insert(shape.begin(), 1);
  for (const std::int64_t pictures : powers_up_to(kMostPictures)) {
    Shape batch = shape;
    batch[0] = pictures;
    scaling.batch.push_back({pictures, time_forward(network, batch, repeat, seed)});
  }
  for (const std::int64_t size : kSizes) {
    try {
      const Shape picture{1, shape[1], size, size};
      scaling.size.push_back({size, time_forward(network, picture, repeat, seed)});
    } catch (const ShapeError&) {
      // Networks with a fixed input have one point or none.
    }
  }
  for (const std::int64_t threads : powers_up_to(max_threads())) {
    const ThreadLimit limit(static_cast<int>(threads));
    scaling.threads.push_back({threads, time_forward(network, shape, repeat, seed)});
  }
  return scaling;
}

std::string scaling_charts(const Scaling& scaling, const std::string& title) {
  const double alone = scaling.threads.empty() ? 1.0 : scaling.threads.front().timing.median;
  Series speed{.name = "median", .x = {}, .y = {}};
  for (const ScalingPoint& point : scaling.threads) {
    speed.x.push_back(static_cast<double>(point.at));
    speed.y.push_back(alone / point.timing.median);
  }
  const std::string label = title.empty() ? "" : title + ": ";
  const std::vector<Chart> charts{
      chart_of(series_of(scaling.batch, [](double n) { return n; }), label + "ms a picture",
               "pictures at once"),
      chart_of(series_of(scaling.size, [](double n) { return n * n * 1e-6; }), label + "ns a pixel",
               "pixels of a side"),
      chart_of(std::move(speed), label + "speed, of one thread's", "threads")};
  return svg_file(charts);
}

}  // namespace cameo::tools
