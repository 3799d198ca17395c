// Element-wise functions of one tensor.
#include "core/ops/abs.h"
#include "core/ops/celu.h"
#include "core/ops/clip.h"
#include "core/ops/elu.h"
#include "core/ops/erf.h"
#include "core/ops/exp.h"
#include "core/ops/hard_sigmoid.h"
#include "core/ops/hard_swish.h"
#include "core/ops/leaky_relu.h"
#include "core/ops/log.h"
#include "core/ops/neg.h"
#include "core/ops/prelu.h"
#include "core/ops/reciprocal.h"
#include "core/ops/relu.h"
#include "core/ops/selu.h"
#include "core/ops/sigmoid.h"
#include "core/ops/softplus.h"
#include "core/ops/softsign.h"
#include "core/ops/sqrt.h"
#include "core/ops/tanh.h"
#include "core/ops/thresholded_relu.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

template <typename T>
Values lower_plain(Call& call) {
  call.ignore("consumed_inputs");
  return {&call.apply(std::make_shared<T>(), {&call.input(0)})};
}

Values lower_leaky_relu(Call& call) {
  call.ignore("consumed_inputs");
  return {&call.apply<ops::LeakyRelu>(ops::LeakyReluOptions{.slope = call.number("alpha", 0.01F)},
                                      {&call.input(0)})};
}

/// Functions whose one attribute is alpha.
template <typename T, typename Options>
Values lower_with_alpha(Call& call) {
  call.ignore("consumed_inputs");
  Options options;
  options.alpha = call.number("alpha", options.alpha);
  return {&call.apply<T>(options, {&call.input(0)})};
}

Values lower_selu(Call& call) {
  call.ignore("consumed_inputs");
  ops::SeluOptions options;
  options.alpha = call.number("alpha", options.alpha);
  options.gamma = call.number("gamma", options.gamma);
  return {&call.apply<ops::Selu>(options, {&call.input(0)})};
}

/// Before operator set 7 a slope of one axis belongs to the channels.
Values lower_prelu(Call& call) {
  call.ignore("consumed_inputs");
  Value& x = call.input(0);
  Value* slope = &call.input(1);
  if (call.opset() < 7 && slope->rank() == 1 && x.rank() > 2) {
    PerBatch<Shape> targets = slope->shapes;
    for (Shape& target : targets) target.insert(target.end(), x.rank() - 2, 1);
    slope = &call.reshape(*slope, targets);
  }
  return {&call.apply(std::make_shared<ops::PRelu>(), {&x, slope})};
}

Values lower_hard_sigmoid(Call& call) {
  call.ignore("consumed_inputs");
  return {&call.apply<ops::HardSigmoid>(ops::HardSigmoidOptions{.alpha = call.number("alpha", 0.2F),
                                                                .beta = call.number("beta", 0.5F)},
                                        {&call.input(0)})};
}

float known_scalar(const Call& call, std::size_t i) {
  const std::vector<float> values = call.known_floats(i);
  if (values.size() != 1) call.fail("its bounds must be single numbers");
  return values[0];
}

/// The bounds are attributes before operator set 11, optional inputs since.
Values lower_clip(Call& call) {
  ops::ClipOptions options;
  call.ignore("consumed_inputs");
  options.low = call.number("min", options.low);
  options.high = call.number("max", options.high);
  if (call.has(1)) options.low = known_scalar(call, 1);
  if (call.has(2)) options.high = known_scalar(call, 2);
  return {&call.apply<ops::Clip>(options, {&call.input(0)})};
}

constexpr OpRow kRows[] = {
    {"Abs", 1, 1, lower_plain<ops::Abs>},
    {"Celu", 1, 1, lower_with_alpha<ops::Celu, ops::CeluOptions>},
    {"Clip", 1, 3, lower_clip},
    {"Elu", 1, 1, lower_with_alpha<ops::Elu, ops::EluOptions>},
    {"Erf", 1, 1, lower_plain<ops::Erf>},
    {"Exp", 1, 1, lower_plain<ops::Exp>},
    {"HardSigmoid", 1, 1, lower_hard_sigmoid},
    {"HardSwish", 1, 1, lower_plain<ops::HardSwish>},
    {"LeakyRelu", 1, 1, lower_leaky_relu},
    {"Log", 1, 1, lower_plain<ops::Log>},
    {"Neg", 1, 1, lower_plain<ops::Neg>},
    {"PRelu", 2, 2, lower_prelu},
    {"Reciprocal", 1, 1, lower_plain<ops::Reciprocal>},
    {"Relu", 1, 1, lower_plain<ops::Relu>},
    {"Selu", 1, 1, lower_selu},
    {"Sigmoid", 1, 1, lower_plain<ops::Sigmoid>},
    {"Softplus", 1, 1, lower_plain<ops::Softplus>},
    {"Softsign", 1, 1, lower_plain<ops::Softsign>},
    {"Sqrt", 1, 1, lower_plain<ops::Sqrt>},
    {"Tanh", 1, 1, lower_plain<ops::Tanh>},
    {"ThresholdedRelu", 1, 1, lower_with_alpha<ops::ThresholdedRelu, ops::ThresholdedReluOptions>},
};

}  // namespace

std::span<const OpRow> activation_ops() { return kRows; }

}  // namespace cameo::zoo::onnx
