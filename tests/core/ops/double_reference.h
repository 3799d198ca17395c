/// Every op once more, in double and as plain loops over indices that share nothing with core/: the
/// truth that forwards are compared with and that gradients are differentiated from numerically.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/ops/average_pool.h"
#include "core/ops/batch_normalization.h"
#include "core/ops/conv.h"
#include "core/ops/gemm.h"
#include "core/ops/lrn.h"
#include "core/ops/max_pool.h"
#include "core/ops/pad.h"
#include "core/tensor.h"

namespace cameo::test {

struct DoubleTensor {
  explicit DoubleTensor(Shape extents);
  explicit DoubleTensor(const Tensor& tensor);
  /// The element at a full index; 0 outside the tensor.
  double at(const Shape& index) const;
  double& operator[](const Shape& index);

  Shape shape;
  std::vector<double> values;
};

using Inputs = std::span<const DoubleTensor>;
using DoubleFunction = std::function<DoubleTensor(Inputs)>;

DoubleFunction unary(std::function<double(double)> f);
DoubleFunction binary(std::function<double(double, double)> f);
/// f(f(x0, x1), x2) … over any number of inputs.
DoubleFunction folded(std::function<double(double, double)> f);
DoubleFunction conv(ops::ConvOptions options);
DoubleFunction gemm(ops::GemmOptions options);
DoubleFunction max_pool(ops::MaxPoolOptions options);
DoubleFunction average_pool(ops::AveragePoolOptions options);
DoubleFunction global_average_pool();
DoubleFunction adaptive_average_pool(std::int64_t height, std::int64_t width);
DoubleFunction batch_normalization(ops::BatchNormalizationOptions options, bool training);
DoubleFunction lrn(ops::LrnOptions options);
/// `axis` counts from the front.
DoubleFunction softmax(std::size_t axis, bool logarithm);
DoubleFunction cross_entropy();
DoubleFunction reshaped(Shape shape);
DoubleFunction concat(std::size_t axis);
DoubleFunction expand(Shape shape);
/// Axis i of the result is axis `perm[i]`.
DoubleFunction transpose(std::vector<std::size_t> perm);
DoubleFunction pad(ops::PadOptions options);
/// `taken[axis]` lists the indices along each axis.
DoubleFunction slice(std::vector<Shape> taken);

}  // namespace cameo::test
