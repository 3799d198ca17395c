#include "core/ops/adaptive_average_pool.h"

#include "core/ops/check.h"
#include "core/ops/window_mean.h"

namespace cameo::ops {

namespace {

/// i·extent/bins = i·(extent/bins) + i·(extent%bins)/bins, which cannot overflow.
std::vector<WindowSpan> bins_along(std::int64_t extent, std::int64_t bins) {
  std::vector<WindowSpan> spans;
  const std::int64_t quotient = extent / bins;
  const std::int64_t remainder = extent % bins;
  for (std::int64_t i = 0; i < bins; ++i) {
    const std::int64_t begin = i * quotient + i * remainder / bins;
    const std::int64_t end = (i + 1) * quotient + ((i + 1) * remainder + bins - 1) / bins;
    spans.push_back({.begin = begin, .end = end, .counted = end - begin});
  }
  return spans;
}

WindowGrid grid_for(const AdaptiveAveragePoolOptions& options, const Shape& input) {
  return {.rows = bins_along(input[2], options.output[0]),
          .columns = bins_along(input[3], options.output[1])};
}

}  // namespace

Shape AdaptiveAveragePool::infer_shape(std::span<const Shape> inputs) const {
  constexpr std::int64_t kMostBins = std::int64_t{1} << 20;
  check_input_count(type(), inputs, 1, 1);
  const Shape& x = inputs[0];
  check_rank(type(), "an input", x, 4);
  if (x[2] < 1 || x[3] < 1) throw_shape_error(type(), "a map of 1x1 or more", to_string(x));
  for (const std::int64_t bins : options_.output) {
    if (bins < 1 || bins > kMostBins) {
      throw_argument_error(type(), "1 to " + std::to_string(kMostBins) + " bins along an axis",
                           std::to_string(bins));
    }
  }
  static_cast<void>(checked_output(type(), x));
  return checked_output(type(), {x[0], x[1], options_.output[0], options_.output[1]});
}

Tensor AdaptiveAveragePool::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return window_means(inputs[0], grid_for(options_, inputs[0].shape()));
}

void AdaptiveAveragePool::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  const Shape& shape = ctx.input_shapes[0];
  ctx.input_grads[0] = spread_windows(ctx.grad, shape, grid_for(options_, shape));
}

Reads AdaptiveAveragePool::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
