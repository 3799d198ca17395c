#include "core/ops/resize.h"

#include <cmath>

#include "core/ops/check.h"
#include "core/ops/lanes.h"
#include "core/ops/take.h"

namespace cameo::ops {

namespace {

/// One axis of a resize.
struct Axis {
  std::int64_t in, out;
  double scale;
  double length;  ///< scale·in before it is rounded to `out`
};

Axis axis_for(const ResizeOptions& o, std::size_t i, std::int64_t in) {
  constexpr std::string_view kOp = "Resize";
  constexpr float kMostExtent = 1e9F;
  if (!o.sizes.empty()) {
    const std::int64_t out = o.sizes[i] == 0 ? in : o.sizes[i];
    if (out < 0) throw_argument_error(kOp, "sizes of 0 or more", std::to_string(out));
    return {.in = in,
            .out = out,
            .scale = static_cast<double>(out) / static_cast<double>(in),
            .length = static_cast<double>(out)};
  }
  const float extent = o.scales[i] * static_cast<float>(in);
  if (!(o.scales[i] > 0.0F && extent < kMostExtent)) {
    throw_argument_error(kOp, "scales above 0 that leave fewer than 1e9 elements",
                         std::to_string(o.scales[i]));
  }
  return {.in = in,
          .out = static_cast<std::int64_t>(std::floor(extent)),
          .scale = static_cast<double>(o.scales[i]),
          .length = static_cast<double>(extent)};
}

/// The position among the input elements, kept inside them.
double coordinate(ResizeCoordinates kind, const Axis& axis, std::int64_t i) {
  const auto at = static_cast<double>(i);
  const auto last = static_cast<double>(axis.in - 1);
  const double half_pixel = (at + 0.5) / axis.scale - 0.5;
  const auto position = [&] {
    switch (kind) {
      case ResizeCoordinates::kHalfPixel:
        return half_pixel;
      case ResizeCoordinates::kPytorchHalfPixel:
        return axis.out > 1 ? half_pixel : 0.0;
      case ResizeCoordinates::kAlignCorners:
        return axis.out > 1 ? at * last / (axis.length - 1.0) : 0.0;
      case ResizeCoordinates::kAsymmetric:
        break;
    }
    return at / axis.scale;
  };
  return std::clamp(position(), 0.0, last);
}

std::int64_t rounded(ResizeRounding rounding, double x) {
  switch (rounding) {
    case ResizeRounding::kPreferFloor:
      return static_cast<std::int64_t>(std::ceil(x - 0.5));
    case ResizeRounding::kPreferCeil:
      return static_cast<std::int64_t>(std::floor(x + 0.5));
    case ResizeRounding::kFloor:
      return static_cast<std::int64_t>(std::floor(x));
    case ResizeRounding::kCeil:
      break;
  }
  return static_cast<std::int64_t>(std::ceil(x));
}

std::vector<std::int64_t> nearest(const ResizeOptions& o, const Axis& axis) {
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < axis.out; ++i) {
    const std::int64_t index = rounded(o.rounding, coordinate(o.coordinates, axis, i));
    indices.push_back(std::clamp<std::int64_t>(index, 0, axis.in - 1));
  }
  return indices;
}

/// Row i of the output is first·(1 - weight) + second·weight.
struct Blend {
  std::int64_t first, second;
  float weight;
};

std::vector<Blend> blends(const ResizeOptions& o, const Axis& axis) {
  std::vector<Blend> result;
  for (std::int64_t i = 0; i < axis.out; ++i) {
    const double x = coordinate(o.coordinates, axis, i);
    const auto first = static_cast<std::int64_t>(x);
    result.push_back({.first = first,
                      .second = std::min(first + 1, axis.in - 1),
                      .weight = static_cast<float>(x - static_cast<double>(first))});
  }
  return result;
}

/// Calls `visit(row of the small side, the other row, row of the output, blend)` for every row.
template <typename F>
void for_each_blend(const Lanes& in, const Lanes& out, const std::vector<Blend>& blends, F visit) {
  out.for_each_block([&](std::int64_t block) {
    for (std::size_t i = 0; i < blends.size(); ++i) {
      const std::int64_t base = block * in.extent;
      visit((base + blends[i].first) * in.length, (base + blends[i].second) * in.length,
            (block * out.extent + static_cast<std::int64_t>(i)) * out.length, blends[i].weight);
    }
  });
}

Tensor blended(const Tensor& x, std::size_t axis, const std::vector<Blend>& blends) {
  Shape shape = x.shape();
  shape[axis] = static_cast<std::int64_t>(blends.size());
  Tensor y = Tensor::uninitialized(shape);
  const Lanes lanes(shape, axis);
  const float* in = x.data().data();
  float* out = y.mutable_data().data();
  for_each_blend(Lanes(x.shape(), axis), lanes, blends,
                 [&](std::int64_t a, std::int64_t b, std::int64_t to, float w) {
                   for (std::int64_t i = 0; i < lanes.length; ++i) {
                     out[to + i] = in[a + i] + w * (in[b + i] - in[a + i]);
                   }
                 });
  return y;
}

Tensor unblended(const Tensor& grad, std::size_t axis, const std::vector<Blend>& blends,
                 std::int64_t extent) {
  Shape shape = grad.shape();
  shape[axis] = extent;
  Tensor dx(shape);
  const Lanes lanes(grad.shape(), axis);
  const float* in = grad.data().data();
  float* out = dx.mutable_data().data();
  for_each_blend(Lanes(shape, axis), lanes, blends,
                 [&](std::int64_t a, std::int64_t b, std::int64_t from, float w) {
                   for (std::int64_t i = 0; i < lanes.length; ++i) {
                     out[a + i] += (1.0F - w) * in[from + i];
                     out[b + i] += w * in[from + i];
                   }
                 });
  return dx;
}

bool unchanged(const Axis& axis) { return axis.in == axis.out && axis.scale == 1.0; }

}  // namespace

Shape Resize::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  const Shape& input = inputs[0];
  const std::size_t given = options_.scales.size() + options_.sizes.size();
  if (given != input.size() || (!options_.scales.empty() && !options_.sizes.empty())) {
    throw_argument_error(type(),
                         "a scale or a size for each of " + std::to_string(input.size()) + " axes",
                         std::to_string(options_.scales.size()) + " scales and " +
                             std::to_string(options_.sizes.size()) + " sizes");
  }
  Shape result;
  for (std::size_t i = 0; i < input.size(); ++i) {
    const Axis axis = axis_for(options_, i, input[i]);
    if (axis.in == 0 && axis.out > 0) {
      throw_shape_error(type(), "something to resample", to_string(input));
    }
    result.push_back(axis.out);
  }
  return checked_output(type(), std::move(result));
}

Tensor Resize::forward(std::span<const Tensor> inputs, const RunContext&) const {
  Tensor y = inputs[0];
  for (std::size_t i = 0; i < y.rank(); ++i) {
    const Axis axis = axis_for(options_, i, inputs[0].dim(i));
    if (axis.in == 0 || unchanged(axis)) continue;
    y = options_.mode == ResizeMode::kNearest ? take(y, i, nearest(options_, axis))
                                              : blended(y, i, blends(options_, axis));
  }
  return y;
}

void Resize::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  Tensor dx = ctx.grad;
  for (std::size_t i = dx.rank(); i-- > 0;) {
    const Axis axis = axis_for(options_, i, ctx.input_shapes[0][i]);
    if (axis.in == 0 || unchanged(axis)) continue;
    dx = options_.mode == ResizeMode::kNearest ? put(dx, i, nearest(options_, axis), axis.in)
                                               : unblended(dx, i, blends(options_, axis), axis.in);
  }
  ctx.input_grads[0] = std::move(dx);
}

Reads Resize::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
