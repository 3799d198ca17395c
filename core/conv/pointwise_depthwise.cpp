// A pointwise convolution and the depthwise one that reads it, as one kernel: what inverted
// residual blocks begin with (Sandler et al. 2018, MobileNetV2). The map between them is several
// times as large as what goes in and what comes out. A thread makes the planes of one panel of
// filters at a time, of a strip of rows, and takes them on while they are in its cache.
#include <algorithm>

#include "core/conv/algorithm.h"
#include "core/conv/depthwise.h"
#include "core/conv/epilogue.h"
#include "core/conv/packed_columns.h"
#include "core/parallel.h"

namespace cameo {

namespace {

using namespace packed;

constexpr std::int64_t kColumns = kPanelColumns;
/// Floats of a strip's packed input, which stays in the second cache beside some planes.
constexpr std::int64_t kStripFloats = std::int64_t{1} << 17;
/// A pass with fewer tasks than this is split over filters too, into parts of this many panels or
/// more.
constexpr std::int64_t kFewTasks = 8;
constexpr std::int64_t kPartPanels = 2;

/// How a pass is cut; from the extents alone.
struct Plan {
  Plan(const ConvParams& pointwise, const ConvParams& depthwise)
      : first(pointwise),
        second(depthwise),
        rows(panel_kernels().rows),
        panels(ceil_div(pointwise.filters, rows)),
        strips(std::min(ceil_div(pointwise.channels * pointwise.in_size(), kStripFloats),
                        depthwise.out_height)),
        parts(std::clamp<std::int64_t>(panels / kPartPanels, 1,
                                       ceil_div(kFewTasks, strips * pointwise.batch))) {}

  /// Rows of outputs, and the lines of the map between that they read.
  Range output_rows(std::int64_t strip) const { return part_of(second.out_height, strip, strips); }
  Range lines(std::int64_t strip) const {
    const Range out = output_rows(strip);
    const std::int64_t stride = second.strides[0];
    const std::int64_t begin = std::max<std::int64_t>(out.begin * stride - 1, 0);
    const std::int64_t end = std::min((out.begin + out.count - 1) * stride + 2, second.height);
    return {.begin = begin, .count = end - begin};
  }
  /// Floats between planes of a strip, with room for what kernels round up.
  std::int64_t plane() const {
    const std::int64_t most = ceil_div(second.out_height, strips);
    const std::int64_t lines = std::min((most - 1) * second.strides[0] + 3, second.height);
    return (round_up(lines * second.width, kColumns) / kPanelLanes | 1) * kPanelLanes;
  }
  std::int64_t zeros() const { return second.width + kPanelLanes; }
  std::int64_t packed_floats() const { return first.channels * round_up(plane(), kColumns); }
  std::int64_t floats() const { return packed_floats() + rows * plane() + zeros(); }

  const ConvParams& first;
  const ConvParams& second;
  std::int64_t rows, panels, strips, parts;
};

/// A strip of one picture, in the memory of the calling thread: panels of columns, planes of one
/// panel of filters and a line of zeros.
class Strip {
 public:
  Strip(const Plan& plan, std::int64_t index, const float* picture, float* memory)
      : plan_(plan),
        rows_(plan.output_rows(index)),
        lines_(plan.lines(index)),
        columns_(lines_.count * plan.second.width),
        picture_(picture + lines_.begin * plan.second.width),
        packed_(memory),
        planes_(packed_ + plan.packed_floats()),
        zeros_(planes_ + plan.rows * plan.plane()) {
    std::fill_n(zeros_, plan.zeros(), 0.0F);
    pack_rest();
  }

  /// Planes rows · panel … of the map; the first panel packs the picture.
  void expand(const float* factors, std::int64_t panel, bool pack,
              const ConvEpilogue& epilogue) const {
    const std::int64_t filter = panel * plan_.rows;
    const auto f = static_cast<std::size_t>(filter);
    TileFinish finish{.scale = epilogue.scale.empty() ? nullptr : epilogue.scale.subspan(f).data(),
                      .bias = epilogue.bias.empty() ? nullptr : epilogue.bias.subspan(f).data(),
                      .residual = nullptr,
                      .low = epilogue.low,
                      .high = epilogue.high,
                      .rows = std::min(plan_.rows, plan_.first.filters - filter),
                      .to = planes_,
                      .stride = plan_.plane()};
    const std::int64_t depth = plan_.first.channels;
    for (std::int64_t n = 0; n < columns_; n += kColumns, finish.to += kColumns) {
      const std::int64_t count = std::min(kColumns, columns_ - n);
      float* const packed = packed_ + n * depth;
      const PanelColumns columns = pack && count == kColumns
                                       ? PanelColumns{.data = picture_ + n,
                                                      .stride = plan_.first.in_size(),
                                                      .packed = packed}
                                       : PanelColumns{.data = packed, .stride = kColumns};
      kernels_.multiply_finish(factors + panel * depth * plan_.rows, columns, depth, count, nullptr,
                               finish);
    }
  }

  /// The outputs of those planes; `y` is the picture's.
  void filter(std::int64_t panel, std::span<const float> weights, const ConvEpilogue& epilogue,
              std::int64_t image, float* y) const {
    const ConvParams& p = plan_.second;
    const PlaneKernel run = plane_kernel(p.strides[0]);
    DepthwisePlane plane{.pixels = planes_,
                         .first_line = lines_.begin,
                         .height = p.height,
                         .width = p.width,
                         .first_row = rows_.begin,
                         .end_row = rows_.begin + rows_.count,
                         .out_width = p.out_width,
                         .zeros = zeros_,
                         .room = true};
    const std::int64_t last = std::min((panel + 1) * plan_.rows, p.filters);
    for (std::int64_t f = panel * plan_.rows; f < last; ++f, plane.pixels += plan_.plane()) {
      const PlaneEpilogue e = PlaneEpilogue::of(epilogue, f);
      const std::int64_t at = (image * p.filters + f) * p.out_size();
      run(plane, weights.data() + f * p.taps(),
          {.scale = e.scale,
           .bias = e.bias,
           .residual = epilogue.residual.empty() ? nullptr : epilogue.residual.data() + at,
           .low = e.low,
           .high = e.high,
           .to = y + at});
    }
  }

 private:
  /// The columns behind the last whole panel.
  void pack_rest() const {
    const std::int64_t first = columns_ / kColumns * kColumns;
    const std::int64_t depth = plan_.first.channels;
    for (std::int64_t c = 0; c < depth && first < columns_; ++c) {
      std::copy_n(picture_ + c * plan_.first.in_size() + first, columns_ - first,
                  packed_ + first * depth + c * kColumns);
    }
  }

  const Plan& plan_;
  const PanelKernels& kernels_ = panel_kernels();
  Range rows_, lines_;
  std::int64_t columns_;
  const float* picture_;
  float* packed_;
  float* planes_;
  float* zeros_;
};

void run_pair(const ConvStage& first, const float* factors, const ConvStage& second, const float* x,
              float* y) {
  const Plan plan(first.params, second.params);
  const std::int64_t tasks = first.params.batch * plan.strips * plan.parts;
  parallel_for(tasks, 1, [&](std::int64_t begin, std::int64_t end) {
    float* memory = thread_workspace(plan.floats()).data();
    for (std::int64_t task = begin; task < end;) {
      // Parts of one strip that fall to one thread share the packed picture.
      const std::int64_t next = std::min(end, (task / plan.parts + 1) * plan.parts);
      const std::int64_t from = part_of(plan.panels, task % plan.parts, plan.parts).begin;
      const Range last = part_of(plan.panels, (next - 1) % plan.parts, plan.parts);
      const std::int64_t image = task / plan.parts / plan.strips;
      const Strip strip(plan, task / plan.parts % plan.strips,
                        x + image * first.params.channels * first.params.in_size(), memory);
      for (std::int64_t panel = from; panel < last.begin + last.count; ++panel) {
        strip.expand(factors, panel, panel == from, first.epilogue);
        strip.filter(panel, second.weight, second.epilogue, image, y);
      }
      task = next;
    }
  });
}

}  // namespace

bool run_as_pair(const ConvParams& pointwise, const ConvParams& depthwise) {
  const Correlation product = correlation_of(pointwise, ConvPass::kForward);
  return pointwise.groups == 1 && product.plain() && depth_blocks_of(product) == 1 &&
         depthwise.groups == depthwise.channels && depthwise.filters == depthwise.channels &&
         depthwise.channels == pointwise.filters && depthwise.batch == pointwise.batch &&
         depthwise.height == pointwise.out_height && depthwise.width == pointwise.out_width &&
         reads_planes(depthwise) &&
         select_conv_algorithm(pointwise, ConvPass::kForward).name == "packed" &&
         select_conv_algorithm(depthwise, ConvPass::kForward).name == "depthwise";
}

void conv2d_forward_pair(const ConvStage& first, const ConvStage& second, std::span<const float> x,
                         std::span<float> y) {
  const ConvParams& p = first.params;
  check_size("x", x.size(), p.batch * p.channels * p.in_size());
  check_size("y", y.size(), p.batch * second.params.filters * second.params.out_size());
  check_stage(p, first.weight, first.epilogue);
  check_stage(second.params, second.weight, second.epilogue);
  check_size("residual of the first", first.epilogue.residual.size(), 0);
  if (!run_as_pair(p, second.params) ||
      (first.prepared != nullptr && first.prepared->algorithm().name != "packed")) {
    std::vector<float> between(static_cast<std::size_t>(p.batch * p.filters * p.out_size()));
    conv2d_forward(p, x, first.weight, first.prepared, first.epilogue, between);
    conv2d_forward(second.params, between, second.weight, second.prepared, second.epilogue, y);
    return;
  }
  if (p.batch == 0) return;
  if (first.prepared != nullptr) {
    first.prepared->check(p, ConvPass::kForward);
    return run_pair(first, first.prepared->values().data(), second, x.data(), y.data());
  }
  const ConvAlgorithm packed = packed_conv();
  float* factors = shared_workspace(packed.prepared_size(p, ConvPass::kForward)).data();
  packed.prepare(p, ConvPass::kForward, first.weight.data(), factors);
  run_pair(first, factors, second, x.data(), y.data());
}

}  // namespace cameo
