#include "core/ops/lstm.h"

#include <algorithm>

#include "core/gemm/gemm.h"
#include "core/ops/activation_kernels.h"
#include "core/ops/check.h"
#include "core/parallel.h"

namespace cameo::ops {

namespace {

enum Input : std::size_t { kX, kInputWeight, kHiddenWeight, kInputBias, kHiddenBias, kInputs };

struct Extents {
  std::int64_t steps, batch, features, hidden;
  std::int64_t gates() const { return 4 * hidden; }
  std::int64_t rows() const { return steps * batch; }
};

Extents extents_for(std::span<const Shape> inputs) {
  check_input_count("LSTM", inputs, kInputs, kInputs);
  check_rank("LSTM", "a sequence", inputs[kX], 3);
  check_rank("LSTM", "an input weight", inputs[kInputWeight], 2);
  const Extents e{.steps = inputs[kX][0],
                  .batch = inputs[kX][1],
                  .features = inputs[kX][2],
                  .hidden = inputs[kInputWeight][0] / 4};
  check_shape("LSTM", "an input weight", inputs[kInputWeight], {e.gates(), e.features});
  check_shape("LSTM", "a hidden weight", inputs[kHiddenWeight], {e.gates(), e.hidden});
  check_shape("LSTM", "an input bias", inputs[kInputBias], {e.gates()});
  check_shape("LSTM", "a hidden bias", inputs[kHiddenBias], {e.gates()});
  static_cast<void>(checked_output("LSTM", {e.steps, e.batch, e.gates()}));
  return e;
}

/// What the steps leave for the gradient.
struct States {
  Tensor gates;  ///< `[T,N,4H]`, activated
  Tensor cells;  ///< `[T,N,H]`
};

constexpr std::int64_t kRowGrain = 16;

/// gates `[T·N,4H]` = both biases + x·W_ihᵀ
Tensor input_gates(const Extents& e, std::span<const Tensor> inputs) {
  Tensor gates = Tensor::uninitialized({e.steps, e.batch, e.gates()});
  float* const out = gates.mutable_data().data();
  const float* const input_bias = inputs[kInputBias].data().data();
  const float* const hidden_bias = inputs[kHiddenBias].data().data();
  for (std::int64_t row = 0; row < e.rows(); ++row) {
    std::transform(input_bias, input_bias + e.gates(), hidden_bias, out + row * e.gates(),
                   std::plus<>());
  }
  parallel_gemm({.m = e.rows(),
                 .n = e.gates(),
                 .k = e.features,
                 .a = inputs[kX].data().data(),
                 .lda = e.features,
                 .b = inputs[kInputWeight].data().data(),
                 .ldb = e.features,
                 .transpose_b = true,
                 .c = out,
                 .ldc = e.gates(),
                 .beta = 1.0F});
  return gates;
}

/// The gates of one sequence at one step, H values each.
struct Gates {
  Gates(const Extents& e, float* step, std::int64_t n)
      : i(step + n * e.gates()), f(i + e.hidden), g(f + e.hidden), o(g + e.hidden) {}
  float *i, *f, *g, *o;
};

/// One step of every sequence; `before` is null where the cells are still zero.
void activate(const Extents& e, float* gates, const float* before, float* cells, float* hidden) {
  const ActivationKernels& kernels = activation_kernels();
  parallel_for(e.batch, kRowGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
      const auto [i, f, g, o] = Gates(e, gates, n);
      kernels.sigmoid(e.hidden, i, i);
      kernels.sigmoid(e.hidden, f, f);
      kernels.tanh(e.hidden, g, g);
      kernels.sigmoid(e.hidden, o, o);
      const std::int64_t first = n * e.hidden;
      for (std::int64_t k = 0; k < e.hidden; ++k) {
        const std::int64_t at = first + k;
        cells[at] = i[k] * g[k] + (before == nullptr ? 0.0F : f[k] * before[at]);
      }
      kernels.tanh(e.hidden, cells + first, hidden + first);
      for (std::int64_t k = 0; k < e.hidden; ++k) hidden[first + k] *= o[k];
    }
  });
}

/// The gradients that one step hands to the one before it, each `[N,H]`.
struct Carried {
  Tensor hidden;
  Tensor cells;
};

/// Replaces the activated gates of one step by the gradient before their activation.
void differentiate(const Extents& e, float* gates, const float* before, const float* cells,
                   const float* grad, Carried& carried) {
  const float* const from_next = carried.hidden.data().data();
  float* const cell_grads = carried.cells.mutable_data().data();
  parallel_for(e.batch, kRowGrain, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> squashed_cells(static_cast<std::size_t>(e.hidden));
    for (std::int64_t n = begin; n < end; ++n) {
      const auto [i, f, g, o] = Gates(e, gates, n);
      activation_kernels().tanh(e.hidden, cells + n * e.hidden, squashed_cells.data());
      for (std::int64_t k = 0; k < e.hidden; ++k) {
        const std::int64_t at = n * e.hidden + k;
        const float hidden_grad = grad[at] + from_next[at];
        const float squashed = squashed_cells[static_cast<std::size_t>(k)];
        const float cell_grad =
            cell_grads[at] + hidden_grad * o[k] * (1.0F - squashed) * (1.0F + squashed);
        const float cell_before = before == nullptr ? 0.0F : before[at];
        const float input = i[k];
        cell_grads[at] = cell_grad * f[k];
        i[k] = cell_grad * g[k] * input * (1.0F - input);
        f[k] = cell_grad * cell_before * f[k] * (1.0F - f[k]);
        g[k] = cell_grad * input * (1.0F - g[k]) * (1.0F + g[k]);
        o[k] = hidden_grad * squashed * o[k] * (1.0F - o[k]);
      }
    }
  });
}

/// dL/d(gates before activation) `[T,N,4H]`, from the last step to the first.
Tensor gate_gradients(const Extents& e, const VjpContext& ctx) {
  const auto& states = residual<States>("LSTM", ctx);
  Tensor gradients = states.gates;
  float* const gates = gradients.mutable_data().data();
  const float* const cells = states.cells.data().data();
  const float* const grad = ctx.grad.data().data();
  const float* const weight = ctx.inputs[kHiddenWeight].data().data();
  Carried carried{.hidden = Tensor({e.batch, e.hidden}), .cells = Tensor({e.batch, e.hidden})};
  for (std::int64_t t = e.steps; t-- > 0;) {
    const std::int64_t at = t * e.batch * e.hidden;
    differentiate(e, gates + 4 * at, t == 0 ? nullptr : cells + at - e.batch * e.hidden, cells + at,
                  grad + at, carried);
    parallel_gemm({.m = e.batch,
                   .n = e.hidden,
                   .k = e.gates(),
                   .a = gates + 4 * at,
                   .lda = e.gates(),
                   .b = weight,
                   .ldb = e.hidden,
                   .c = carried.hidden.mutable_data().data(),
                   .ldc = e.hidden});
  }
  return gradients;
}

/// gradientsᵀ·by, a weight's gradient `[4H,columns]`, over the given number of rows.
Tensor weight_gradient(const Extents& e, const float* gradients, const float* by, std::int64_t rows,
                       std::int64_t columns) {
  Tensor result({e.gates(), columns});
  parallel_gemm({.m = e.gates(),
                 .n = columns,
                 .k = rows,
                 .a = gradients,
                 .lda = e.gates(),
                 .transpose_a = true,
                 .b = by,
                 .ldb = columns,
                 .c = result.mutable_data().data(),
                 .ldc = columns});
  return result;
}

Tensor bias_gradient(const Extents& e, const float* gradients) {
  std::vector<double> sums(static_cast<std::size_t>(e.gates()));
  for (std::int64_t row = 0; row < e.rows(); ++row) {
    const float* const from = gradients + row * e.gates();
    std::transform(sums.begin(), sums.end(), from, sums.begin(),
                   [](double sum, float v) { return sum + static_cast<double>(v); });
  }
  Tensor result = Tensor::uninitialized({e.gates()});
  std::transform(sums.begin(), sums.end(), result.mutable_data().begin(),
                 [](double sum) { return static_cast<float>(sum); });
  return result;
}

}  // namespace

Shape Lstm::infer_shape(std::span<const Shape> inputs) const {
  const Extents e = extents_for(inputs);
  return {e.steps, e.batch, e.hidden};
}

Tensor Lstm::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  const Extents e = extents_for(shapes_of(inputs));
  States states{.gates = input_gates(e, inputs), .cells = Tensor({e.steps, e.batch, e.hidden})};
  Tensor output({e.steps, e.batch, e.hidden});
  float* const gates = states.gates.mutable_data().data();
  float* const cells = states.cells.mutable_data().data();
  float* const hidden = output.mutable_data().data();
  const std::int64_t step = e.batch * e.hidden;
  for (std::int64_t t = 0; t < e.steps; ++t) {
    if (t > 0) {
      parallel_gemm({.m = e.batch,
                     .n = e.gates(),
                     .k = e.hidden,
                     .a = hidden + (t - 1) * step,
                     .lda = e.hidden,
                     .b = inputs[kHiddenWeight].data().data(),
                     .ldb = e.hidden,
                     .transpose_b = true,
                     .c = gates + 4 * t * step,
                     .ldc = e.gates(),
                     .beta = 1.0F});
    }
    activate(e, gates + 4 * t * step, t == 0 ? nullptr : cells + (t - 1) * step, cells + t * step,
             hidden + t * step);
  }
  if (run.residuals != nullptr) *run.residuals = std::move(states);
  return output;
}

void Lstm::vjp(const VjpContext& ctx) const {
  const Extents e = extents_for(ctx.input_shapes);
  const Tensor gradients = gate_gradients(e, ctx);
  const float* const values = gradients.data().data();
  if (ctx.needs[kX]) {
    ctx.input_grads[kX] = Tensor::uninitialized(ctx.input_shapes[kX]);
    parallel_gemm({.m = e.rows(),
                   .n = e.features,
                   .k = e.gates(),
                   .a = values,
                   .lda = e.gates(),
                   .b = ctx.inputs[kInputWeight].data().data(),
                   .ldb = e.features,
                   .c = ctx.input_grads[kX].mutable_data().data(),
                   .ldc = e.features});
  }
  if (ctx.needs[kInputWeight]) {
    ctx.input_grads[kInputWeight] =
        weight_gradient(e, values, ctx.inputs[kX].data().data(), e.rows(), e.features);
  }
  if (ctx.needs[kHiddenWeight]) {
    // The states before the first step are zero, so its gradient is left out.
    const std::int64_t rows = std::max<std::int64_t>(e.steps - 1, 0) * e.batch;
    ctx.input_grads[kHiddenWeight] = weight_gradient(e, values + (e.rows() - rows) * e.gates(),
                                                     ctx.output.data().data(), rows, e.hidden);
  }
  for (const std::size_t bias : {kInputBias, kHiddenBias}) {
    if (ctx.needs[bias]) ctx.input_grads[bias] = bias_gradient(e, values);
  }
}

Reads Lstm::reads(std::span<const bool> needs) const {
  Reads reads{.inputs = {kHiddenWeight}, .output = needs[kHiddenWeight]};
  if (needs[kX]) reads.inputs.push_back(kInputWeight);
  if (needs[kInputWeight]) reads.inputs.push_back(kX);
  return reads;
}

}  // namespace cameo::ops
