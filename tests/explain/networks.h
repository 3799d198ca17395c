/// Small networks for the tests of explain, built from nodes, and how they are explained.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/network.h"
#include "core/ops/conv.h"
#include "core/ops/flatten.h"
#include "core/ops/gemm.h"
#include "core/ops/global_average_pool.h"
#include "core/ops/max_pool.h"
#include "core/ops/relu.h"
#include "core/random.h"
#include "explain/explainer.h"
#include "explain/registry.h"

namespace cameo::explain::test {

inline Tensor tensor(Shape shape, const std::vector<float>& values) {
  return Tensor(std::move(shape), std::span<const float>(values));
}

inline Tensor random_tensor(Shape shape, std::uint64_t seed) {
  Tensor result(std::move(shape));
  Random random(seed);
  for (float& value : result.mutable_data()) value = random.normal();
  return result;
}

/// Slow waves, different in every channel, as photographs have more of than noise.
inline Tensor waves(Shape shape) {
  Tensor result(std::move(shape));
  const std::int64_t height = result.dim(2);
  const std::int64_t width = result.dim(3);
  for (std::size_t i = 0; i < result.data().size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const double y = static_cast<double>(at / width % height) / static_cast<double>(height);
    const double x = static_cast<double>(at % width) / static_cast<double>(width);
    const auto c = static_cast<double>(at / width / height);
    result.mutable_data()[i] = static_cast<float>(std::sin(5.0 * x + c) + std::cos(4.0 * y - c));
  }
  return result;
}

/// Appends nodes and remembers the last one.
class Graph {
 public:
  explicit Graph(Shape picture) : picture_(std::move(picture)) {
    nodes_.push_back({.name = "x", .op = nullptr, .inputs = {}, .parameter = {}});
  }

  ValueId parameter(const std::string& name, Tensor value) {
    nodes_.push_back({.name = name, .op = nullptr, .inputs = {}, .parameter = std::move(value)});
    return static_cast<ValueId>(nodes_.size()) - 1;
  }
  ValueId add(const std::string& name, std::shared_ptr<const Op> op, std::vector<ValueId> inputs) {
    nodes_.push_back(
        {.name = name, .op = std::move(op), .inputs = std::move(inputs), .parameter = {}});
    return last_ = static_cast<ValueId>(nodes_.size()) - 1;
  }
  /// An op of the last value.
  template <typename T>
  ValueId then(const std::string& name, T op) {
    return add(name, std::make_shared<const T>(std::move(op)), {last_});
  }
  ValueId conv(const std::string& name, Tensor weight, Tensor bias, ops::ConvOptions options = {}) {
    const ValueId x = last_;
    const ValueId w = parameter(name + ".weight", std::move(weight));
    const ValueId b = parameter(name + ".bias", std::move(bias));
    return add(name, std::make_shared<const ops::Conv>(options), {x, w, b});
  }
  ValueId linear(const std::string& name, Tensor weight, Tensor bias) {
    const ValueId x = last_;
    const ValueId w = parameter(name + ".weight", std::move(weight));
    const ValueId b = parameter(name + ".bias", std::move(bias));
    return add(name, std::make_shared<const ops::Gemm>(), {x, w, b});
  }
  ValueId last() const { return last_; }
  Network finish() && { return Network(std::move(nodes_), 0, last_, picture_); }

 private:
  Shape picture_;
  std::vector<Node> nodes_;
  ValueId last_ = 0;
};

/// captum's BasicModel_ConvNet_One_Conv: its golden numbers are worked out by hand in captum's
/// tests.
inline Network one_conv_network() {
  Graph graph({1, 4, 4});
  graph.conv("conv1", Tensor({2, 1, 3, 3}, 1.0F), tensor({2}, {-50.0F, -75.0F}));
  graph.then("relu1", ops::Relu());
  graph.then("flatten", ops::Flatten());
  Tensor weight({4, 8}, 1.0F);
  for (std::size_t i = 0; i < 32; ++i) {
    if (i % 8 >= 5) weight.mutable_data()[i] = -1.0F;
  }
  graph.linear("fc1", weight, Tensor({4}));
  graph.then("relu2", ops::Relu());
  return std::move(graph).finish();
}

inline Tensor one_conv_picture() {
  std::vector<float> values(16);
  std::iota(values.begin(), values.end(), 0.0F);
  return tensor({1, 1, 4, 4}, values);
}

constexpr std::int64_t kClasses = 5;
constexpr std::int64_t kFeatures = 16;

/// conv1 relu1 pool conv2 relu2 gap flatten fc with random weights; 3x16x16 pictures.
inline Network gap_network() {
  Graph graph({3, 16, 16});
  ops::ConvOptions same;
  same.pads = {1, 1, 1, 1};
  graph.conv("conv1", random_tensor({8, 3, 3, 3}, 1), random_tensor({8}, 2), same);
  graph.then("relu1", ops::Relu());
  graph.then("pool", ops::MaxPool());
  graph.conv("conv2", random_tensor({kFeatures, 8, 3, 3}, 3), random_tensor({kFeatures}, 4), same);
  graph.then("relu2", ops::Relu());
  graph.then("gap", ops::GlobalAveragePool());
  graph.then("flatten", ops::Flatten());
  graph.linear("fc", random_tensor({kClasses, kFeatures}, 5), random_tensor({kClasses}, 6));
  return std::move(graph).finish();
}

inline Tensor gap_picture(std::uint64_t seed = 7) { return random_tensor({1, 3, 16, 16}, seed); }

/// One method's explanation of one class.
inline Explanation explain_with(const Network& network, const Tensor& picture,
                                std::shared_ptr<const Explainer> method, std::int64_t index = 0) {
  const Target target{.of = network.output(), .index = index};
  return explain::explain(network, picture, Methods{std::move(method)}, std::vector{target}).at(0);
}
inline Explanation explain_with(const Network& network, const Tensor& picture,
                                std::string_view method, const OptionValues& options = {},
                                std::int64_t index = 0) {
  return explain_with(network, picture, make_method(method, options), index);
}

/// Values as they print best in a failed check.
inline std::vector<float> values(const Tensor& tensor) {
  return {tensor.data().begin(), tensor.data().end()};
}

/// The largest absolute difference; infinity when shapes differ or a value is NaN.
inline double distance(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape()) return INFINITY;
  double most = 0.0;
  for (std::size_t i = 0; i < a.data().size(); ++i) {
    const double difference = std::abs(static_cast<double>(a.data()[i]) - b.data()[i]);
    if (!(difference <= most)) most = std::isnan(difference) ? INFINITY : difference;
  }
  return most;
}

}  // namespace cameo::explain::test
