#include "core/ops/blocks.h"

#include "core/ops/axes.h"
#include "core/ops/check.h"

namespace cameo::ops {

namespace {

void check_block(std::string_view op, const Shape& shape, std::int64_t block) {
  constexpr std::int64_t kMostBlock = 1 << 15;
  if (block < 1 || block > kMostBlock) {
    throw_argument_error(op, "a block of 1 to " + std::to_string(kMostBlock),
                         std::to_string(block));
  }
  check_rank(op, "an input", shape, 4);
  static_cast<void>(checked_output(op, shape));
}

/// Where C, block row, block column, H and W lie in the split channels.
Axes split_order(DepthOrder order) {
  return order == DepthOrder::kBlockFirst ? Axes{0, 3, 4, 1, 5, 2} : Axes{0, 1, 4, 2, 5, 3};
}

}  // namespace

Shape unblocked_shape(std::string_view op, const Shape& deep, std::int64_t block) {
  check_block(op, deep, block);
  if (deep[1] % (block * block) != 0) {
    throw_shape_error(op, "channels in multiples of " + std::to_string(block * block),
                      to_string(deep));
  }
  return {deep[0], deep[1] / (block * block), deep[2] * block, deep[3] * block};
}

Shape blocked_shape(std::string_view op, const Shape& wide, std::int64_t block) {
  check_block(op, wide, block);
  if (wide[2] % block != 0 || wide[3] % block != 0) {
    throw_shape_error(op, "height and width in multiples of " + std::to_string(block),
                      to_string(wide));
  }
  return {wide[0], wide[1] * block * block, wide[2] / block, wide[3] / block};
}

Tensor channels_to_pixels(const Tensor& x, std::int64_t block, DepthOrder order) {
  const Shape& s = x.shape();
  const std::int64_t channels = s[1] / (block * block);
  const Shape split = order == DepthOrder::kBlockFirst
                          ? Shape{s[0], block, block, channels, s[2], s[3]}
                          : Shape{s[0], channels, block, block, s[2], s[3]};
  return transposed(x.reshaped(split), split_order(order))
      .reshaped({s[0], channels, s[2] * block, s[3] * block});
}

Tensor pixels_to_channels(const Tensor& x, std::int64_t block, DepthOrder order) {
  const Shape& s = x.shape();
  const Shape split{s[0], s[1], s[2] / block, block, s[3] / block, block};
  return transposed(x.reshaped(split), inverse(split_order(order)))
      .reshaped({s[0], s[1] * block * block, s[2] / block, s[3] / block});
}

}  // namespace cameo::ops
