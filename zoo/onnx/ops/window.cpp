// Convolution and pooling; one spatial axis runs as height 1.
#include <algorithm>
#include <limits>

#include "core/ops/average_pool.h"
#include "core/ops/conv.h"
#include "core/ops/global_average_pool.h"
#include "core/ops/global_max_pool.h"
#include "core/ops/max_pool.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

/// Height before width.
struct Window {
  std::array<std::int64_t, 2> kernel{}, strides{}, dilations{};
  std::array<std::int64_t, 4> pads{};  ///< top, left, bottom, right
};

/// Throws unless there are one or two spatial axes.
std::size_t spatial_rank(const Call& call, const Value& x) {
  if (x.rank() == 3 || x.rank() == 4) return x.rank() - 2;
  call.fail("has an input of rank " + std::to_string(x.rank()) +
            "; images [N,C,H,W] and sequences [N,C,L] are supported");
}

/// Two numbers from an attribute; a missing height takes `missing`.
std::array<std::int64_t, 2> pair_from(const Call& call, const std::vector<std::int64_t>& values,
                                      std::size_t rank, std::int64_t missing) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (values.size() != rank) call.fail("its window's settings do not fit its input's rank");
  for (const std::int64_t value : values) {
    if (value < 0 || value > kMost) call.fail("its window has an impossible setting");
  }
  return {rank == 2 ? values[0] : missing, values.back()};
}

/// The padding that makes the output ceil(input / stride) long.
void pad_to_same(const Call& call, const Value& x, std::size_t rank, bool more_at_end,
                 Window& window) {
  for (std::size_t i = 2 - rank; i < 2; ++i) {
    const std::int64_t extent = x.shapes[0][x.rank() - 2 + i];
    const std::int64_t stride = window.strides[i];
    if (stride < 1 || extent < 1) call.fail("its stride is 0 or its input empty");
    const std::int64_t last = (extent - 1) / stride * stride;
    const std::int64_t reach = last + (window.kernel[i] - 1) * window.dilations[i] + 1;
    const std::int64_t total = std::max<std::int64_t>(reach - extent, 0);
    window.pads[i] = more_at_end ? total / 2 : total - total / 2;
    window.pads[i + 2] = total - window.pads[i];
  }
}

/// `kernel` is the attribute's value or the weight's extents.
Window window_of(Call& call, const Value& x, const std::vector<std::int64_t>& kernel) {
  const std::size_t rank = spatial_rank(call, x);
  const std::vector<std::int64_t> ones(rank, 1);
  Window window;
  window.kernel = pair_from(call, kernel, rank, 1);
  window.strides = pair_from(call, call.integers("strides", ones), rank, 1);
  window.dilations = pair_from(call, call.integers("dilations", ones), rank, 1);
  const std::vector<std::int64_t> pads =
      call.integers("pads", std::vector<std::int64_t>(2 * rank, 0));
  const std::string mode = call.text("auto_pad", "NOTSET");
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    pad_to_same(call, x, rank, mode == "SAME_UPPER", window);
  } else if (mode == "NOTSET") {
    if (pads.size() != 2 * rank) call.fail("its pads do not fit its input's rank");
    const auto half = pads.begin() + static_cast<std::ptrdiff_t>(rank);
    const auto begin = pair_from(call, {pads.begin(), half}, rank, 0);
    const auto end = pair_from(call, {half, pads.end()}, rank, 0);
    window.pads = {begin[0], begin[1], end[0], end[1]};
  } else if (mode != "VALID") {
    call.fail("its auto_pad is unknown: " + mode);
  }
  return window;
}

/// [.., L] as [.., 1, L].
Value& with_height(Call& call, Value& x) {
  if (x.rank() != 3) return x;
  PerBatch<Shape> targets = x.shapes;
  for (Shape& target : targets) target.insert(target.begin() + 2, 1);
  return call.reshape(x, targets);
}

Value& without_height(Call& call, Value& y, bool had_none) {
  if (!had_none) return y;
  PerBatch<Shape> targets = y.shapes;
  for (Shape& target : targets) target.erase(target.begin() + 2);
  return call.reshape(y, targets);
}

Values lower_conv(Call& call) {
  Value& x = call.input(0);
  Value& weight = call.input(1);
  static_cast<void>(spatial_rank(call, x));
  if (weight.rank() != x.rank()) call.fail("its weight's rank is not its input's");
  const std::vector<std::int64_t> kernel(weight.shapes[0].begin() + 2, weight.shapes[0].end());
  if (call.integers("kernel_shape", kernel) != kernel) {
    call.fail("its kernel_shape is not its weight's");
  }
  const Window window = window_of(call, x, kernel);
  Values inputs{&with_height(call, x), &with_height(call, weight)};
  if (call.has(2)) inputs.push_back(&call.input(2));
  Value& y = call.apply<ops::Conv>(ops::ConvOptions{.strides = window.strides,
                                                    .pads = window.pads,
                                                    .dilations = window.dilations,
                                                    .groups = call.integer("group", 1)},
                                   inputs);
  return {&without_height(call, y, x.rank() == 3)};
}

Values lower_max_pool(Call& call) {
  Value& x = call.input(0);
  call.ignore("storage_order");  // of the indices, which are not made
  const Window window = window_of(call, x, call.integers("kernel_shape"));
  Value& y =
      call.apply<ops::MaxPool>(ops::MaxPoolOptions{.kernel = window.kernel,
                                                   .strides = window.strides,
                                                   .pads = window.pads,
                                                   .ceil_mode = call.integer("ceil_mode", 0) != 0,
                                                   .dilations = window.dilations},
                               {&with_height(call, x)});
  return {&without_height(call, y, x.rank() == 3)};
}

Values lower_average_pool(Call& call) {
  Value& x = call.input(0);
  const Window window = window_of(call, x, call.integers("kernel_shape"));
  if (window.dilations != std::array<std::int64_t, 2>{1, 1}) call.fail("is dilated");
  Value& y = call.apply<ops::AveragePool>(
      ops::AveragePoolOptions{.kernel = window.kernel,
                              .strides = window.strides,
                              .pads = window.pads,
                              .ceil_mode = call.integer("ceil_mode", 0) != 0,
                              .count_include_pad = call.integer("count_include_pad", 0) != 0},
      {&with_height(call, x)});
  return {&without_height(call, y, x.rank() == 3)};
}

template <typename T>
Values lower_global_pool(Call& call) {
  Value& x = call.input(0);
  static_cast<void>(spatial_rank(call, x));
  Value& y = call.apply(std::make_shared<T>(), {&with_height(call, x)});
  return {&without_height(call, y, x.rank() == 3)};
}

constexpr OpRow kRows[] = {
    {"AveragePool", 1, 1, lower_average_pool},
    {"Conv", 2, 3, lower_conv},
    {"GlobalAveragePool", 1, 1, lower_global_pool<ops::GlobalAveragePool>},
    {"GlobalMaxPool", 1, 1, lower_global_pool<ops::GlobalMaxPool>},
    {"MaxPool", 1, 1, lower_max_pool},
};

}  // namespace

std::span<const OpRow> window_ops() { return kRows; }

}  // namespace cameo::zoo::onnx
