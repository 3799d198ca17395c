#include "core/ops/batch_normalization.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/elementwise.h"
#include "core/ops/check.h"
#include "core/reduce.h"

namespace cameo::ops {

namespace {

/// x seen as `[batch, channels, size]`.
struct Extents {
  std::int64_t batch, channels, size;
  std::int64_t per_channel() const { return batch * size; }
};

/// What normalised the run, by channel, and x where the vjp for x needs it whatever else is asked.
struct Statistics {
  bool of_batch = false;
  std::vector<float> mean;
  std::vector<float> inverse_deviation;
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

/// Calls `visit(count, index)` for one channel's runs of values, `index(i)` being where in x value
/// i lies.
template <typename F>
void for_each_run(const Extents& e, std::int64_t c, F visit) {
  if (e.size == 1) {
    visit(e.batch, [&](std::int64_t n) { return n * e.channels + c; });
    return;
  }
  for (std::int64_t n = 0; n < e.batch; ++n) {
    const std::int64_t first = (n * e.channels + c) * e.size;
    visit(e.size, [first](std::int64_t i) { return first + i; });
  }
}

/// Sum of term(index into x) over one channel, in index order.
template <typename F>
double channel_sum(const Extents& e, std::int64_t c, F term) {
  LaneSum sum;
  for_each_run(e, c, [&](std::int64_t count, auto index) {
    sum.add(count, [&](std::int64_t i) { return term(index(i)); });
  });
  return sum.total();
}

/// Sums of dL/dy and of dL/dy times the centred x over one channel; without x the second is 0.
struct GradSums {
  double grad, product;
};

template <typename F>
GradSums grad_sums(const Extents& e, std::int64_t c, F grad, const float* x, float mean) {
  LaneSum grads;
  LaneSum products;
  for_each_run(e, c, [&](std::int64_t count, auto index) {
    grads.add(count, [&](std::int64_t i) { return grad(index(i)); });
    if (x == nullptr) return;
    products.add(count, [&](std::int64_t i) { return grad(index(i)) * (x[index(i)] - mean); });
  });
  return {.grad = grads.total(), .product = products.total()};
}

/// out[i] = value(i) over one channel.
template <typename F>
void fill_channel(const Extents& e, std::int64_t c, float* out, F value) {
  for (std::int64_t n = 0; n < e.batch; ++n) {
    const std::int64_t first = (n * e.channels + c) * e.size;
    for (std::int64_t i = first; i < first + e.size; ++i) out[i] = value(i);
  }
}

struct Moments {
  double mean;
  double variance;  ///< biased
};

/// Two passes, since the difference of a mean square and a squared mean cancels.
Moments channel_moments(const Extents& e, std::int64_t c, const float* x) {
  const auto count = static_cast<double>(e.per_channel());
  const double mean = channel_sum(e, c, [&](std::int64_t i) { return x[i]; }) / count;
  const auto centre = static_cast<float>(mean);
  const double squares = channel_sum(e, c, [&](std::int64_t i) {
    const float d = x[i] - centre;
    return d * d;
  });
  const double shift = mean - static_cast<double>(centre);
  return {.mean = mean, .variance = std::max(0.0, squares / count - shift * shift)};
}

float inverse_deviation(double variance, float epsilon) {
  return static_cast<float>(1.0 / std::sqrt(variance + static_cast<double>(epsilon)));
}

Statistics batch_statistics(const Extents& e, const Tensor& x, float epsilon,
                            std::vector<Moments>& moments) {
  Statistics s{.of_batch = true,
               .mean = std::vector<float>(moments.size()),
               .inverse_deviation = std::vector<float>(moments.size()),
               .x = x};
  const float* in = x.data().data();
  for_each_channel(e, [&](std::int64_t c) {
    const auto k = static_cast<std::size_t>(c);
    moments[k] = channel_moments(e, c, in);
    s.mean[k] = static_cast<float>(moments[k].mean);
    s.inverse_deviation[k] = inverse_deviation(moments[k].variance, epsilon);
  });
  return s;
}

Statistics running_statistics(std::span<const float> mean, std::span<const float> variance,
                              float epsilon) {
  Statistics s{.mean = std::vector<float>(mean.begin(), mean.end()),
               .inverse_deviation = std::vector<float>(mean.size()),
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
  Statistics s;
  if (run.training && e.per_channel() > 0) {
    std::vector<Moments> moments(static_cast<std::size_t>(e.channels));
    s = batch_statistics(e, x, options_.epsilon, moments);
    if (run.updates != nullptr) {
      const auto count = static_cast<double>(e.per_channel());
      const auto momentum = static_cast<double>(options_.momentum);
      const double unbiased = count > 1.0 ? count / (count - 1.0) : 1.0;
      (*run.updates)[3] = blend(inputs[3], momentum, moments, &Moments::mean, 1.0);
      (*run.updates)[4] = blend(inputs[4], momentum, moments, &Moments::variance, unbiased);
    }
  } else {
    s = running_statistics(inputs[3].data(), inputs[4].data(), options_.epsilon);
  }
  Tensor y = Tensor::uninitialized(x.shape());
  const float* in = x.data().data();
  const float* scale = inputs[1].data().data();
  const float* bias = inputs[2].data().data();
  float* out = y.mutable_data().data();
  for_each_channel(e, [&](std::int64_t c) {
    const auto k = static_cast<std::size_t>(c);
    const float mean = s.mean[k];
    const float factor = scale[c] * s.inverse_deviation[k];
    const float shift = bias[c];
    const auto value = [&](std::int64_t i) { return (in[i] - mean) * factor + shift; };
    if (run.rectify) {
      fill_channel(e, c, out, [&](std::int64_t i) {
        const float v = value(i);
        return v <= 0.0F ? 0.0F : v;
      });
    } else {
      fill_channel(e, c, out, value);
    }
  });
  if (run.residuals != nullptr && s.of_batch) *run.residuals = std::move(s);
  return y;
}

namespace {

/// What the vjp reads and writes; null where it is not read or not wanted.
struct GradientPass {
  Extents e;
  const Statistics& s;
  const float* x;
  const float* scale;
  std::array<float*, 5> out;

  /// One channel; `grad(i)` is dL/dy at i.
  template <typename F>
  void run(std::int64_t c, F grad) const {
    const auto k = static_cast<std::size_t>(c);
    const float mean = s.mean[k];
    const float inverse = s.inverse_deviation[k];
    const float factor = scale != nullptr ? scale[c] * inverse : 0.0F;
    GradSums sums{};
    if (x != nullptr || s.of_batch || out[2] != nullptr || out[3] != nullptr) {
      sums = grad_sums(e, c, grad, x, mean);
    }
    const double grad_sum = sums.grad;
    const double product_sum = sums.product * static_cast<double>(inverse);
    if (out[1] != nullptr) out[1][c] = static_cast<float>(product_sum);
    if (out[2] != nullptr) out[2][c] = static_cast<float>(grad_sum);
    if (!s.of_batch) {
      const auto wide = static_cast<double>(factor);
      if (out[3] != nullptr) out[3][c] = static_cast<float>(-grad_sum * wide);
      if (out[4] != nullptr) {
        out[4][c] = static_cast<float>(-0.5 * product_sum * wide * static_cast<double>(inverse));
      }
    }
    if (out[0] == nullptr) return;
    if (!s.of_batch) {
      fill_channel(e, c, out[0], [&](std::int64_t i) { return grad(i) * factor; });
      return;
    }
    const auto count = static_cast<double>(e.per_channel());
    const auto mean_grad = static_cast<float>(grad_sum / count);
    const auto slope = static_cast<float>(product_sum / count * static_cast<double>(inverse));
    fill_channel(e, c, out[0], [&](std::int64_t i) {
      return (grad(i) - mean_grad - (x[i] - mean) * slope) * factor;
    });
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
  const bool reads_scale = ctx.needs[0] || (!s.of_batch && (ctx.needs[3] || ctx.needs[4]));
  for (std::size_t i = 0; i < 5; ++i) {
    if (!ctx.needs[i]) continue;
    ctx.input_grads[i] = i == 0 ? Tensor::uninitialized(ctx.input_shapes[0]) : per_channel(e);
  }
  const auto target = [&](std::size_t i) {
    return ctx.needs[i] ? ctx.input_grads[i].mutable_data().data() : nullptr;
  };
  const Tensor& x = s.of_batch ? s.x : ctx.inputs[0];
  const GradientPass pass{.e = e,
                          .s = s,
                          .x = reads_x ? x.data().data() : nullptr,
                          .scale = reads_scale ? ctx.inputs[1].data().data() : nullptr,
                          .out = {target(0), target(1), target(2), target(3), target(4)}};
  const float* grad = ctx.grad.data().data();
  if (ctx.rectified == nullptr) {
    for_each_channel(
        e, [&](std::int64_t c) { pass.run(c, [grad](std::int64_t i) { return grad[i]; }); });
    return;
  }
  const float* y = ctx.rectified->data().data();
  for_each_channel(e, [&](std::int64_t c) {
    pass.run(c, [grad, y](std::int64_t i) {
      // A mask instead of a choice, with which the sums do not vectorise.
      const std::int32_t kept = static_cast<std::int32_t>(y[i] <= 0.0F) - 1;
      return std::bit_cast<float>(std::bit_cast<std::int32_t>(grad[i]) & kept);
    });
  });
}

// Batch statistics keep x themselves: only they need it for dL/dx, and reads() cannot know the
// mode.
Reads BatchNormalization::reads(std::span<const bool> needs) const {
  Reads reads;
  if (needs[1] || needs[4]) reads.inputs.push_back(0);
  if (needs[0] || needs[3] || needs[4]) reads.inputs.push_back(1);
  reads.inputs.insert(reads.inputs.end(), {3, 4});
  return reads;
}

}  // namespace cameo::ops
