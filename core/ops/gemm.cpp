#include "core/ops/gemm.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/gemm/gemm.h"
#include "core/ops/check.h"
#include "core/parallel.h"

namespace cameo::ops {

namespace {

struct Extents {
  std::int64_t rows, depth, columns;
};

Extents extents_for(const GemmOptions& options, std::span<const Shape> inputs) {
  check_input_count("Gemm", inputs, 2, 3);
  check_rank("Gemm", "an input", inputs[0], 2);
  check_rank("Gemm", "a weight", inputs[1], 2);
  const std::int64_t depth = inputs[0][1];
  const std::int64_t columns = inputs[1][options.transpose_b ? 0 : 1];
  check_shape("Gemm", "a weight", inputs[1],
              options.transpose_b ? Shape{columns, depth} : Shape{depth, columns});
  if (inputs.size() == 3) check_shape("Gemm", "a bias", inputs[2], {columns});
  static_cast<void>(checked_output("Gemm", {inputs[0][0], columns}));
  return {.rows = inputs[0][0], .depth = depth, .columns = columns};
}

/// dL/dx of a single row against a weight stored `[columns,depth]`: the weight's rows, each times
/// its output's gradient. Where that is zero (all but one after a one-hot seed, about half behind a
/// ReLU) the row is not read at all, and reading is what takes the time.
void sum_weighted_rows(const Extents& e, const float* grad, const float* weight, float* dx) {
  constexpr std::int64_t kPiece = 8192;  // long stretches of each row, and dx stays in the cache
  constexpr std::size_t kTogether = 4;   // rows for one pass over dx
  std::vector<std::int64_t> rows;
  for (std::int64_t m = 0; m < e.columns; ++m) {
    if (grad[m] != 0.0F) rows.push_back(m);
  }
  const std::int64_t pieces = (e.depth + kPiece - 1) / kPiece;
  parallel_for(pieces, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t piece = begin; piece < end; ++piece) {
      const std::int64_t first = e.depth * piece / pieces;
      const std::int64_t count = e.depth * (piece + 1) / pieces - first;
      float* const out = dx + first;
      std::fill_n(out, count, 0.0F);
      std::size_t k = 0;
      for (; k + kTogether <= rows.size(); k += kTogether) {
        const std::array<std::int64_t, kTogether> m{rows[k], rows[k + 1], rows[k + 2], rows[k + 3]};
        const float* const a = weight + m[0] * e.depth + first;
        const float* const b = weight + m[1] * e.depth + first;
        const float* const c = weight + m[2] * e.depth + first;
        const float* const d = weight + m[3] * e.depth + first;
        for (std::int64_t i = 0; i < count; ++i) {
          out[i] +=
              (grad[m[0]] * a[i] + grad[m[1]] * b[i]) + (grad[m[2]] * c[i] + grad[m[3]] * d[i]);
        }
      }
      for (; k < rows.size(); ++k) {
        const float* const row = weight + rows[k] * e.depth + first;
        for (std::int64_t i = 0; i < count; ++i) out[i] += grad[rows[k]] * row[i];
      }
    }
  });
}

}  // namespace

Shape Gemm::infer_shape(std::span<const Shape> inputs) const {
  const Extents e = extents_for(options_, inputs);
  return {e.rows, e.columns};
}

Tensor Gemm::forward(std::span<const Tensor> inputs, const RunContext&) const {
  const Extents e = extents_for(options_, shapes_of(inputs));
  Tensor y = Tensor::uninitialized({e.rows, e.columns});
  float* out = y.mutable_data().data();
  const bool biased = inputs.size() == 3;
  for (std::int64_t n = 0; biased && n < e.rows; ++n) {
    std::copy_n(inputs[2].data().data(), e.columns, out + n * e.columns);
  }
  parallel_gemm({.m = e.rows,
                 .n = e.columns,
                 .k = e.depth,
                 .a = inputs[0].data().data(),
                 .lda = e.depth,
                 .b = inputs[1].data().data(),
                 .ldb = options_.transpose_b ? e.depth : e.columns,
                 .transpose_b = options_.transpose_b,
                 .c = out,
                 .ldc = e.columns,
                 .beta = biased ? 1.0F : 0.0F});
  return y;
}

void Gemm::vjp(const VjpContext& ctx) const {
  const Extents e = extents_for(options_, ctx.input_shapes);
  const float* grad = ctx.grad.data().data();
  const auto result = [&](std::size_t i) {
    ctx.input_grads[i] = Tensor::uninitialized(ctx.input_shapes[i]);
    return ctx.input_grads[i].mutable_data().data();
  };
  if (ctx.needs[0] && e.rows == 1 && options_.transpose_b) {
    sum_weighted_rows(e, grad, ctx.inputs[1].data().data(), result(0));
  } else if (ctx.needs[0]) {
    parallel_gemm({.m = e.rows,
                   .n = e.depth,
                   .k = e.columns,
                   .a = grad,
                   .lda = e.columns,
                   .b = ctx.inputs[1].data().data(),
                   .ldb = options_.transpose_b ? e.depth : e.columns,
                   .transpose_b = !options_.transpose_b,
                   .c = result(0),
                   .ldc = e.depth});
  }
  if (ctx.needs[1]) {
    const float* x = ctx.inputs[0].data().data();
    const bool flip = options_.transpose_b;
    parallel_gemm({.m = flip ? e.columns : e.depth,
                   .n = flip ? e.depth : e.columns,
                   .k = e.rows,
                   .a = flip ? grad : x,
                   .lda = flip ? e.columns : e.depth,
                   .transpose_a = true,
                   .b = flip ? x : grad,
                   .ldb = flip ? e.depth : e.columns,
                   .c = result(1),
                   .ldc = flip ? e.depth : e.columns});
  }
  if (ctx.needs.size() == 3 && ctx.needs[2]) {
    float* bias = result(2);
    for (std::int64_t m = 0; m < e.columns; ++m) {
      double total = 0.0;
      for (std::int64_t n = 0; n < e.rows; ++n) {
        total += static_cast<double>(grad[n * e.columns + m]);
      }
      bias[m] = static_cast<float>(total);
    }
  }
}

Reads Gemm::reads(std::span<const bool> needs) const {
  Reads reads;
  if (needs[1]) reads.inputs.push_back(0);
  if (needs[0]) reads.inputs.push_back(1);
  return reads;
}

}  // namespace cameo::ops
