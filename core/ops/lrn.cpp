#include "core/ops/lrn.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/elementwise.h"
#include "core/ops/check.h"

namespace cameo::ops {

namespace {

/// A run of positions of one image, all channels: channel c's values start at c · stride.
struct Block {
  std::int64_t first, length, channels, stride;
};

/// Calls `visit(Block)` for blocks that cover the tensor, in parallel.
template <typename F>
void for_each_block(const Shape& shape, F visit) {
  constexpr std::int64_t kLength = 256;
  const std::int64_t count = element_count(shape);
  if (count == 0) return;
  const std::int64_t channels = shape[1];
  const std::int64_t size = count / (shape[0] * channels);
  const std::int64_t per_image = (size + kLength - 1) / kLength;
  parallel_for(shape[0] * per_image, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t position = i % per_image * kLength;
      visit(Block{.first = i / per_image * channels * size + position,
                  .length = std::min(kLength, size - position),
                  .channels = channels,
                  .stride = size});
    }
  });
}

/// result[c][i] = the sum of terms[j][i] over the channels j from c - before to c + after.
std::vector<float> window_sums(const Block& b, const std::vector<float>& terms, std::int64_t before,
                               std::int64_t after) {
  std::vector<float> sums(terms.size(), 0.0F);
  for (std::int64_t c = 0; c < b.channels; ++c) {
    float* out = sums.data() + c * b.length;
    const std::int64_t last = std::min(b.channels - 1, c + after);
    for (std::int64_t j = std::max<std::int64_t>(0, c - before); j <= last; ++j) {
      const float* in = terms.data() + j * b.length;
      for (std::int64_t i = 0; i < b.length; ++i) out[i] += in[i];
    }
  }
  return sums;
}

/// Calls `visit(index in the tensor, index in the block)`.
template <typename F>
void for_each_element(const Block& b, F visit) {
  for (std::int64_t c = 0; c < b.channels; ++c) {
    for (std::int64_t i = 0; i < b.length; ++i) {
      visit(b.first + c * b.stride + i, static_cast<std::size_t>(c * b.length + i));
    }
  }
}

/// bias + alpha/size · windowed sum of squares.
std::vector<float> denominators(const LrnOptions& o, const Block& b, const float* x) {
  std::vector<float> squares(static_cast<std::size_t>(b.channels * b.length));
  for_each_element(b, [&](std::int64_t at, std::size_t k) { squares[k] = x[at] * x[at]; });
  std::vector<float> sums = window_sums(b, squares, (o.size - 1) / 2, o.size / 2);
  const float factor = o.alpha / static_cast<float>(o.size);
  for (float& sum : sums) sum = o.bias + factor * sum;
  return sums;
}

}  // namespace

Shape Lrn::infer_shape(std::span<const Shape> inputs) const {
  check_input_count(type(), inputs, 1, 1);
  if (inputs[0].size() < 2) {
    throw_shape_error(type(), "an input of rank 2 or more", to_string(inputs[0]));
  }
  if (options_.size < 1 || options_.size > std::numeric_limits<std::int32_t>::max()) {
    throw_argument_error(type(), "a size of 1 or more", std::to_string(options_.size));
  }
  return checked_output(type(), inputs[0]);
}

Tensor Lrn::forward(std::span<const Tensor> inputs, const RunContext&) const {
  Tensor y = Tensor::uninitialized(infer_shape(shapes_of(inputs)));
  const float* x = inputs[0].data().data();
  float* out = y.mutable_data().data();
  for_each_block(y.shape(), [&](const Block& b) {
    const std::vector<float> d = denominators(options_, b, x);
    for_each_element(b, [&](std::int64_t at, std::size_t k) {
      out[at] = x[at] * std::pow(d[k], -options_.beta);
    });
  });
  return y;
}

// dx_i = g_i d_i^-beta - 2 alpha beta / size · x_i · (sum of g_j x_j d_j^(-beta-1) over the
// channels j whose window holds i).
void Lrn::vjp(const VjpContext& ctx) const {
  if (!ctx.needs[0]) return;
  Tensor dx = Tensor::uninitialized(ctx.input_shapes[0]);
  const float* x = ctx.inputs[0].data().data();
  const float* grad = ctx.grad.data().data();
  float* out = dx.mutable_data().data();
  const LrnOptions& o = options_;
  const float factor = 2.0F * o.alpha * o.beta / static_cast<float>(o.size);
  for_each_block(dx.shape(), [&](const Block& b) {
    const std::vector<float> d = denominators(o, b, x);
    std::vector<float> terms(d.size());
    for_each_element(b, [&](std::int64_t at, std::size_t k) {
      const float direct = grad[at] * std::pow(d[k], -o.beta);
      terms[k] = direct * x[at] / d[k];
      out[at] = direct;
    });
    const std::vector<float> sums = window_sums(b, terms, o.size / 2, (o.size - 1) / 2);
    for_each_element(b,
                     [&](std::int64_t at, std::size_t k) { out[at] -= factor * x[at] * sums[k]; });
  });
  ctx.input_grads[0] = std::move(dx);
}

Reads Lrn::reads(std::span<const bool>) const { return {.inputs = {0}}; }

}  // namespace cameo::ops
