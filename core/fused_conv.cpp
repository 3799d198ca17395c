#include "core/fused_conv.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/conv/conv.h"
#include "core/graph_paths.h"
#include "core/ops/batch_normalization.h"
#include "core/ops/clip.h"
#include "core/ops/conv.h"
#include "core/ops/max_pool.h"

namespace cameo {

namespace {

/// The parameters of a convolution by the shapes of its inputs.
template <typename ShapeOf>
ConvParams params_of(const Network& network, const FusedConv& fused, ShapeOf shape_of) {
  const Node& node = network.node(fused.nodes.front());
  std::vector<Shape> shapes;
  for (const ValueId source : node.inputs) shapes.push_back(shape_of(source));
  return static_cast<const ops::Conv&>(*node.op).params(shapes);
}

/// Adds nodes to a fused convolution as long as they fit.
class Chain {
 public:
  Chain(const Network& network, const FusionLimits& limits, std::vector<char>& taken,
        ValueId convolution)
      : network_(network), limits_(limits), taken_(taken) {
    take(convolution);
  }

  FusedConv grow() && {
    if (const ValueId next = reader("BatchNormalization"); next >= 0 && normalizes(next)) {
      fused_.normalization = next;
      take(next);
    }
    if (const ValueId next = reader("Add"); next >= 0 && adds(next)) {
      const std::vector<ValueId>& inputs = network_.node(next).inputs;
      fused_.residual = inputs[0] == fused_.last() ? inputs[1] : inputs[0];
      fused_.addition = next;
      take(next);
    }
    ValueId next = reader("Relu");
    if (next < 0) next = reader("Clip");
    if (next >= 0) {
      fused_.rectifier = next;
      take(next);
    }
    if (const ValueId pool = reader("MaxPool"); pool >= 0 && pools(pool)) {
      fused_.pool = pool;
      take(pool);
    }
    return std::move(fused_);
  }

 private:
  /// The sole reader of the last value where it is of that type and free, else -1.
  ValueId reader(std::string_view type) const {
    const ValueId next = limits_.sole_reader[index_of(fused_.last())];
    if (next < 0 || taken_[index_of(next)] || !limits_.fusable[index_of(next)]) return -1;
    return network_.node(next).op->type() == type ? next : -1;
  }

  /// By what is known before the run.
  bool normalizes(ValueId id) const {
    const std::vector<ValueId>& inputs = network_.node(id).inputs;
    return inputs[0] == fused_.last() &&
           std::all_of(inputs.begin() + 1, inputs.end(),
                       [&](ValueId source) { return network_.node(source).is_parameter(); });
  }

  /// Without broadcasting.
  bool adds(ValueId id) const {
    const std::vector<ValueId>& inputs = network_.node(id).inputs;
    return limits_.shapes[index_of(inputs[0])] == limits_.shapes[index_of(inputs[1])];
  }

  /// Over 2x2, where the convolution's algorithm does it while it writes.
  bool pools(ValueId id) const {
    const ops::MaxPoolOptions two{};
    const ops::MaxPoolOptions& pool =
        static_cast<const ops::MaxPool&>(*network_.node(id).op).options();
    const Shape& whole = limits_.shapes[index_of(fused_.last())];
    if (whole.empty()) return false;
    const bool even = whole[2] % 2 == 0 && whole[3] % 2 == 0;
    return pool.kernel == two.kernel && pool.strides == two.strides && pool.pads == two.pads &&
           pool.dilations == two.dilations && (even || !pool.ceil_mode) &&
           pools_outputs(params_of(
               network_, fused_, [&](ValueId source) { return limits_.shapes[index_of(source)]; }));
  }

  void take(ValueId id) {
    taken_[index_of(id)] = 1;
    fused_.nodes.push_back(id);
  }

  const Network& network_;
  const FusionLimits& limits_;
  std::vector<char>& taken_;
  FusedConv fused_;
};

/// BatchNormalization and the convolution's own bias as a scale for each filter, then a bias.
std::vector<float> affine_of(const Network& network, const FusedConv& fused,
                             std::span<const Tensor> values, std::span<const float> conv_bias) {
  const Node& node = network.node(fused.normalization);
  const auto input = [&](std::size_t k) { return values[index_of(node.inputs[k])].data(); };
  const auto& op = static_cast<const ops::BatchNormalization&>(*node.op);
  std::vector<float> affine = op.inference_scale(input(1), input(4));
  const std::size_t filters = affine.size();
  for (std::size_t c = 0; c < filters; ++c) {
    const float centre = (conv_bias.empty() ? 0.0F : conv_bias[c]) - input(3)[c];
    affine.push_back(input(2)[c] + centre * affine[c]);
  }
  return affine;
}

/// The same, kept where it follows from the network's own parameters.
std::shared_ptr<const std::vector<float>> kept_affine(const Network& network,
                                                      const FusedConv& fused,
                                                      std::span<const Tensor> values,
                                                      std::span<const float> conv_bias,
                                                      PreparedWeights* kept) {
  const auto make = [&] { return affine_of(network, fused, values, conv_bias); };
  const std::vector<ValueId>& conv_inputs = network.node(fused.nodes.front()).inputs;
  const std::vector<ValueId>& inputs = network.node(fused.normalization).inputs;
  std::vector<ValueId> sources(inputs.begin() + 1, inputs.end());
  sources.insert(sources.end(), conv_inputs.begin() + 2, conv_inputs.end());
  const bool own = std::all_of(sources.begin(), sources.end(), [&](ValueId id) {
    const Node& node = network.node(id);
    return node.is_parameter() && values[index_of(id)].shares_storage(node.parameter);
  });
  if (kept == nullptr || !own) return std::make_shared<const std::vector<float>>(make());
  return kept->derived(fused.normalization, sources, make);
}

void set_bounds(const Network& network, ValueId rectifier, ConvEpilogue& epilogue) {
  const Op& op = *network.node(rectifier).op;
  if (op.type() == "Clip") {
    const ops::ClipOptions& clip = static_cast<const ops::Clip&>(op).options();
    epilogue.low = clip.low;
    epilogue.high = clip.high;
  } else {
    epilogue.low = 0.0F;
  }
}

/// Joins pointwise convolutions with the depthwise ones that alone read them.
void pair_up(const Network& network, const FusionLimits& limits, std::vector<FusedConv>& convs) {
  const auto params = [&](const FusedConv& fused) {
    return params_of(network, fused, [&](ValueId id) { return limits.shapes[index_of(id)]; });
  };
  std::map<ValueId, std::size_t> by_last;
  for (std::size_t i = 0; i < convs.size(); ++i) {
    const ValueId id = convs[i].nodes.front();
    const ValueId source = network.node(id).inputs[0];
    const auto found = by_last.find(source);
    if (found != by_last.end() && limits.sole_reader[index_of(source)] == id) {
      FusedConv& first = convs[found->second];
      if (first.residual < 0 && first.pool < 0 && first.before.empty() &&
          run_as_pair(params(first), params(convs[i]))) {
        convs[i].before.push_back(std::exchange(first, {}));
      }
    }
    by_last[convs[i].last()] = i;
  }
  std::erase_if(convs, [](const FusedConv& fused) { return fused.nodes.empty(); });
}

/// What a convolution reads beside its picture.
class Stage {
 public:
  Stage(const Network& network, const FusedConv& fused, const ConvParams& params,
        std::span<const Tensor> values, PreparedWeights* kept)
      : params_(params) {
    const ValueId id = fused.nodes.front();
    const Node& node = network.node(id);
    const Tensor& weight = values[index_of(node.inputs[1])];
    weight_ = weight.data();
    if (node.inputs.size() == 3) epilogue_.bias = values[index_of(node.inputs[2])].data();
    if (fused.normalization >= 0) {
      affine_ = kept_affine(network, fused, values, epilogue_.bias, kept);
      epilogue_.scale = std::span(*affine_).first(affine_->size() / 2);
      epilogue_.bias = std::span(*affine_).last(affine_->size() / 2);
    }
    if (fused.residual >= 0) epilogue_.residual = values[index_of(fused.residual)].data();
    if (fused.rectifier >= 0) set_bounds(network, fused.rectifier, epilogue_);
    epilogue_.pooled = fused.pool >= 0;
    if (kept != nullptr && params.batch > 0 &&
        weight.shares_storage(network.node(node.inputs[1]).parameter)) {
      prepared_ = kept->conv(id, node.inputs[1], params, ConvPass::kForward, weight_);
    }
  }

  ConvStage view() const {
    return {
        .params = params_, .weight = weight_, .prepared = prepared_.get(), .epilogue = epilogue_};
  }

 private:
  const ConvParams& params_;
  std::span<const float> weight_;
  std::shared_ptr<const std::vector<float>> affine_;
  std::shared_ptr<const PreparedConv> prepared_;
  ConvEpilogue epilogue_;
};

}  // namespace

std::vector<ValueId> FusedConv::all_nodes() const {
  std::vector<ValueId> all = before.empty() ? std::vector<ValueId>{} : before.front().nodes;
  all.insert(all.end(), nodes.begin(), nodes.end());
  return all;
}

std::vector<FusedConv> find_fused_convs(const Network& network, const FusionLimits& limits) {
  const std::span<const Node> nodes = network.nodes();
  std::vector<char> taken(nodes.size(), 0);
  std::vector<FusedConv> found;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!limits.fusable[i] || nodes[i].op->type() != "Conv") continue;
    found.push_back(Chain(network, limits, taken, static_cast<ValueId>(i)).grow());
  }
  pair_up(network, limits, found);
  return found;
}

void run_fused_conv(const Network& network, const FusedConv& fused, std::span<const Tensor> values,
                    PreparedWeights* kept, std::span<float> y) {
  const FusedConv& first = fused.before.empty() ? fused : fused.before.front();
  const ConvParams params = params_of(
      network, first, [&](ValueId id) -> const Shape& { return values[index_of(id)].shape(); });
  const std::span<const float> x =
      values[index_of(network.node(first.nodes.front()).inputs[0])].data();
  const Stage stage(network, first, params, values, kept);
  if (fused.before.empty()) {
    const ConvStage only = stage.view();
    return conv2d_forward(params, x, only.weight, only.prepared, only.epilogue, y);
  }
  const ValueId between = network.node(fused.nodes.front()).inputs[0];
  const Shape shape{params.batch, params.filters, params.out_height, params.out_width};
  const ConvParams second = params_of(network, fused, [&](ValueId id) -> const Shape& {
    return id == between ? shape : values[index_of(id)].shape();
  });
  const Stage next(network, fused, second, values, kept);
  conv2d_forward_pair(stage.view(), next.view(), x, y);
}

}  // namespace cameo
