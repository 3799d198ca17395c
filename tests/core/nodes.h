/// Networks for tests, built node by node.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/network.h"
#include "core/ops/batch_normalization.h"
#include "tests/core/ops/gradcheck.h"

namespace cameo::test {

/// Appends nodes and remembers nothing else.
class Nodes {
 public:
  ValueId input(std::string name) { return add({.name = std::move(name)}); }
  ValueId parameter(std::string name, Tensor value, bool trainable = true) {
    return add({.name = std::move(name), .parameter = std::move(value), .trainable = trainable});
  }
  template <typename O>
  ValueId apply(std::string name, O op, std::vector<ValueId> inputs) {
    return add({.name = std::move(name),
                .op = std::make_shared<O>(std::move(op)),
                .inputs = std::move(inputs)});
  }
  Network finish(ValueId input, ValueId output, Shape shape) && {
    return Network(std::move(nodes_), input, output, std::move(shape));
  }

 private:
  ValueId add(Node node) {
    nodes_.push_back(std::move(node));
    return static_cast<ValueId>(nodes_.size()) - 1;
  }
  std::vector<Node> nodes_;
};

/// Draws each parameter from a seed of its own.
class RandomNodes : public Nodes {
 public:
  explicit RandomNodes(std::uint64_t seed) : seed_(seed) {}

  ValueId random(const std::string& name, const Shape& shape, float low, float high) {
    return parameter(name, random_tensor(shape, ++seed_, low, high));
  }
  ValueId norm(const std::string& name, ValueId x, std::int64_t channels) {
    std::vector<ValueId> inputs{x};
    for (const char* what : {".scale", ".bias", ".mean", ".var"}) {
      inputs.push_back(random(name + what, {channels}, 0.5F, 1.5F));
    }
    return apply(name, ops::BatchNormalization(), inputs);
  }

 private:
  std::uint64_t seed_;
};

}  // namespace cameo::test
