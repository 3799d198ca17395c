#include "layers/fit.h"

#include <cmath>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/random.h"
#include "core/tape.h"
#include "layers/adam.h"
#include "layers/gradient_clipping.h"

namespace cameo {

namespace {

constexpr std::uint64_t kDropoutStream = 0xF17D2097;

void check(const FitOptions& options) {
  if (options.steps < 1) {
    throw ArgumentError("fit: it needs at least one step, got " + std::to_string(options.steps));
  }
  if (!(options.learning_rate > 0.0) || !std::isfinite(options.learning_rate)) {
    throw ArgumentError("fit: the learning rate must be above 0, got " +
                        std::to_string(options.learning_rate));
  }
  if (!(options.clip_norm >= 0.0)) throw ArgumentError("fit: the clip norm must not be negative");
}

void check_finite(double value, const char* what, std::int64_t step) {
  if (std::isfinite(value)) return;
  throw RunError(std::string("fit: the ") + what + " is not finite at step " +
                 std::to_string(step + 1) + "; try a lower learning rate or gradient clipping");
}

/// What one step found, its tape already gone.
struct Slopes {
  double loss = 0.0;
  Gradients gradients;
  std::map<ValueId, Tensor> updates;
};

Slopes differentiate(const Network& network, const Examples& examples,
                     const std::vector<ValueId>& trainable, std::uint64_t seed) {
  const Tape tape =
      forward_from(network, examples.given, {.wrt = trainable, .training = true, .seed = seed});
  const Loss loss = examples.loss
                        ? examples.loss(tape.output())
                        : cross_entropy(tape.output(), examples.labels, {.skip_unlabelled = true});
  return {.loss = loss.value,
          .gradients = tape.backward(network.output(), loss.gradient),
          .updates = tape.updates()};
}

}  // namespace

void fit(Network& network, const std::function<Examples(std::int64_t step)>& examples,
         FitOptions options) {
  check(options);
  if (!options.optimizer) options.optimizer = std::make_unique<Adam>();
  const std::vector<ValueId> trainable = network.parameters(true);
  for (std::int64_t step = 0; step < options.steps; ++step) {
    Random dropout({options.seed, kDropoutStream, static_cast<std::uint64_t>(step)});
    Slopes slopes = differentiate(network, examples(step), trainable, dropout.next());
    check_finite(slopes.loss, "loss", step);
    const double norm = global_norm(slopes.gradients);
    check_finite(norm, "gradient", step);
    if (options.clip_norm > 0.0) clip_by_global_norm(slopes.gradients, norm, options.clip_norm);
    const double rate = options.learning_rate * options.schedule(step, options.steps);
    options.optimizer->step(network, slopes.gradients, static_cast<float>(rate));
    for (auto& [id, value] : slopes.updates) network.set_parameter(id, std::move(value));
    if (options.on_step) options.on_step(step + 1, slopes.loss);
  }
}

}  // namespace cameo
