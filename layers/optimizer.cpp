#include "layers/optimizer.h"

#include <algorithm>

#include "core/elementwise.h"
#include "core/error.h"

namespace cameo {

namespace {

std::string slot_key(const std::string& slot, const Node& parameter) {
  return "optimizer." + slot + "." + parameter.name;
}

}  // namespace

std::vector<Tensor>& Optimizer::slots_of(ValueId id, const Shape& shape) {
  std::vector<Tensor>& slots = slots_[id];
  while (slots.size() < slot_names_.size()) slots.emplace_back(shape);
  return slots;
}

void Optimizer::step(Network& network, const Gradients& gradients, float learning_rate) {
  ++steps_;
  for (const auto& [id, gradient] : gradients) {
    const Node& node = network.node(id);
    if (!node.is_parameter() || gradient.shape() != node.parameter.shape()) {
      throw ShapeError("optimizer: \"" + node.name + "\" is no parameter of shape " +
                       to_string(gradient.shape()));
    }
    Piece whole{.value = network.mutable_parameter(id),
                .gradient = gradient.data(),
                .slots = {},
                .is_vector = gradient.rank() <= 1};
    for (Tensor& slot : slots_of(id, gradient.shape())) whole.slots.push_back(slot.mutable_data());
    parallel_for(gradient.size(), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
      const auto first = static_cast<std::size_t>(begin);
      const auto count = static_cast<std::size_t>(end - begin);
      Piece piece{.value = whole.value.subspan(first, count),
                  .gradient = whole.gradient.subspan(first, count),
                  .slots = whole.slots,
                  .is_vector = whole.is_vector};
      for (std::span<float>& slot : piece.slots) slot = slot.subspan(first, count);
      update(piece, learning_rate, steps_);
    });
  }
}

void Optimizer::save(const Network& network, TrainState& state) const {
  state.values["optimizer.description"] = description();
  state.set_integer("optimizer.steps", steps_);
  for (const auto& [id, slots] : slots_) {
    for (std::size_t k = 0; k < slots.size(); ++k) {
      state.tensors[slot_key(slot_names_[k], network.node(id))] = slots[k];
    }
  }
}

void Optimizer::restore(const Network& network, const TrainState& state) {
  const std::string& maker = state.text("optimizer.description");
  if (maker != description()) {
    throw ArgumentError("training state: made by the optimizer \"" + maker.substr(0, 120) +
                        "\", this run uses \"" + description() + "\"");
  }
  const std::int64_t steps = state.integer("optimizer.steps");
  std::map<ValueId, std::vector<Tensor>> slots;
  for (const ValueId id : network.parameters(true)) {
    const Node& node = network.node(id);
    if (steps == 0) break;
    for (const std::string& slot : slot_names_) {
      slots[id].push_back(state.tensor(slot_key(slot, node), node.parameter.shape()));
    }
  }
  slots_ = std::move(slots);
  steps_ = steps;
}

}  // namespace cameo
