#include "core/ops/batch_normalization.h"

#include <algorithm>
#include <cmath>

#include "core/elementwise.h"
#include "core/ops/batch_normalization_kernels.h"
#include "core/ops/check.h"

namespace cameo::ops {

namespace {

/// x seen as `[batch, channels, size]`.
struct Extents {
  std::int64_t batch, channels, size;
  std::int64_t per_channel() const { return batch * size; }
  ChannelRuns runs() const { return {.runs = batch, .size = size, .distance = channels * size}; }
};

/// What normalised the run, by channel; of a batch also what the vjp needs whatever is asked.
struct Statistics {
  bool of_batch = false;
  std::vector<float> mean;
  std::vector<float> inverse_deviation;
  std::vector<float> bias;
  Tensor x;
};

Extents extents_for(std::span<const Shape> inputs) {
  constexpr std::string_view kOp = "BatchNormalization";
  check_input_count(kOp, inputs, 5, 5);
  const Shape& x = inputs[0];
  if (x.size() < 2) throw_shape_error(kOp, "an input of rank 2 or more", to_string(x));
  for (std::size_t i = 1; i < 5; ++i) check_shape(kOp, "statistics", inputs[i], {x[1]});
  static_cast<void>(checked_output(kOp, x));
  Extents e{.batch = x[0], .channels = x[1], .size = 1};
  if (element_count(x) > 0) e.size = element_count(x) / (x[0] * x[1]);
  return e;
}

/// Calls `visit(channel)` for every channel, in parallel.
template <typename F>
void for_each_channel(const Extents& e, F visit) {
  const std::int64_t grain =
      std::max<std::int64_t>(1, kElementwiseGrain / std::max<std::int64_t>(1, e.per_channel()));
  parallel_for(e.channels, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t c = begin; c < end; ++c) visit(c);
  });
}

struct Moments {
  double mean;
  double variance;  ///< biased
};

/// Two passes, since the difference of a mean square and a squared mean cancels.
Moments channel_moments(const Extents& e, const float* x) {
  const auto count = static_cast<double>(e.per_channel());
  const double mean = batch_normalization_kernels().sum(e.runs(), x) / count;
  const auto centre = static_cast<float>(mean);
  const double squares = batch_normalization_kernels().sum_of_squares(e.runs(), x, centre);
  const double shift = mean - static_cast<double>(centre);
  return {.mean = mean, .variance = std::max(0.0, squares / count - shift * shift)};
}

float inverse_deviation(double variance, float epsilon) {
  return static_cast<float>(1.0 / std::sqrt(variance + static_cast<double>(epsilon)));
}

Statistics running_statistics(std::span<const float> mean, std::span<const float> variance,
                              float epsilon) {
  Statistics s{.mean = std::vector<float>(mean.begin(), mean.end()),
               .inverse_deviation = std::vector<float>(mean.size()),
               .bias = {},
               .x = {}};
  std::transform(variance.begin(), variance.end(), s.inverse_deviation.begin(),
                 [&](float v) { return inverse_deviation(static_cast<double>(v), epsilon); });
  return s;
}

/// (1 - momentum)·old + momentum·batch
Tensor blend(const Tensor& old, double momentum, const std::vector<Moments>& moments,
             double Moments::*field, double factor) {
  Tensor result = Tensor::uninitialized(old.shape());
  const std::span<float> out = result.mutable_data();
  for (std::size_t c = 0; c < out.size(); ++c) {
    const double batch = moments[c].*field * factor;
    out[c] = static_cast<float>((1.0 - momentum) * static_cast<double>(old.data()[c]) +
                                momentum * batch);
  }
  return result;
}

Tensor per_channel(const Extents& e) { return Tensor(Shape{e.channels}); }

}  // namespace

Shape BatchNormalization::infer_shape(std::span<const Shape> inputs) const {
  static_cast<void>(extents_for(inputs));
  return inputs[0];
}

std::vector<float> BatchNormalization::inference_scale(std::span<const float> scale,
                                                       std::span<const float> variance) const {
  std::vector<float> factor(scale.begin(), scale.end());
  for (std::size_t c = 0; c < factor.size(); ++c) {
    factor[c] *= inverse_deviation(static_cast<double>(variance[c]), options_.epsilon);
  }
  return factor;
}

Tensor BatchNormalization::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  const Extents e = extents_for(shapes_of(inputs));
  const Tensor& x = inputs[0];
  const bool of_batch = run.training && e.per_channel() > 0;
  Statistics s = running_statistics(inputs[3].data(), inputs[4].data(), options_.epsilon);
  std::vector<Moments> moments(of_batch ? s.mean.size() : 0);
  Tensor y = Tensor::uninitialized(x.shape());
  const float* in = x.data().data();
  const float* scale = inputs[1].data().data();
  const float* bias = inputs[2].data().data();
  const float* addend = run.addend == nullptr ? nullptr : run.addend->data().data();
  float* out = y.mutable_data().data();
  // What a channel's statistics have read is in the cache when it is normalised.
  for_each_channel(e, [&](std::int64_t c) {
    const auto k = static_cast<std::size_t>(c);
    if (of_batch) {
      moments[k] = channel_moments(e, in + c * e.size);
      s.mean[k] = static_cast<float>(moments[k].mean);
      s.inverse_deviation[k] = inverse_deviation(moments[k].variance, options_.epsilon);
    }
    const ChannelLine line{.mean = s.mean[k],
                           .factor = scale[c] * s.inverse_deviation[k],
                           .shift = bias[c],
                           .rectify = run.rectify};
    batch_normalization_kernels().normalize(e.runs(), line, in + c * e.size,
                                            addend == nullptr ? nullptr : addend + c * e.size,
                                            out + c * e.size);
  });
  if (!of_batch) return y;
  if (run.updates != nullptr) {
    const auto count = static_cast<double>(e.per_channel());
    const auto momentum = static_cast<double>(options_.momentum);
    const double unbiased = count > 1.0 ? count / (count - 1.0) : 1.0;
    (*run.updates)[3] = blend(inputs[3], momentum, moments, &Moments::mean, 1.0);
    (*run.updates)[4] = blend(inputs[4], momentum, moments, &Moments::variance, unbiased);
  }
  if (run.residuals != nullptr) {
    s.of_batch = true;
    s.x = x;
    s.bias.assign(bias, bias + e.channels);
    *run.residuals = std::move(s);
  }
  return y;
}

namespace {

/// What the vjp reads and writes; null where it is not read or not wanted.
struct GradientPass {
  Extents e;
  const Statistics& s;
  const float* x;
  const float* scale;
  const float* grad;
  bool rectified;
  std::array<float*, 5> out;

  void run(std::int64_t c) const {
    const auto k = static_cast<std::size_t>(c);
    const ChannelLine line{.mean = s.mean[k],
                           .factor = scale != nullptr ? scale[c] * s.inverse_deviation[k] : 0.0F,
                           .shift = s.of_batch ? s.bias[k] : 0.0F,
                           .rectify = rectified};
    const ChannelGradSums sums = sums_for(c, line);
    const double product_sum = sums.product * static_cast<double>(s.inverse_deviation[k]);
    if (out[1] != nullptr) out[1][c] = static_cast<float>(product_sum);
    if (out[2] != nullptr) out[2][c] = static_cast<float>(sums.grad);
    if (s.of_batch) {
      if (out[0] != nullptr) fill_for_batch(c, line, sums.grad, product_sum);
      return;
    }
    const auto factor = static_cast<double>(line.factor);
    if (out[3] != nullptr) out[3][c] = static_cast<float>(-sums.grad * factor);
    if (out[4] != nullptr) {
      out[4][c] = static_cast<float>(-0.5 * product_sum * factor *
                                     static_cast<double>(s.inverse_deviation[k]));
    }
    if (out[0] != nullptr) {
      const ChannelLine slope{.mean = 0.0F, .factor = line.factor, .shift = 0.0F, .rectify = false};
      batch_normalization_kernels().normalize(e.runs(), slope, at(grad, c), nullptr, at(out[0], c));
    }
  }

 private:
  template <typename Value>
  Value* at(Value* values, std::int64_t c) const {
    return values + c * e.size;
  }
  ChannelGradSums sums_for(std::int64_t c, const ChannelLine& line) const {
    const BatchNormalizationKernels& kernels = batch_normalization_kernels();
    if (x != nullptr) return kernels.grad_sums(e.runs(), line, at(x, c), at(grad, c));
    const bool wanted = out[2] != nullptr || out[3] != nullptr;
    return {.grad = wanted ? kernels.sum(e.runs(), at(grad, c)) : 0.0, .product = 0.0};
  }
  void fill_for_batch(std::int64_t c, const ChannelLine& line, double grad_sum,
                      double product_sum) const {
    const auto count = static_cast<double>(e.per_channel());
    const double inverse = static_cast<double>(s.inverse_deviation[static_cast<std::size_t>(c)]);
    batch_normalization_kernels().input_grad(
        e.runs(), line, at(x, c), at(grad, c), static_cast<float>(grad_sum / count),
        static_cast<float>(product_sum / count * inverse), at(out[0], c));
  }
};

}  // namespace

void BatchNormalization::vjp(const VjpContext& ctx) const {
  const Extents e = extents_for(ctx.input_shapes);
  const auto* of_batch = std::any_cast<Statistics>(&ctx.residuals);
  const Statistics s =
      of_batch != nullptr
          ? *of_batch
          : running_statistics(ctx.inputs[3].data(), ctx.inputs[4].data(), options_.epsilon);
  const bool reads_x = ctx.needs[1] || ctx.needs[4] || (ctx.needs[0] && s.of_batch);
  const bool reads_scale =
      ctx.needs[0] || ctx.rectified || (!s.of_batch && (ctx.needs[3] || ctx.needs[4]));
  const float* grad = ctx.grad.data().data();
  if (ctx.needs[0]) ctx.input_grads[0] = Tensor::in_place_of(ctx.take_grad());
  for (std::size_t i = 1; i < 5; ++i) {
    if (ctx.needs[i]) ctx.input_grads[i] = per_channel(e);
  }
  const auto target = [&](std::size_t i) {
    return ctx.needs[i] ? ctx.input_grads[i].mutable_data().data() : nullptr;
  };
  const Tensor& x = s.of_batch ? s.x : ctx.inputs[0];
  const GradientPass pass{.e = e,
                          .s = s,
                          .x = reads_x ? x.data().data() : nullptr,
                          .scale = reads_scale ? ctx.inputs[1].data().data() : nullptr,
                          .grad = grad,
                          .rectified = ctx.rectified,
                          .out = {target(0), target(1), target(2), target(3), target(4)}};
  for_each_channel(e, [&](std::int64_t c) { pass.run(c); });
}

// Batch statistics keep x themselves: only they need it for dL/dx, and reads() cannot know the
// mode, nor whether the ReLU behind it is to be undone, which takes the scale.
Reads BatchNormalization::reads(std::span<const bool> needs) const {
  Reads reads{.inputs = {1, 3, 4}};
  if (needs[1] || needs[4]) reads.inputs.push_back(0);
  return reads;
}

}  // namespace cameo::ops
