// Matrix products.
#include "core/ops/add.h"
#include "core/ops/gemm.h"
#include "core/ops/matmul.h"
#include "core/ops/mul.h"
#include "core/ops/transpose.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

Value& scaled(Call& call, Value& x, float factor) {
  if (factor == 1.0F) return x;
  return call.apply(std::make_shared<ops::Mul>(), {&x, &call.scalar(factor)});
}

/// alpha·A·B + beta·C. What a layer exports, alpha = beta = 1 and a bias vector, is one Gemm.
Values lower_gemm(Call& call) {
  call.ignore("broadcast");
  Value* a = &call.input(0);
  if (call.integer("transA", 0) != 0) {
    a = &call.move<ops::Transpose>(ops::TransposeOptions{.perm = {1, 0}}, {a});
  }
  const ops::GemmOptions options{.transpose_b = call.integer("transB", 0) != 0};
  const float alpha = call.number("alpha", 1.0F);
  const float beta = call.number("beta", 1.0F);
  Value& b = call.input(1);
  if (!call.has(2)) return {&scaled(call, call.apply<ops::Gemm>(options, {a, &b}), alpha)};
  Value& c = call.input(2);
  const bool is_bias =
      b.rank() == 2 && c.rank() == 1 && c.shapes[0][0] == b.shapes[0][options.transpose_b ? 0 : 1];
  if (is_bias && alpha == 1.0F && beta == 1.0F) {
    return {&call.apply<ops::Gemm>(options, {a, &b, &c})};
  }
  Value& product = scaled(call, call.apply<ops::Gemm>(options, {a, &b}), alpha);
  return {&call.apply(std::make_shared<ops::Add>(), {&product, &scaled(call, c, beta)})};
}

/// Of two matrices it is a Gemm without a bias.
Values lower_mat_mul(Call& call) {
  Value& a = call.input(0);
  Value& b = call.input(1);
  if (a.rank() == 2 && b.rank() == 2) {
    return {&call.apply<ops::Gemm>(ops::GemmOptions{.transpose_b = false}, {&a, &b})};
  }
  return {&call.apply(std::make_shared<ops::MatMul>(), {&a, &b})};
}

constexpr OpRow kRows[] = {
    {"Gemm", 2, 3, lower_gemm},
    {"MatMul", 2, 2, lower_mat_mul},
};

}  // namespace

std::span<const OpRow> linear_ops() { return kRows; }

}  // namespace cameo::zoo::onnx
