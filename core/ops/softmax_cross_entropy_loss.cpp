#include "core/ops/softmax_cross_entropy_loss.h"

#include "core/ops/lines.h"

namespace cameo::ops {

Shape SoftmaxCrossEntropyLoss::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 2, 2);
  check_rank(type(), "logits", inputs[0], 2);
  check_shape(type(), "targets", inputs[1], inputs[0]);
  static_cast<void>(check_lines(type(), inputs.first(1), 1));
  return {};
}

// The mean over no picture at all is taken to be 0.
Tensor SoftmaxCrossEntropyLoss::forward(std::span<const Tensor> inputs, const RunContext&) const {
  static_cast<void>(infer_shape(shapes_of(inputs)));
  const std::int64_t batch = inputs[0].dim(0);
  const std::int64_t classes = inputs[0].dim(1);
  const float* logits = inputs[0].data().data();
  const float* targets = inputs[1].data().data();
  double loss = 0.0;
  for (std::int64_t n = 0; n < batch; ++n) {
    const Line line{.first = n * classes, .step = 1, .count = classes};
    const double log_sum = log_sum_exp(logits, line);
    for (std::int64_t i = line.first; i < line.first + classes; ++i) {
      if (targets[i] == 0.0F) continue;
      loss += static_cast<double>(targets[i]) * (log_sum - static_cast<double>(logits[i]));
    }
  }
  return Tensor({}, batch == 0 ? 0.0F : static_cast<float>(loss / static_cast<double>(batch)));
}

// d/dlogits = (softmax · sum of targets - targets) / N; d/dtargets = -log softmax / N.
void SoftmaxCrossEntropyLoss::vjp(const VjpContext& ctx) const {
  const std::int64_t batch = ctx.input_shapes[0][0];
  const std::int64_t classes = ctx.input_shapes[0][1];
  const double share = static_cast<double>(ctx.grad.data()[0]) /
                       static_cast<double>(std::max<std::int64_t>(batch, 1));
  const auto result = [&](std::size_t i) -> float* {
    if (!ctx.needs[i]) return nullptr;
    ctx.input_grads[i] = Tensor::uninitialized(ctx.input_shapes[i]);
    return ctx.input_grads[i].mutable_data().data();
  };
  float* logit_grads = result(0);
  float* target_grads = result(1);
  const float* logits = ctx.inputs[0].data().data();
  const float* targets = ctx.needs[0] ? ctx.inputs[1].data().data() : nullptr;
  for (std::int64_t n = 0; n < batch; ++n) {
    const Line line{.first = n * classes, .step = 1, .count = classes};
    const double log_sum = log_sum_exp(logits, line);
    double target_sum = 0.0;
    for (std::int64_t i = 0; targets != nullptr && i < classes; ++i) {
      target_sum += static_cast<double>(targets[line.at(i)]);
    }
    for (std::int64_t i = line.first; i < line.first + classes; ++i) {
      const double log_softmax = static_cast<double>(logits[i]) - log_sum;
      if (logit_grads != nullptr) {
        const double slope = std::exp(log_softmax) * target_sum - static_cast<double>(targets[i]);
        logit_grads[i] = static_cast<float>(slope * share);
      }
      if (target_grads != nullptr) target_grads[i] = static_cast<float>(-log_softmax * share);
    }
  }
}

Reads SoftmaxCrossEntropyLoss::reads(std::span<const bool> needs) const {
  Reads reads{.inputs = {0}};
  if (needs[0]) reads.inputs.push_back(1);
  return reads;
}

}  // namespace cameo::ops
