#include "core/ops/dropout.h"

#include <algorithm>

#include "core/elementwise.h"
#include "core/ops/check.h"
#include "core/random.h"

namespace cameo::ops {

namespace {

/// What the mask is made from; the vjp makes it anew instead of storing it.
struct MaskSeed {
  std::uint64_t value = 0;
};

/// result = x times the mask. One generator serves a run of elements.
Tensor masked(Tensor x, MaskSeed seed, float ratio) {
  constexpr std::int64_t kRun = 1024;
  const float* in = x.data().data();
  Tensor result = Tensor::in_place_of(std::move(x));
  float* out = result.mutable_data().data();
  const std::int64_t size = result.size();
  const float scale = 1.0F / (1.0F - ratio);
  parallel_for((size + kRun - 1) / kRun, kElementwiseGrain / kRun,
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t run = begin; run < end; ++run) {
                   Random random({seed.value, static_cast<std::uint64_t>(run)});
                   const std::int64_t last = std::min(size, (run + 1) * kRun);
                   for (std::int64_t i = run * kRun; i < last; ++i) {
                     const float kept = in[i] * scale;
                     out[i] = random.chance(ratio) ? 0.0F : kept;
                   }
                 }
               });
  return result;
}

}  // namespace

Shape Dropout::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  if (!(options_.ratio >= 0.0F && options_.ratio < 1.0F)) {
    throw_argument_error(type(), "a ratio from 0 to below 1", std::to_string(options_.ratio));
  }
  return inputs[0];
}

Tensor Dropout::forward(std::span<const Tensor> inputs, const RunContext& run) const {
  static_cast<void>(infer_shape(shapes_of(inputs)));
  if (!run.training || options_.ratio == 0.0F) return inputs[0];
  if (run.residuals != nullptr) *run.residuals = MaskSeed{run.seed};
  return masked(run.take(inputs, 0), {run.seed}, options_.ratio);
}

void Dropout::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  const auto* seed = std::any_cast<MaskSeed>(&ctx.residuals);
  ctx.input_grads[0] = seed == nullptr ? ctx.grad : masked(ctx.take_grad(), *seed, options_.ratio);
}

Reads Dropout::reads(std::span<const bool>) const { return {}; }

}  // namespace cameo::ops
