#include "core/ops/transpose.h"

#include <numeric>

#include "core/ops/axes.h"
#include "core/ops/check.h"

namespace cameo::ops {

namespace {

Axes permutation(const TransposeOptions& options, std::size_t rank) {
  if (options.perm.empty()) {
    Axes reverse(rank);
    std::iota(reverse.rbegin(), reverse.rend(), std::size_t{0});
    return reverse;
  }
  if (options.perm.size() != rank) {
    throw_argument_error("Transpose", "a permutation of " + std::to_string(rank) + " axes",
                         std::to_string(options.perm.size()));
  }
  return checked_axes("Transpose", options.perm, rank);
}

}  // namespace

Shape Transpose::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  return checked_output(type(), transposed(inputs[0], permutation(options_, inputs[0].size())));
}

Tensor Transpose::forward(std::span<const Tensor> inputs, const RunContext&) const {
  return transposed(inputs[0], permutation(options_, inputs[0].rank()));
}

void Transpose::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  ctx.input_grads[0] = transposed(ctx.grad, inverse(permutation(options_, ctx.grad.rank())));
}

Reads Transpose::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
