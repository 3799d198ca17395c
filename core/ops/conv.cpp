#include "core/ops/conv.h"

#include "core/conv/conv.h"
#include "core/ops/check.h"
#include "core/prepared_weights.h"

namespace cameo::ops {

namespace {

Shape output_shape(const ConvParams& p) { return {p.batch, p.filters, p.out_height, p.out_width}; }

}  // namespace

ConvParams Conv::params(std::span<const Shape> inputs) const {
  check_input_count("Conv", inputs, 2, 3);
  const Shape& x = inputs[0];
  const Shape& weight = inputs[1];
  check_rank("Conv", "an input", x, 4);
  check_rank("Conv", "a weight", weight, 4);
  const ConvParams params = complete({.batch = x[0],
                                      .channels = x[1],
                                      .height = x[2],
                                      .width = x[3],
                                      .filters = weight[0],
                                      .kernel = {weight[2], weight[3]},
                                      .strides = options_.strides,
                                      .pads = options_.pads,
                                      .dilations = options_.dilations,
                                      .groups = options_.groups});
  check_shape("Conv", "a weight", weight,
              {weight[0], params.group_channels(), weight[2], weight[3]});
  if (inputs.size() == 3) check_shape("Conv", "a bias", inputs[2], {params.filters});
  return params;
}

Shape Conv::infer_shape(std::span<const Shape> inputs) const {
  return output_shape(params(inputs));
}

Tensor Conv::forward(std::span<const Tensor> inputs, const RunContext&) const {
  const ConvParams p = params(shapes_of(inputs));
  Tensor y = Tensor::uninitialized(output_shape(p));
  const std::span<const float> bias =
      inputs.size() == 3 ? inputs[2].data() : std::span<const float>();
  conv2d_forward(p, inputs[0].data(), inputs[1].data(), bias, y.mutable_data());
  return y;
}

void Conv::vjp(const VjpContext& ctx) const { vjp(ctx, nullptr); }

void Conv::vjp(const VjpContext& ctx, const NodeWeights* weights) const {
  const ConvParams p = params(ctx.input_shapes);
  const auto result = [&](std::size_t i) {
    ctx.input_grads[i] = Tensor::uninitialized(ctx.input_shapes[i]);
    return ctx.input_grads[i].mutable_data();
  };
  if (ctx.needs[0]) {
    std::shared_ptr<const PreparedConv> prepared;
    if (weights != nullptr && p.batch > 0) {
      prepared = weights->kept.conv(weights->node, weights->weight, p, ConvPass::kBackwardData,
                                    ctx.inputs[1].data());
    }
    conv2d_backward_data(p, ctx.inputs[1].data(), ctx.grad.data(), result(0), prepared.get());
  }
  if (ctx.needs[1]) {
    conv2d_backward_weights(p, ctx.inputs[0].data(), ctx.grad.data(), result(1));
  }
  if (ctx.needs.size() == 3 && ctx.needs[2]) {
    conv2d_backward_bias(p, ctx.grad.data(), result(2));
  }
}

Reads Conv::reads(std::span<const bool> needs) const {
  Reads reads;
  if (needs[1]) reads.inputs.push_back(0);
  if (needs[0]) reads.inputs.push_back(1);
  return reads;
}

}  // namespace cameo::ops
