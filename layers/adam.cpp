#include "layers/adam.h"

#include <cmath>

#include "core/error.h"

namespace cameo {

namespace {

void check_beta(const char* which, float beta) {
  if (!(beta >= 0.0F && beta < 1.0F)) {
    throw ArgumentError(std::string("adam: ") + which + " must be at least 0 and below 1, got " +
                        std::to_string(beta));
  }
}

}  // namespace

Adam::Adam(AdamOptions options, bool decoupled_decay)
    : Optimizer({"exp_avg", "exp_avg_sq"}), options_(options), decoupled_decay_(decoupled_decay) {
  check_beta("beta1", options.beta1);
  check_beta("beta2", options.beta2);
  if (!(options.epsilon > 0.0F) || !(options.weight_decay >= 0.0F)) {
    throw ArgumentError("adam: epsilon must be above 0 and the weight decay not negative, got " +
                        std::to_string(options.epsilon) + " and " +
                        std::to_string(options.weight_decay));
  }
}

std::string Adam::description() const {
  return std::string(decoupled_decay_ ? "adamw" : "adam") + " beta1 " +
         shortest_text(options_.beta1) + " beta2 " + shortest_text(options_.beta2) + " epsilon " +
         shortest_text(options_.epsilon) + " weight-decay " + shortest_text(options_.weight_decay) +
         (options_.decay_biases_and_norms ? " of weights and vectors" : " of weights");
}

void Adam::update(const Piece& piece, float learning_rate, std::int64_t step) const {
  const std::size_t count = piece.value.size();
  const bool decays = options_.decay_biases_and_norms || !piece.is_vector;
  const float decay = decays ? options_.weight_decay : 0.0F;
  const float l2 = decoupled_decay_ ? 0.0F : decay;
  const float shrink = decoupled_decay_ ? 1.0F - learning_rate * decay : 1.0F;
  const auto t = static_cast<double>(step);
  const auto rate = static_cast<float>(static_cast<double>(learning_rate) /
                                       (1.0 - std::pow(static_cast<double>(options_.beta1), t)));
  const auto root_correction =
      static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(static_cast<double>(options_.beta2), t)));
  const float beta1 = options_.beta1;
  const float beta2 = options_.beta2;
  const float epsilon = options_.epsilon;
  float* const value = piece.value.data();
  const float* const gradient = piece.gradient.data();
  float* const mean = piece.slots[0].data();
  float* const square = piece.slots[1].data();
  for (std::size_t i = 0; i < count; ++i) {
    const float g = gradient[i] + l2 * value[i];
    mean[i] = beta1 * mean[i] + (1.0F - beta1) * g;
    square[i] = beta2 * square[i] + (1.0F - beta2) * g * g;
    value[i] =
        shrink * value[i] - rate * mean[i] / (std::sqrt(square[i]) * root_correction + epsilon);
  }
}

}  // namespace cameo
