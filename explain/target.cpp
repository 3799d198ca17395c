#include "explain/target.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"

namespace cameo::explain {

namespace {

bool keeps_every_value(std::string_view type) {
  return type == "Flatten" || type == "Reshape" || type == "Dropout";
}

void check_class(std::int64_t index, std::int64_t classes) {
  if (index < 0 || index >= classes) {
    throw ArgumentError("target: there is no class " + std::to_string(index) +
                        "; the network has " + std::to_string(classes) + ", counted from 0");
  }
}

void check_target(const Target& target, std::int64_t classes) {
  check_class(target.index, classes);
  if (target.against) check_class(*target.against, classes);
}

}  // namespace

ValueId find_logits(const Network& network) {
  ValueId id = network.output();
  while (network.node(id).op && keeps_every_value(network.node(id).op->type())) {
    id = network.node(id).inputs.at(0);
  }
  const Node& last = network.node(id);
  if (last.op && (last.op->type() == "Softmax" || last.op->type() == "LogSoftmax")) {
    return last.inputs.at(0);
  }
  return network.output();
}

std::int64_t class_count(const Shape& scores) {
  const bool matrix = scores.size() == 2;
  const bool pooled = scores.size() == 4 && scores[2] == 1 && scores[3] == 1;
  if (!matrix && !pooled) {
    throw ShapeError("target: class scores are [N,K] or [N,K,1,1], got " + to_string(scores));
  }
  return scores[1];
}

Tensor seed_for(const Tape& tape, const Target& target) {
  const Shape& shape = tape.value(target.of).shape();
  const std::int64_t classes = class_count(shape);
  check_target(target, classes);
  Tensor seed(shape);
  const auto values = seed.mutable_data();
  for (std::int64_t n = 0; n < shape[0]; ++n) {
    values[static_cast<std::size_t>(n * classes + target.index)] += 1.0F;
    if (target.against) values[static_cast<std::size_t>(n * classes + *target.against)] -= 1.0F;
  }
  return seed;
}

float score_of(const Tape& tape, const Target& target) {
  const Tensor& scores = tape.value(target.of);
  check_target(target, class_count(scores.shape()));
  const float score = scores.data()[static_cast<std::size_t>(target.index)];
  if (!target.against) return score;
  return score - scores.data()[static_cast<std::size_t>(*target.against)];
}

std::vector<Target> top_targets(const Tape& tape, ValueId logits, std::int64_t count) {
  const Tensor& scores = tape.value(logits);
  const std::int64_t classes = class_count(scores.shape());
  return top_targets(scores.data().first(static_cast<std::size_t>(classes)), logits, count);
}

std::vector<Target> top_targets(std::span<const float> values, ValueId of, std::int64_t count) {
  if (count < 1) throw ArgumentError("target: the number of top classes must be at least 1");
  const auto classes = std::ssize(values);
  std::vector<std::int64_t> order(static_cast<std::size_t>(classes));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto above = [&](std::int64_t a, std::int64_t b) {
    const float x = values[static_cast<std::size_t>(a)];
    const float y = values[static_cast<std::size_t>(b)];
    // NaN goes last, so that this stays an ordering.
    return (x == x) != (y == y) ? x == x : x > y;
  };
  std::stable_sort(order.begin(), order.end(), above);
  order.resize(static_cast<std::size_t>(std::min<std::int64_t>(count, classes)));
  std::vector<Target> targets;
  targets.reserve(order.size());
  for (const std::int64_t index : order) targets.push_back({.of = of, .index = index});
  return targets;
}

}  // namespace cameo::explain
