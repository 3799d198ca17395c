#include "core/ops/matmul.h"

#include <algorithm>
#include <array>

#include "core/gemm/gemm.h"
#include "core/ops/broadcast.h"

namespace cameo::ops {

namespace {

/// The product as `count` pairs of an `[m,k]` and a `[k,n]` matrix. One right matrix for all the
/// left ones makes them a single tall one.
struct Stacks {
  std::int64_t count, m, k, n;
  std::array<Shape, 2> operands;  ///< the inputs' shapes, vectors made matrices
  std::array<Shape, 2> repeated;  ///< the same, broadcast over the batch
  Shape output;
};

Stacks stacks_for(std::span<const Shape> inputs) {
  constexpr std::string_view kOp = "MatMul";
  check_input_count(kOp, inputs, 2, 2);
  Shape a = inputs[0];
  Shape b = inputs[1];
  if (a.empty() || b.empty()) throw_shape_error(kOp, "two vectors or matrices", "a scalar");
  const bool row = a.size() == 1;
  const bool column = b.size() == 1;
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  const std::int64_t m = a[a.size() - 2];
  const std::int64_t k = a.back();
  const std::int64_t n = b.back();
  if (b[b.size() - 2] != k) {
    throw_shape_error(kOp, "as many rows on the right as columns on the left",
                      to_string(inputs[0]) + " and " + to_string(inputs[1]));
  }
  const Shape a_batch{a.begin(), a.end() - 2};
  const Shape b_batch{b.begin(), b.end() - 2};
  const Shape batch = common_shape(kOp, std::array{a_batch, b_batch});
  const auto with = [&](std::initializer_list<std::int64_t> extents) {
    Shape shape = batch;
    shape.insert(shape.end(), extents);
    return checked_output(kOp, std::move(shape));
  };
  Stacks s{.count = element_count(batch),
           .m = m,
           .k = k,
           .n = n,
           .operands = {a, b},
           .repeated = {with({m, k}), with({k, n})},
           .output = with({m, n})};
  if (column) s.output.pop_back();
  if (row) s.output.erase(s.output.end() - (column ? 1 : 2));
  if (element_count(b_batch) == 1) {
    s.m *= s.count;
    s.count = 1;
    s.repeated[1] = b;
  }
  return s;
}

/// One stack of matrices: matrix i starts at i·rows·columns.
struct Stack {
  const float* values;
  std::int64_t rows, columns;
  bool transposed = false;
};

/// out[i] = op(a[i])·op(b[i]). Several matrices are shared out whole, a single one in tiles.
void multiply(std::int64_t count, const Stack& a, const Stack& b, float* out) {
  const std::int64_t m = a.transposed ? a.columns : a.rows;
  const std::int64_t k = a.transposed ? a.rows : a.columns;
  const std::int64_t n = b.transposed ? b.rows : b.columns;
  const auto product = [&](std::int64_t i) {
    return GemmArgs{.m = m,
                    .n = n,
                    .k = k,
                    .a = a.values + i * m * k,
                    .lda = a.columns,
                    .transpose_a = a.transposed,
                    .b = b.values + i * k * n,
                    .ldb = b.columns,
                    .transpose_b = b.transposed,
                    .c = out + i * m * n,
                    .ldc = n};
  };
  if (count == 1) {
    parallel_gemm(product(0));
    return;
  }
  const std::int64_t grain = std::max<std::int64_t>(1, kElementwiseGrain / (m * n * k + 1));
  parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) gemm(product(i));
  });
}

Tensor operand(const Tensor& x, const Stacks& s, std::size_t i) {
  return broadcast_to(x.reshaped(s.operands[i]), s.repeated[i]);
}

}  // namespace

Shape MatMul::infer_shape(std::span<const Shape> inputs) const { return stacks_for(inputs).output; }

Tensor MatMul::forward(std::span<const Tensor> inputs, const RunContext&) const {
  const Stacks s = stacks_for(shapes_of(inputs));
  const Tensor a = operand(inputs[0], s, 0);
  const Tensor b = operand(inputs[1], s, 1);
  Tensor y = Tensor::uninitialized(s.output);
  multiply(s.count, {.values = a.data().data(), .rows = s.m, .columns = s.k},
           {.values = b.data().data(), .rows = s.k, .columns = s.n}, y.mutable_data().data());
  return y;
}

// dA = G·Bᵀ, dB = Aᵀ·G, summed over what was broadcast
void MatMul::vjp(const VjpContext& ctx) const {
  const Stacks s = stacks_for(ctx.input_shapes);
  const Stack grad{.values = ctx.grad.data().data(), .rows = s.m, .columns = s.n};
  const auto finish = [&](std::size_t i, const Tensor& whole) {
    ctx.input_grads[i] = reduce_to(whole, s.operands[i]).reshaped(ctx.input_shapes[i]);
  };
  if (ctx.needs[0]) {
    const Tensor b = operand(ctx.inputs[1], s, 1);
    Tensor da = Tensor::uninitialized(s.repeated[0]);
    multiply(s.count, grad,
             {.values = b.data().data(), .rows = s.k, .columns = s.n, .transposed = true},
             da.mutable_data().data());
    finish(0, da);
  }
  if (ctx.needs[1]) {
    const Tensor a = operand(ctx.inputs[0], s, 0);
    Tensor db = Tensor::uninitialized(s.repeated[1]);
    multiply(s.count, {.values = a.data().data(), .rows = s.m, .columns = s.k, .transposed = true},
             grad, db.mutable_data().data());
    finish(1, db);
  }
}

Reads MatMul::reads(std::span<const bool> needs) const {
  Reads reads;
  if (needs[1]) reads.inputs.push_back(0);
  if (needs[0]) reads.inputs.push_back(1);
  return reads;
}

}  // namespace cameo::ops
