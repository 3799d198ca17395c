// Resampling, and channels as pixels.
#include "core/ops/resize.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/ops/depth_to_space.h"
#include "core/ops/space_to_depth.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

/// The entry of `names` that equals `text`, as a value of the enumeration in the same order.
template <typename Enum, std::size_t kCount>
Enum one_of(const Call& call, const std::array<std::string_view, kCount>& names,
            const std::string& text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) call.fail("is not supported with \"" + text + "\"");
  return static_cast<Enum>(found - names.begin());
}

ops::ResizeMode mode_from(const Call& call, const std::string& text) {
  return one_of<ops::ResizeMode, 2>(call, {"nearest", "linear"},
                                    text == "bilinear" ? "linear" : text);
}

ops::ResizeCoordinates coordinates_from(const Call& call, const std::string& text) {
  return one_of<ops::ResizeCoordinates, 4>(
      call, {"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"}, text);
}

ops::ResizeRounding rounding_from(const Call& call, const std::string& text) {
  return one_of<ops::ResizeRounding, 4>(
      call, {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}, text);
}

/// Sizes that differ between batches, or that repeat the input's, are written as "as it was".
Shape free_sizes(const Call& call, const Value& x, std::size_t input) {
  Shape sizes = call.known(input, 0).integers();
  const std::vector<std::int64_t>& others = call.known(input, 1).integers();
  if (sizes.size() != x.rank() || others.size() != x.rank()) {
    call.fail("its sizes do not fit its input's rank");
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 1) call.fail("its sizes are not positive");
    const bool kept = sizes[i] == x.shapes[0][i] &&
                      (others[i] == x.shapes[1][i] || call.batch().written_for_first);
    if (sizes[i] != others[i] && !kept) call.fail("its sizes depend on the batch");
    if (kept) sizes[i] = 0;
  }
  return sizes;
}

Values resized(Call& call, ops::ResizeOptions options, std::size_t scales, std::size_t sizes) {
  Value& x = call.input(0);
  const bool has_sizes = call.has(sizes);
  if (has_sizes) {
    options.sizes = free_sizes(call, x, sizes);
  } else {
    options.scales = call.known_floats(scales);
  }
  return {&call.apply<ops::Resize>(std::move(options), {&x})};
}

/// Operator set 10 has scales as its second input and samples asymmetrically; later ones have a
/// region of interest there, and sizes as the alternative.
Values lower_resize(Call& call) {
  ops::ResizeOptions options{.mode = mode_from(call, call.text("mode", "nearest"))};
  constexpr std::size_t kNone = 4;
  if (call.opset() < 11) {
    options.coordinates = ops::ResizeCoordinates::kAsymmetric;
    options.rounding = ops::ResizeRounding::kFloor;
    return resized(call, std::move(options), 1, kNone);
  }
  for (const char* const of_other_modes :
       {"cubic_coeff_a", "exclude_outside", "extrapolation_value"}) {
    call.ignore(of_other_modes);
  }
  options.coordinates =
      coordinates_from(call, call.text("coordinate_transformation_mode", "half_pixel"));
  options.rounding = rounding_from(call, call.text("nearest_mode", "round_prefer_floor"));
  return resized(call, std::move(options), 2, 3);
}

/// Resize's predecessor; scales are an attribute before operator set 9, an input then.
Values lower_upsample(Call& call) {
  ops::ResizeOptions options{.mode = mode_from(call, call.text("mode", "nearest")),
                             .coordinates = ops::ResizeCoordinates::kAsymmetric,
                             .rounding = ops::ResizeRounding::kFloor,
                             .scales = call.numbers("scales")};
  if (call.has(1)) options.scales = call.known_floats(1);
  return {&call.apply<ops::Resize>(std::move(options), {&call.input(0)})};
}

Values lower_depth_to_space(Call& call) {
  const std::string mode = call.text("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") call.fail("its mode is unknown: " + mode);
  return {&call.apply<ops::DepthToSpace>(
      ops::DepthToSpaceOptions{
          .block = call.integer("blocksize", 0),
          .order = mode == "DCR" ? ops::DepthOrder::kBlockFirst : ops::DepthOrder::kChannelFirst},
      {&call.input(0)})};
}

Values lower_space_to_depth(Call& call) {
  return {&call.apply<ops::SpaceToDepth>(
      ops::SpaceToDepthOptions{.block = call.integer("blocksize", 0)}, {&call.input(0)})};
}

constexpr OpRow kRows[] = {
    {"DepthToSpace", 1, 1, lower_depth_to_space},
    {"Resize", 1, 4, lower_resize},
    {"SpaceToDepth", 1, 1, lower_space_to_depth},
    {"Upsample", 1, 2, lower_upsample},
};

}  // namespace

std::span<const OpRow> resize_ops() { return kRows; }

}  // namespace cameo::zoo::onnx
