#include "layers/sgd.h"

#include "core/error.h"

namespace cameo {

Sgd::Sgd(SgdOptions options)
    : Optimizer(options.momentum > 0.0F ? std::vector<std::string>{"momentum"}
                                        : std::vector<std::string>{}),
      options_(options) {
  if (!(options.momentum >= 0.0F && options.momentum < 1.0F)) {
    throw ArgumentError("sgd: the momentum must be at least 0 and below 1, got " +
                        std::to_string(options.momentum));
  }
  if (!(options.weight_decay >= 0.0F)) {
    throw ArgumentError("sgd: the weight decay must not be negative, got " +
                        std::to_string(options.weight_decay));
  }
  if (options.nesterov && options.momentum == 0.0F) {
    throw ArgumentError("sgd: Nesterov needs a momentum above 0");
  }
}

std::string Sgd::description() const {
  return "sgd momentum " + shortest_text(options_.momentum) + " nesterov " +
         (options_.nesterov ? "yes" : "no") + " weight-decay " +
         shortest_text(options_.weight_decay) +
         (options_.decay_biases_and_norms ? " of weights and vectors" : " of weights");
}

void Sgd::update(const Piece& piece, float learning_rate, std::int64_t) const {
  const std::size_t count = piece.value.size();
  const bool decays = options_.decay_biases_and_norms || !piece.is_vector;
  const float decay = decays ? options_.weight_decay : 0.0F;
  const float momentum = options_.momentum;
  float* const value = piece.value.data();
  const float* const gradient = piece.gradient.data();
  if (piece.slots.empty()) {
    for (std::size_t i = 0; i < count; ++i) {
      value[i] -= learning_rate * (gradient[i] + decay * value[i]);
    }
    return;
  }
  float* const buffer = piece.slots[0].data();
  const float of_gradient = options_.nesterov ? 1.0F : 0.0F;
  const float of_buffer = options_.nesterov ? momentum : 1.0F;
  for (std::size_t i = 0; i < count; ++i) {
    const float g = gradient[i] + decay * value[i];
    buffer[i] = momentum * buffer[i] + g;
    value[i] -= learning_rate * (of_gradient * g + of_buffer * buffer[i]);
  }
}

}  // namespace cameo
