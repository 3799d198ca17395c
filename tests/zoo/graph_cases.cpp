#include "tests/zoo/graph_cases.h"

#include "core/ops/abs.h"
#include "core/ops/adaptive_average_pool.h"
#include "core/ops/add.h"
#include "core/ops/average_pool.h"
#include "core/ops/batch_normalization.h"
#include "core/ops/celu.h"
#include "core/ops/clip.h"
#include "core/ops/concat.h"
#include "core/ops/conv.h"
#include "core/ops/depth_to_space.h"
#include "core/ops/div.h"
#include "core/ops/dropout.h"
#include "core/ops/elu.h"
#include "core/ops/embedding.h"
#include "core/ops/erf.h"
#include "core/ops/exp.h"
#include "core/ops/expand.h"
#include "core/ops/flatten.h"
#include "core/ops/gather.h"
#include "core/ops/gemm.h"
#include "core/ops/global_average_pool.h"
#include "core/ops/global_max_pool.h"
#include "core/ops/hard_sigmoid.h"
#include "core/ops/hard_swish.h"
#include "core/ops/instance_normalization.h"
#include "core/ops/leaky_relu.h"
#include "core/ops/log.h"
#include "core/ops/log_softmax.h"
#include "core/ops/lrn.h"
#include "core/ops/lstm.h"
#include "core/ops/matmul.h"
#include "core/ops/max.h"
#include "core/ops/max_pool.h"
#include "core/ops/mean.h"
#include "core/ops/min.h"
#include "core/ops/mul.h"
#include "core/ops/neg.h"
#include "core/ops/pad.h"
#include "core/ops/pow.h"
#include "core/ops/prelu.h"
#include "core/ops/reciprocal.h"
#include "core/ops/reduce_max.h"
#include "core/ops/reduce_mean.h"
#include "core/ops/reduce_min.h"
#include "core/ops/reduce_sum.h"
#include "core/ops/relu.h"
#include "core/ops/reshape.h"
#include "core/ops/resize.h"
#include "core/ops/selu.h"
#include "core/ops/sigmoid.h"
#include "core/ops/slice.h"
#include "core/ops/softmax.h"
#include "core/ops/softmax_cross_entropy_loss.h"
#include "core/ops/softplus.h"
#include "core/ops/softsign.h"
#include "core/ops/space_to_depth.h"
#include "core/ops/sqrt.h"
#include "core/ops/squeeze.h"
#include "core/ops/sub.h"
#include "core/ops/sum.h"
#include "core/ops/tanh.h"
#include "core/ops/thresholded_relu.h"
#include "core/ops/transpose.h"
#include "core/ops/unsqueeze.h"

namespace cameo::zoo {

namespace {

using namespace ops;

template <typename T>
OpCase example(T op, std::vector<Shape> inputs) {
  return {std::make_shared<const T>(std::move(op)), std::move(inputs)};
}

}  // namespace

std::vector<OpCase> op_cases() {
  const Shape map{1, 3, 4, 5};
  return {
      example(Abs(), {map}),
      example(AdaptiveAveragePool(AdaptiveAveragePoolOptions{.output = {2, 3}}), {map}),
      example(Add(), {map, map}),
      example(AveragePool(AveragePoolOptions{.kernel = {3, 1},
                                             .strides = {1, 3},
                                             .pads = {1, 0, 2, 0},
                                             .ceil_mode = true,
                                             .count_include_pad = true}),
              {map}),
      example(BatchNormalization(BatchNormalizationOptions{.epsilon = 0.5F, .momentum = 0.25F}),
              {map, {3}, {3}, {3}, {3}}),
      example(Celu(CeluOptions{.alpha = 0.5F}), {map}),
      example(Clip(ClipOptions{.low = 0.5F, .high = 1.0F}), {map}),
      example(Concat(ConcatOptions{.axis = -1}), {map, map}),
      example(Conv(ConvOptions{
                  .strides = {2, 3}, .pads = {2, 1, 0, 3}, .dilations = {1, 2}, .groups = 3}),
              {map, {6, 1, 3, 2}, {6}}),
      example(DepthToSpace(DepthToSpaceOptions{.block = 2, .order = DepthOrder::kChannelFirst}),
              {{1, 8, 2, 3}}),
      example(Div(), {map, map}),
      example(Dropout(DropoutOptions{.ratio = 0.25F}), {map}),
      example(Elu(EluOptions{.alpha = 0.5F}), {map}),
      example(Embedding(), {{2, 3}, {5, 4}}),
      example(Erf(), {map}),
      example(Exp(), {map}),
      example(Expand(ExpandOptions{.shape = {7, 1, 1, 1, 1}}), {map}),
      example(Flatten(FlattenOptions{.axis = 2}), {map}),
      example(Gather(GatherOptions{.axis = 2, .indices = {3, 0, -1, 1}, .indices_shape = {2, 2}}),
              {map}),
      example(Gemm(GemmOptions{.transpose_b = false}), {{1, 3}, {3, 4}, {4}}),
      example(GlobalAveragePool(), {map}),
      example(GlobalMaxPool(), {map}),
      example(HardSigmoid(HardSigmoidOptions{.alpha = 0.3F, .beta = 0.1F}), {map}),
      example(HardSwish(), {map}),
      example(InstanceNormalization(InstanceNormalizationOptions{.epsilon = 0.5F}),
              {map, {3}, {3}}),
      example(LeakyRelu(LeakyReluOptions{.slope = 0.5F}), {map}),
      example(Log(), {map}),
      example(LogSoftmax(LogSoftmaxOptions{.axis = 1}), {map}),
      example(Lrn(LrnOptions{.size = 2, .alpha = 0.5F, .beta = 0.5F, .bias = 2.0F}), {map}),
      example(Lstm(), {{3, 2, 4}, {20, 4}, {20, 5}, {20}, {20}}),
      example(MatMul(), {map, {5, 2}}),
      example(Max(), {map, map, map}),
      example(MaxPool(MaxPoolOptions{.kernel = {3, 1},
                                     .strides = {1, 3},
                                     .pads = {1, 0, 2, 0},
                                     .ceil_mode = true,
                                     .dilations = {1, 2}}),
              {map}),
      example(Mean(), {map, map}),
      example(Min(), {map, map}),
      example(Mul(), {map, map}),
      example(Neg(), {map}),
      example(PRelu(), {map, {3, 1, 1}}),
      example(
          Pad(PadOptions{.pads = {0, 0, 1, 2, 0, 0, 2, 1}, .value = 3.0F, .mode = PadMode::kEdge}),
          {map}),
      example(Pow(), {map, map}),
      example(Reciprocal(), {map}),
      example(ReduceMax(ReduceOptions{.axes = {2}, .keepdims = false}), {map}),
      example(ReduceMean(ReduceOptions{.axes = {-1}, .keepdims = false}), {map}),
      example(ReduceMin(ReduceOptions{.axes = {1, 2}, .keepdims = false}), {map}),
      example(ReduceSum(ReduceOptions{.axes = {3}, .keepdims = false}), {map}),
      example(Relu(), {map}),
      example(Reshape(ReshapeOptions{.shape = {0, -1, 5}}), {map}),
      example(Resize(ResizeOptions{.mode = ResizeMode::kLinear,
                                   .coordinates = ResizeCoordinates::kAsymmetric,
                                   .rounding = ResizeRounding::kCeil,
                                   .scales = {1.0F, 1.0F, 1.5F, 2.0F},
                                   .sizes = {}}),
              {map}),
      example(Resize(ResizeOptions{.mode = ResizeMode::kLinear,
                                   .coordinates = ResizeCoordinates::kAlignCorners,
                                   .rounding = ResizeRounding::kFloor,
                                   .sizes = {0, 0, 7, 3}}),
              {map}),
      example(Selu(SeluOptions{.alpha = 0.5F, .gamma = 2.0F}), {map}),
      example(Sigmoid(), {map}),
      example(
          Slice(SliceOptions{.starts = {1, -1}, .ends = {4, 0}, .axes = {2, 3}, .steps = {2, -1}}),
          {map}),
      example(Softmax(SoftmaxOptions{.axis = 1}), {map}),
      example(SoftmaxCrossEntropyLoss(), {{1, 3}, {1, 3}}),
      example(Softplus(), {map}),
      example(Softsign(), {map}),
      example(SpaceToDepth(SpaceToDepthOptions{.block = 2}), {{1, 3, 4, 6}}),
      example(Sqrt(), {map}),
      example(Squeeze(SqueezeOptions{.axes = {1, -1}}), {{1, 1, 4, 1}}),
      example(Sub(), {map, map}),
      example(Sum(), {map, map}),
      example(Tanh(), {map}),
      example(ThresholdedRelu(ThresholdedReluOptions{.alpha = 0.5F}), {map}),
      example(Transpose(TransposeOptions{.perm = {0, 2, 3, 1}}), {map}),
      example(Unsqueeze(UnsqueezeOptions{.axes = {1, -1}}), {map}),
  };
}

}  // namespace cameo::zoo
