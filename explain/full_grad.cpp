#include "explain/full_grad.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/elementwise.h"
#include "explain/channels.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

bool is_affine(std::string_view type) {
  constexpr std::array<std::string_view, 6> kTypes{"Conv",   "Gemm", "BatchNormalization",
                                                   "MatMul", "Add",  "Sub"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

/// The affine layers with parameters that `of` may depend on: all but one of their inputs are
/// parameters.
std::vector<ValueId> affine_layers(const Network& network, ValueId of) {
  std::vector<ValueId> layers;
  for (ValueId id = 0; id <= of; ++id) {
    const Node& node = network.node(id);
    if (!node.op || !is_affine(node.op->type())) continue;
    const auto parameters =
        std::count_if(node.inputs.begin(), node.inputs.end(),
                      [&](ValueId input) { return network.node(input).is_parameter(); });
    if (parameters > 0 && parameters + 1 == static_cast<std::ptrdiff_t>(node.inputs.size())) {
      layers.push_back(id);
    }
  }
  return layers;
}

/// What the layer makes of zeros.
Tensor own_share(const Network& network, std::span<const Shape> shapes, ValueId layer) {
  const Node& node = network.node(layer);
  std::vector<Tensor> inputs;
  for (const ValueId input : node.inputs) {
    const Node& source = network.node(input);
    inputs.push_back(source.is_parameter() ? source.parameter
                                           : Tensor(shapes[static_cast<std::size_t>(input)]));
  }
  return node.op->forward(inputs, RunContext{});
}

/// |values| from least to greatest to 0…1, as [1,C,H,W].
Tensor scaled(const Tensor& values, FullGradScaling scaling) {
  const double epsilon = scaling == FullGradScaling::kLayer ? 1e-6 : 1e-7;
  Tensor result = map(values, [](float v) { return std::abs(v); });
  const std::span<float> all = result.mutable_data();
  const auto area = static_cast<std::size_t>(values.dim(2) * values.dim(3));
  const std::size_t group = scaling == FullGradScaling::kLayer ? all.size() : area;
  for (std::size_t start = 0; start < all.size(); start += group) {
    const std::span<float> part = all.subspan(start, group);
    const auto [low, high] = std::minmax_element(part.begin(), part.end());
    const double least = *low;
    const double range = *high - least + epsilon;
    for (float& value : part) value = static_cast<float>((value - least) / range);
  }
  return result;
}

}  // namespace

const MethodInfo& FullGrad::info() const {
  static const MethodInfo info{
      .name = "fullgrad",
      .summary = "the picture's and every bias's share in the score, layer upon layer",
      .paper = "Srinivas & Fleuret 2019, Full-Gradient Representation, equation 8",
      .kind = MapKind::kLayer,
      .options = {{"scaling", "layer", "layer or channel: what is brought to 0…1 together"},
                  {"upsampling", "align-corners", "half-pixel, align-corners or nearest"}},
  };
  return info;
}

void FullGrad::prepare(const Network& network, const Shape& /*picture*/, ValueId of,
                       Request& request) const {
  request.wrt.push_back(network.input());
  const std::vector<ValueId> layers = affine_layers(network, of);
  request.wrt.insert(request.wrt.end(), layers.begin(), layers.end());
}

Explanation FullGrad::explain(const Tape& tape, const Target& target) const {
  const Network& network = tape.network();
  const Shape& picture = picture_shape(tape);
  const std::vector<Shape> shapes = network.infer_shapes(picture);
  std::vector<ValueId> wrt = affine_layers(network, target.of);
  wrt.push_back(network.input());
  const Gradients gradients = tape.backward(target.of, seed_for(tape, target), {}, wrt);
  Tensor map({picture[2], picture[3]});
  double total = 0.0;
  for (const auto& [id, gradient] : gradients) {
    const Tensor share = id == network.input() ? tape.value(id) : own_share(network, shapes, id);
    const Tensor part = zip(gradient, share, [](float g, float b) { return g * b; });
    total += sum(part);
    if (part.rank() != 4 || part.dim(2) * part.dim(3) == 1) continue;
    add_in_place(map, resize_map(channel_sum(scaled(part, options_.scaling)), picture[2],
                                 picture[3], options_.upsampling));
  }
  Explanation result{.method = info().name,
                     .kind = MapKind::kLayer,
                     .map = map,
                     .signed_map = map,
                     .layer = network.input(),
                     .target = target,
                     .logit = score_of(tape, target),
                     .warnings = {}};
  warn_about_gradient(result, gradients.at(network.input()));
  warn_about_map(result);
  note_completeness(result, total, result.logit);
  return result;
}

}  // namespace cameo::explain
