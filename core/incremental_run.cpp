#include "core/incremental_run.h"

#include <algorithm>

#include "core/between_runs.h"
#include "core/conv/conv.h"
#include "core/error.h"
#include "core/graph_paths.h"
#include "core/ops/concat.h"
#include "core/ops/conv.h"
#include "core/ops/max_pool.h"
#include "core/parallel.h"

namespace cameo {

namespace {

/// Beyond this share of a layer its surroundings and smaller kernels cost what is saved.
constexpr double kMostOfLayer = 0.6;

/// Sliding windows along one axis.
struct WindowAxis {
  std::int64_t kernel, stride, dilation, pad;

  std::int64_t reach() const { return (kernel - 1) * dilation; }
};
using WindowAxes = std::array<WindowAxis, 2>;

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) {
  return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

/// Positions first … last-1 of the windows that see any of begin … end-1.
std::array<std::int64_t, 2> windows_over(const WindowAxis& axis, std::int64_t begin,
                                         std::int64_t end, std::int64_t count) {
  const std::int64_t first = ceil_divide(begin + axis.pad - axis.reach(), axis.stride);
  const std::int64_t last = (end - 1 + axis.pad) / axis.stride + 1;
  return {std::clamp<std::int64_t>(first, 0, count), std::clamp<std::int64_t>(last, 0, count)};
}

/// What the windows of `region` see; may leave the layer where there is padding.
Region seen_by(const WindowAxes& axes, const Region& region) {
  const auto begin = [&](std::size_t a, std::int64_t position) {
    return position * axes[a].stride - axes[a].pad;
  };
  return {.top = begin(0, region.top),
          .bottom = begin(0, region.bottom - 1) + axes[0].reach() + 1,
          .left = begin(1, region.left),
          .right = begin(1, region.right - 1) + axes[1].reach() + 1};
}

template <typename Options>
WindowAxes axes_of(const Options& options, std::array<std::int64_t, 2> kernel) {
  return {{{kernel[0], options.strides[0], options.dilations[0], options.pads[0]},
           {kernel[1], options.strides[1], options.dilations[1], options.pads[1]}}};
}

WindowAxes window_axes(const Network& network, const Node& node) {
  if (const auto* pool = dynamic_cast<const ops::MaxPool*>(node.op.get())) {
    return axes_of(pool->options(), pool->options().kernel);
  }
  const Shape& weight = network.node(node.inputs[1]).parameter.shape();
  return axes_of(static_cast<const ops::Conv&>(*node.op).options(), {weight[2], weight[3]});
}

Region joined(const Region& a, const Region& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {.top = std::min(a.top, b.top),
          .bottom = std::max(a.bottom, b.bottom),
          .left = std::min(a.left, b.left),
          .right = std::max(a.right, b.right)};
}

Region within(const Region& region, const Shape& shape) {
  return {.top = std::max<std::int64_t>(region.top, 0),
          .bottom = std::min(region.bottom, shape[2]),
          .left = std::max<std::int64_t>(region.left, 0),
          .right = std::min(region.right, shape[3])};
}

/// Plane after plane of values, `[...,H,W]`, whose top left corner lies at (top, left) of a layer.
template <typename T>
struct Planes {
  T* values;
  std::int64_t count, height, width;
  std::int64_t top = 0;
  std::int64_t left = 0;

  T* at(std::int64_t plane, std::int64_t y, std::int64_t x) const {
    return values + (plane * height + y - top) * width + x - left;
  }
};

/// Copies a region that both have.
void copy_region(const Planes<const float>& from, const Planes<float>& to, const Region& region) {
  for (std::int64_t plane = 0; plane < to.count; ++plane) {
    for (std::int64_t y = region.top; y < region.bottom; ++y) {
      std::copy_n(from.at(plane, y, region.left), region.width(), to.at(plane, y, region.left));
    }
  }
}

Planes<const float> planes_of(const Tensor& values, std::int64_t top = 0, std::int64_t left = 0) {
  const Shape& shape = values.shape();
  return {.values = values.data().data(),
          .count = shape[1],
          .height = shape[2],
          .width = shape[3],
          .top = top,
          .left = left};
}

bool is_one_of(std::string_view type, std::span<const std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// Ops whose output at a place depends on their first input at that place alone.
constexpr std::array<std::string_view, 11> kPointwise{
    "Relu", "Clip",        "LeakyRelu", "Sigmoid", "Tanh", "HardSwish",
    "Elu",  "HardSigmoid", "Dropout",   "Abs",     "Neg"};
/// The same of two layers.
constexpr std::array<std::string_view, 3> kPointwisePairs{"Add", "Mul", "Sub"};

}  // namespace

IncrementalRun::IncrementalRun(const Network& network, const Tensor& picture, ValueId of,
                               std::array<std::int64_t, 2> largest)
    : network_(network), of_(of), largest_(largest) {
  if (picture.rank() != 4 || picture.dim(0) != 1 || picture.size() == 0) {
    throw ShapeError("incremental run: expected one picture [1,C,H,W], got " +
                     to_string(picture.shape()));
  }
  static_cast<void>(network.node(of));
  shapes_ = network.infer_shapes(picture.shape());
  plan(largest);
  base_.resize(shapes_.size());
  base_[index_of(network.input())] = picture;
  if (partial_.empty()) return;
  const Tape tape = forward(network, picture, {.keep = partial_});
  for (const ValueId id : partial_) base_[index_of(id)] = tape.value(id);
}

/// Which nodes to run in part: those that a region of the largest size in the middle of the picture
/// reaches little enough of. The frontier is what others read of them.
void IncrementalRun::plan(std::array<std::int64_t, 2> largest) {
  const std::size_t count = shapes_.size();
  std::vector<char> wanted(count, 0);
  wanted[index_of(of_)] = 1;
  for (std::size_t i = count; i-- > 0;) {
    if (!wanted[i]) continue;
    for (const ValueId source : network_.nodes()[i].inputs) wanted[index_of(source)] = 1;
  }
  is_partial_.assign(count, 0);
  std::vector<Region> reached(count);
  const std::size_t input = index_of(network_.input());
  const Shape& picture = shapes_[input];
  const std::int64_t top = (picture[2] - std::min(largest[0], picture[2])) / 2;
  const std::int64_t left = (picture[3] - std::min(largest[1], picture[3])) / 2;
  reached[input] = {.top = top,
                    .bottom = top + std::min(largest[0], picture[2]),
                    .left = left,
                    .right = left + std::min(largest[1], picture[3])};
  is_partial_[input] = 1;
  for (std::size_t i = 0; i < count; ++i) {
    const auto id = static_cast<ValueId>(i);
    if (!wanted[i] || !can_run_partly(id)) continue;
    reached[i] = reached_by(id, reached);
    const auto area = static_cast<double>(reached[i].height() * reached[i].width());
    if (area > kMostOfLayer * static_cast<double>(shapes_[i][2] * shapes_[i][3])) continue;
    is_partial_[i] = 1;
    partial_.push_back(id);
  }
  std::vector<char> read_by_whole(count, 0);
  read_by_whole[index_of(of_)] = 1;
  for (std::size_t i = 0; i < count; ++i) {
    if (!wanted[i] || is_partial_[i]) continue;
    for (const ValueId source : network_.nodes()[i].inputs) read_by_whole[index_of(source)] = 1;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (is_partial_[i] && read_by_whole[i]) frontier_.push_back(static_cast<ValueId>(i));
  }
}

bool IncrementalRun::can_run_partly(ValueId id) const {
  const Node& node = network_.node(id);
  if (!node.op || node.inputs.empty() || shapes_[index_of(id)].size() != 4) return false;
  const std::string_view type = node.op->type();
  const auto partial = [&](ValueId source) { return is_partial_[index_of(source)] != 0; };
  const auto is_parameter = [&](ValueId source) { return network_.node(source).is_parameter(); };
  if (!partial(node.inputs[0])) return false;
  if (type == "Conv" || type == "BatchNormalization") {
    return std::all_of(node.inputs.begin() + 1, node.inputs.end(), is_parameter);
  }
  if (type == "MaxPool" || is_one_of(type, kPointwise)) return node.inputs.size() == 1;
  if (is_one_of(type, kPointwisePairs)) {
    return partial(node.inputs[1]) &&
           shapes_[index_of(node.inputs[0])] == shapes_[index_of(node.inputs[1])];
  }
  const auto* concat = dynamic_cast<const ops::Concat*>(node.op.get());
  return concat != nullptr && concat->options().axis == 1 &&
         std::all_of(node.inputs.begin(), node.inputs.end(), partial);
}

/// What of a partial node depends on the changed regions of its inputs, by ValueId.
Region IncrementalRun::reached_by(ValueId id, std::span<const Region> changed) const {
  const Node& node = network_.node(id);
  Region region;
  for (const ValueId source : node.inputs) {
    if (!network_.node(source).is_parameter()) region = joined(region, changed[index_of(source)]);
  }
  const std::string_view type = node.op->type();
  if (region.empty() || (type != "Conv" && type != "MaxPool")) return region;
  const WindowAxes axes = window_axes(network_, node);
  const Shape& shape = shapes_[index_of(id)];
  const auto rows = windows_over(axes[0], region.top, region.bottom, shape[2]);
  const auto columns = windows_over(axes[1], region.left, region.right, shape[3]);
  return {.top = rows[0], .bottom = rows[1], .left = columns[0], .right = columns[1]};
}

/// `[1,C,height,width]` of a partial value; zeros outside the layer.
Tensor IncrementalRun::values_in(ValueId id, const Patch& patch, const Region& wanted) const {
  const Tensor& base = base_[index_of(id)];
  const Region inside = within(wanted, base.shape());
  const Region patched{.top = std::max(inside.top, patch.region.top),
                       .bottom = std::min(inside.bottom, patch.region.bottom),
                       .left = std::max(inside.left, patch.region.left),
                       .right = std::min(inside.right, patch.region.right)};
  Tensor values({1, base.dim(1), wanted.height(), wanted.width()});
  const Planes<float> to{.values = values.mutable_data().data(),
                         .count = base.dim(1),
                         .height = wanted.height(),
                         .width = wanted.width(),
                         .top = wanted.top,
                         .left = wanted.left};
  copy_region(planes_of(base), to, inside);
  if (!patched.empty()) {
    copy_region(planes_of(patch.values, patch.region.top, patch.region.left), to, patched);
  }
  return values;
}

Tensor IncrementalRun::convolve(ValueId id, const Patches& patches, const Region& region) const {
  const Node& node = network_.node(id);
  const ValueId source = node.inputs[0];
  const auto& op = static_cast<const ops::Conv&>(*node.op);
  const Region seen = seen_by(window_axes(network_, node), region);
  const Tensor x = values_in(source, patches[index_of(source)], seen);
  const Tensor& weight = network_.node(node.inputs[1]).parameter;
  std::vector<Shape> shapes{x.shape(), weight.shape()};
  ops::ConvOptions unpadded = op.options();
  unpadded.pads = {0, 0, 0, 0};
  const ConvParams params = ops::Conv(unpadded).params(shapes);
  ConvEpilogue epilogue;
  if (node.inputs.size() == 3) epilogue.bias = network_.node(node.inputs[2]).parameter.data();
  const auto prepared = network_.between_runs().weights.conv(id, node.inputs[1], params,
                                                             ConvPass::kForward, weight.data());
  Tensor y = Tensor::uninitialized({1, params.filters, params.out_height, params.out_width});
  conv2d_forward(params, x.data(), weight.data(), prepared.get(), epilogue, y.mutable_data());
  return y;
}

/// Padding never wins, so that it stays padding rather than zeros.
Tensor IncrementalRun::pool(ValueId id, const Patches& patches, const Region& region) const {
  const Node& node = network_.node(id);
  const ValueId source = node.inputs[0];
  ops::MaxPoolOptions options = static_cast<const ops::MaxPool&>(*node.op).options();
  const Region seen = seen_by(window_axes(network_, node), region);
  const Region inside = within(seen, shapes_[index_of(source)]);
  options.pads = {inside.top - seen.top, inside.left - seen.left, seen.bottom - inside.bottom,
                  seen.right - inside.right};
  options.ceil_mode = false;
  const Tensor x = values_in(source, patches[index_of(source)], inside);
  return ops::MaxPool(options).forward({&x, 1}, {});
}

Tensor IncrementalRun::compute(ValueId id, const Patches& patches, const Region& region) const {
  const Node& node = network_.node(id);
  if (node.op->type() == "Conv") return convolve(id, patches, region);
  if (node.op->type() == "MaxPool") return pool(id, patches, region);
  std::vector<Tensor> inputs;
  for (const ValueId source : node.inputs) {
    const Node& input = network_.node(source);
    inputs.push_back(input.is_parameter() ? input.parameter
                                          : values_in(source, patches[index_of(source)], region));
  }
  return node.op->forward(inputs, {});
}

IncrementalRun::Patches IncrementalRun::patches_for(const Region& region,
                                                    const Tensor& replacement) const {
  const ValueId input = network_.input();
  std::vector<Region> changed(shapes_.size());
  Patches patches(shapes_.size());
  if (region.empty()) return patches;
  changed[index_of(input)] = region;
  Patch& first = patches[index_of(input)];
  first.region = region;
  first.values = Tensor::uninitialized({1, replacement.dim(1), region.height(), region.width()});
  copy_region(planes_of(replacement),
              {.values = first.values.mutable_data().data(),
               .count = replacement.dim(1),
               .height = region.height(),
               .width = region.width(),
               .top = region.top,
               .left = region.left},
              region);
  for (const ValueId id : partial_) {
    const Region reached = reached_by(id, changed);
    changed[index_of(id)] = reached;
    if (reached.empty()) continue;
    patches[index_of(id)] = {.region = reached, .values = compute(id, patches, reached)};
  }
  return patches;
}

Tensor IncrementalRun::run(std::span<const Region> regions, const Tensor& replacement) const {
  const Shape& picture = shapes_[index_of(network_.input())];
  if (replacement.shape() != picture) {
    throw ShapeError("incremental run: expected a replacement " + to_string(picture) + ", got " +
                     to_string(replacement.shape()));
  }
  for (const Region& region : regions) {
    if (region.height() > largest_[0] || region.width() > largest_[1] || region.top < 0 ||
        region.left < 0 || region.bottom > picture[2] || region.right > picture[3]) {
      throw ArgumentError(
          "incremental run: a region is larger than announced or leaves the picture");
    }
  }
  const auto count = static_cast<std::int64_t>(regions.size());
  std::map<ValueId, Tensor> merged;
  std::vector<float*> rows(shapes_.size(), nullptr);
  for (const ValueId id : frontier_) {
    Shape shape = shapes_[index_of(id)];
    shape[0] = count;
    rows[index_of(id)] =
        (merged[id] = Tensor::uninitialized(std::move(shape))).mutable_data().data();
  }
  parallel_for(count, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
      const Patches patches = patches_for(regions[static_cast<std::size_t>(n)], replacement);
      for (const ValueId id : frontier_) {
        const Tensor& base = base_[index_of(id)];
        const Shape& shape = base.shape();
        float* const row = rows[index_of(id)] + n * base.size();
        std::copy(base.data().begin(), base.data().end(), row);
        const Patch& patch = patches[index_of(id)];
        if (!patch.values.defined()) continue;
        copy_region(planes_of(patch.values, patch.region.top, patch.region.left),
                    {.values = row, .count = shape[1], .height = shape[2], .width = shape[3]},
                    patch.region);
      }
    }
  });
  return forward_from(network_, merged, {.keep = {of_}}).value(of_);
}

}  // namespace cameo
