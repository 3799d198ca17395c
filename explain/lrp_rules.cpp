#include "explain/lrp_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/elementwise.h"
#include "core/error.h"

namespace cameo::explain {

namespace {

constexpr std::array<std::string_view, 12> kLinear{"BatchNormalization",
                                                   "AveragePool",
                                                   "GlobalAveragePool",
                                                   "AdaptiveAveragePool",
                                                   "ReduceMean",
                                                   "ReduceSum",
                                                   "Add",
                                                   "Sub",
                                                   "Sum",
                                                   "Mean",
                                                   "Resize",
                                                   "Neg"};
constexpr std::array<std::string_view, 16> kActivations{
    "Relu", "LeakyRelu", "PRelu",       "ThresholdedRelu", "Clip", "Elu",      "Selu",
    "Celu", "Sigmoid",   "HardSigmoid", "HardSwish",       "Tanh", "Softplus", "Softsign",
    "Erf",  "LRN"};
/// Ops whose own gradient moves relevance without changing its sum.
constexpr std::array<std::string_view, 14> kMoving{
    "MaxPool", "GlobalMaxPool", "Flatten",      "Reshape",      "Transpose", "Squeeze", "Unsqueeze",
    "Concat",  "Slice",         "DepthToSpace", "SpaceToDepth", "Pad",       "Dropout", "Gather"};
constexpr std::array<std::string_view, 3> kWeighted{"Conv", "Gemm", "MatMul"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& types, std::string_view type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// The op of a context with other inputs: what it makes of them, and its gradient by input 0.
class Rerun {
 public:
  Rerun(const VjpContext& ctx, Tensor weight, bool with_bias) : ctx_(ctx) {
    inputs_.assign(ctx.inputs.begin(), ctx.inputs.end());
    inputs_[1] = std::move(weight);
    if (inputs_.size() > 2 && !with_bias) inputs_[2] = Tensor(ctx.inputs[2].shape());
  }
  /// The same with another bias.
  void set_bias(Tensor bias) {
    if (inputs_.size() > 2) inputs_[2] = std::move(bias);
  }

  Tensor output(const Tensor& x) const {
    std::vector<Tensor> inputs = inputs_;
    inputs[0] = x;
    return ctx_.op->forward(inputs, RunContext{});
  }

  Tensor gradient(const Tensor& grad) const {
    std::vector<Tensor> result(inputs_.size());
    const auto needs = std::make_unique<bool[]>(inputs_.size());
    needs[0] = true;
    ctx_.op->vjp({.inputs = inputs_,
                  .input_shapes = ctx_.input_shapes,
                  .output = ctx_.output,
                  .residuals = ctx_.residuals,
                  .grad = grad,
                  .needs = {needs.get(), inputs_.size()},
                  .input_grads = result,
                  .op = ctx_.op});
    return result[0];
  }

 private:
  const VjpContext& ctx_;
  std::vector<Tensor> inputs_;
};

Tensor product(const Tensor& a, const Tensor& b) {
  return zip(a, b, [](float x, float y) { return x * y; });
}

Tensor positive(const Tensor& x) { return relu(x); }
Tensor negative(const Tensor& x) {
  return map(x, [](float v) { return v < 0.0F ? v : 0.0F; });
}

/// R/(z + ε·sign z), 0 counting as positive; 0 where that is 0/0.
Tensor quotient(const Tensor& relevance, const Tensor& z, double epsilon) {
  const auto e = static_cast<float>(epsilon);
  return zip(relevance, z, [e](float r, float value) {
    const float denominator = value + (value < 0.0F ? -e : e);
    return denominator == 0.0F ? 0.0F : r / denominator;
  });
}

/// kEpsilon for any op that is linear in the inputs that need a gradient.
void pass_by_epsilon(const VjpContext& ctx, double epsilon) {
  const Tensor share = quotient(ctx.grad, ctx.output, epsilon);
  ctx.op->vjp({.inputs = ctx.inputs,
               .input_shapes = ctx.input_shapes,
               .output = ctx.output,
               .residuals = ctx.residuals,
               .grad = share,
               .needs = ctx.needs,
               .input_grads = ctx.input_grads,
               .op = ctx.op});
  for (std::size_t k = 0; k < ctx.inputs.size(); ++k) {
    if (ctx.needs[k]) ctx.input_grads[k] = product(ctx.inputs[k], ctx.input_grads[k]);
  }
}

void pass_by_gamma(const VjpContext& ctx, const LrpRules& rules) {
  const auto gamma = static_cast<float>(rules.gamma);
  const auto raised = [gamma](float v) { return v > 0.0F ? v + gamma * v : v; };
  Rerun favouring(ctx, map(ctx.inputs[1], raised), true);
  if (ctx.inputs.size() > 2) favouring.set_bias(map(ctx.inputs[2], raised));
  const Tensor& x = ctx.inputs[0];
  const Tensor share = quotient(ctx.grad, favouring.output(x), rules.epsilon);
  ctx.input_grads[0] = product(x, favouring.gradient(share));
}

void pass_by_alpha_beta(const VjpContext& ctx, const LrpRules& rules) {
  const Tensor parts[] = {positive(ctx.inputs[0]), negative(ctx.inputs[0])};
  const Rerun weights[] = {{ctx, positive(ctx.inputs[1]), false},
                           {ctx, negative(ctx.inputs[1]), false}};
  Tensor result(ctx.inputs[0].shape());
  for (const bool opposed : {false, true}) {
    const auto factor = static_cast<float>(opposed ? 1.0 - rules.alpha : rules.alpha);
    if (factor == 0.0F) continue;
    // Input and weight of the same sign give what is positive, of opposite signs what is negative.
    const Rerun& of_positive = weights[opposed ? 1 : 0];
    const Rerun& of_negative = weights[opposed ? 0 : 1];
    Tensor z = of_positive.output(parts[0]);
    add_in_place(z, of_negative.output(parts[1]));
    const Tensor share = quotient(ctx.grad, z, 0.0);
    Tensor passed = product(parts[0], of_positive.gradient(share));
    add_in_place(passed, product(parts[1], of_negative.gradient(share)));
    add_in_place(result, map(passed, [factor](float v) { return factor * v; }));
  }
  ctx.input_grads[0] = result;
}

/// Every pixel at its channel's least (or greatest) value.
Tensor extremes(const Tensor& picture, bool greatest) {
  Tensor result = picture;
  const std::span<float> values = result.mutable_data();
  const auto area = static_cast<std::size_t>(picture.dim(2) * picture.dim(3));
  for (std::size_t start = 0; start < values.size(); start += area) {
    const std::span<float> plane = values.subspan(start, area);
    const auto [low, high] = std::minmax_element(plane.begin(), plane.end());
    const float value = greatest ? *high : *low;
    std::fill(plane.begin(), plane.end(), value);
  }
  return result;
}

void pass_by_box(const VjpContext& ctx, const LrpRules& rules) {
  const Tensor& x = ctx.inputs[0];
  const bool is_picture = x.rank() == 4;
  const Tensor planes = is_picture ? x : x.reshaped({1, 1, 1, x.size()});
  const Tensor low = extremes(planes, false).reshaped(x.shape());
  const Tensor high = extremes(planes, true).reshaped(x.shape());
  const Rerun all(ctx, ctx.inputs[1], false);
  const Rerun raising(ctx, positive(ctx.inputs[1]), false);
  const Rerun lowering(ctx, negative(ctx.inputs[1]), false);
  const auto less = [](const Tensor& a, const Tensor& b) {
    return zip(a, b, [](float p, float q) { return p - q; });
  };
  const Tensor z = less(less(all.output(x), raising.output(low)), lowering.output(high));
  const Tensor share = quotient(ctx.grad, z, rules.epsilon);
  ctx.input_grads[0] =
      less(less(product(x, all.gradient(share)), product(low, raising.gradient(share))),
           product(high, lowering.gradient(share)));
}

void pass(const VjpContext& ctx, LrpRule rule, const LrpRules& rules) {
  if (ctx.needs.size() > 1 && ctx.needs[1]) {
    throw ArgumentError("LRP: " + std::string(ctx.op->type()) +
                        " of two values that both depend on the picture has no rule");
  }
  switch (rule) {
    case LrpRule::kEpsilon:
      return pass_by_epsilon(ctx, rules.epsilon);
    case LrpRule::kGamma:
      return pass_by_gamma(ctx, rules);
    case LrpRule::kAlphaBeta:
      return pass_by_alpha_beta(ctx, rules);
    case LrpRule::kBox:
      return pass_by_box(ctx, rules);
  }
}

}  // namespace

VjpOverrides lrp_rules(const LrpRules& rules, const Tensor& picture) {
  VjpOverrides result;
  for (const std::string_view type : kLinear) {
    result[std::string(type)] = [epsilon = rules.epsilon](const VjpContext& ctx) {
      pass_by_epsilon(ctx, epsilon);
    };
  }
  for (const std::string_view type : kActivations) {
    result[std::string(type)] = [](const VjpContext& ctx) { ctx.input_grads[0] = ctx.grad; };
  }
  for (const std::string_view type : kWeighted) {
    const LrpRule own = type == "Conv" ? rules.convolution : rules.dense;
    result[std::string(type)] = [own, rules, picture](const VjpContext& ctx) {
      pass(ctx, ctx.inputs[0].shares_storage(picture) ? rules.first : own, rules);
    };
  }
  return result;
}

void check_lrp_rules(const Network& network, ValueId of) {
  const auto nodes = network.nodes();
  std::vector<char> from_picture(nodes.size(), 0);
  from_picture[static_cast<std::size_t>(network.input())] = 1;
  std::set<std::string> missing;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(of); ++i) {
    for (const ValueId input : nodes[i].inputs) {
      if (from_picture[static_cast<std::size_t>(input)]) from_picture[i] = 1;
    }
    if (!nodes[i].op || !from_picture[i]) continue;
    const std::string_view type = nodes[i].op->type();
    if (contains(kLinear, type) || contains(kActivations, type) || contains(kMoving, type) ||
        contains(kWeighted, type)) {
      continue;
    }
    missing.insert(std::string(type));
  }
  if (missing.empty()) return;
  std::string list;
  for (const std::string& type : missing) list += (list.empty() ? "" : ", ") + type;
  throw ArgumentError("LRP has no rule for " + list);
}

}  // namespace cameo::explain
