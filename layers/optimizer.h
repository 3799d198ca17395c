/// What turns gradients into new parameters.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/network.h"
#include "core/tape.h"
#include "layers/train_state.h"

namespace cameo {

/// Holds per-parameter slots (momentum and the like) for one network. Not thread-safe; each step is
/// itself parallel, with the same bits for any thread count.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// Kind and options: "sgd momentum 0.9 nesterov no weight-decay 0 of weights and vectors".
  virtual std::string description() const = 0;

  /// Updates every parameter that has a gradient. Values are changed in place unless a Tape or a
  /// copy of the tensor still shares them.
  void step(Network& network, const Gradients& gradients, float learning_rate);
  /// Steps made so far.
  std::int64_t steps() const { return steps_; }

  /// Adds "optimizer.description", "optimizer.steps" and tensors "optimizer.SLOT.PARAMETER" to
  /// `state`.
  void save(const Network& network, TrainState& state) const;
  /// The reverse; throws ArgumentError, and changes nothing, when the state is not of an optimizer
  /// with these options and this network.
  void restore(const Network& network, const TrainState& state);

 protected:
  explicit Optimizer(std::vector<std::string> slot_names) : slot_names_(std::move(slot_names)) {}

  /// A piece of one parameter.
  struct Piece {
    std::span<float> value;
    std::span<const float> gradient;
    std::vector<std::span<float>> slots;  ///< in the order of slot_names
    bool is_vector = false;               ///< a bias or a norm's scale or shift, not a weight
  };
  /// One fused pass over a piece; `step` counts from 1.
  virtual void update(const Piece& piece, float learning_rate, std::int64_t step) const = 0;

 private:
  std::vector<Tensor>& slots_of(ValueId id, const Shape& shape);

  std::vector<std::string> slot_names_;
  std::map<ValueId, std::vector<Tensor>> slots_;
  std::int64_t steps_ = 0;
};

}  // namespace cameo
