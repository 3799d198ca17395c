#include "layers/trainer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/random.h"
#include "layers/data_loader.h"
#include "layers/gradient_clipping.h"
#include "layers/sgd.h"

namespace cameo {

namespace {

constexpr std::uint64_t kDropoutStream = 0xD20F0072;

double seconds_between(std::chrono::steady_clock::time_point from,
                       std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

bool has_batch_normalization(const Network& network) {
  return std::any_of(network.nodes().begin(), network.nodes().end(), [](const Node& node) {
    return node.op && node.op->type() == "BatchNormalization";
  });
}

}  // namespace

Trainer::Trainer(Network& network, const Dataset& training, TrainOptions options)
    : network_(network),
      training_(training),
      options_(std::move(options)),
      trainable_(network.parameters(true)),
      drop_last_one_(has_batch_normalization(network)) {
  if (!options_.optimizer) options_.optimizer = std::make_unique<Sgd>();
  check_options();
  steps_per_epoch_ = batches_per_epoch(training_.size(),
                                       {.batch = options_.batch, .drop_last_one = drop_last_one_});
}

void Trainer::check_options() const {
  check_classifier(network_, training_);
  if (options_.validation != nullptr) check_classifier(network_, *options_.validation);
  if (trainable_.empty()) throw ArgumentError("training: the network has no trainable parameter");
  if (options_.epochs < 1) {
    throw ArgumentError("training: it needs at least one epoch, got " +
                        std::to_string(options_.epochs));
  }
  if (options_.batch < 1 || static_cast<std::size_t>(options_.batch) > training_.size()) {
    throw ArgumentError("training: the batch must be 1 to " + std::to_string(training_.size()) +
                        ", the size of the data set, got " + std::to_string(options_.batch));
  }
  if (!(options_.learning_rate > 0.0) || !std::isfinite(options_.learning_rate)) {
    throw ArgumentError("training: the learning rate must be above 0, got " +
                        shortest_text(options_.learning_rate));
  }
  if (!(options_.label_smoothing >= 0.0F && options_.label_smoothing < 1.0F)) {
    throw ArgumentError("training: label smoothing must be at least 0 and below 1, got " +
                        std::to_string(options_.label_smoothing));
  }
  if (!(options_.clip_norm >= 0.0) || !(options_.checkpoint_seconds >= 0.0) ||
      options_.checkpoint_steps < 0) {
    throw ArgumentError("training: clip norm and checkpoint intervals must not be negative");
  }
  if (options_.evaluation_batch < 1) {
    throw ArgumentError("training: the evaluation batch must be at least 1, got " +
                        std::to_string(options_.evaluation_batch));
  }
  check_augmentation(options_.augmentation, training_.image_shape());
  check_normalization(options_.normalization, training_.image_shape()[0]);
}

void Trainer::run() {
  run_start_ = last_count_ = last_checkpoint_ = Clock::now();
  steps_before_run_ = steps_done();
  while (epochs_done() < options_.epochs) {
    train_rest_of_epoch();
    finish_epoch();
  }
}

void Trainer::train_rest_of_epoch() {
  DataLoader loader(training_, {.batch = options_.batch,
                                .shuffle = true,
                                .drop_last_one = drop_last_one_,
                                .seed = options_.seed,
                                .epoch = static_cast<std::uint64_t>(epochs_done()),
                                .first_batch = sums_.steps,
                                .augmentation = options_.augmentation,
                                .normalization = options_.normalization});
  while (const std::optional<Batch> batch = loader.next()) {
    train_step(*batch);
    count_seconds();
    if (options_.on_progress) report();
    checkpoint_if_due();
  }
}

void Trainer::train_step(const Batch& batch) {
  const double rate =
      options_.learning_rate * options_.schedule(steps_done(), options_.epochs * steps_per_epoch_);
  StepResult result = differentiate(batch);
  const double norm = checked_norm(result);
  if (options_.clip_norm > 0.0) clip_by_global_norm(result.gradients, norm, options_.clip_norm);
  options_.optimizer->step(network_, result.gradients, static_cast<float>(rate));
  for (auto& [id, value] : result.updates) network_.set_parameter(id, std::move(value));

  const auto pictures = static_cast<std::int64_t>(batch.labels.size());
  sums_.steps += 1;
  sums_.pictures += pictures;
  sums_.correct += result.loss.correct;
  sums_.loss += result.loss.value * static_cast<double>(pictures);
  sums_.learning_rate = rate;
}

Trainer::StepResult Trainer::differentiate(const Batch& batch) const {
  Random dropout({options_.seed, kDropoutStream, static_cast<std::uint64_t>(steps_done())});
  const Tape tape = forward(network_, batch.images,
                            {.wrt = trainable_, .training = true, .seed = dropout.next()});
  const Tensor& output = tape.output();
  StepResult result;
  result.loss =
      cross_entropy(as_logits(output), batch.labels, {.label_smoothing = options_.label_smoothing});
  result.gradients =
      tape.backward(network_.output(), result.loss.gradient.reshaped(output.shape()));
  result.updates = tape.updates();
  return result;
}

double Trainer::checked_norm(const StepResult& result) const {
  constexpr const char* kAdvice = "; try a lower learning rate or gradient clipping";
  if (!std::isfinite(result.loss.value)) {
    throw RunError("training: the loss is not finite (" + shortest_text(result.loss.value) +
                   ") at " + place() + kAdvice);
  }
  double total = 0.0;
  for (const auto& [id, gradient] : result.gradients) {
    const double squares = sum_of_squares(gradient);
    if (!std::isfinite(squares)) {
      throw RunError("training: the gradient of \"" + network_.node(id).name +
                     "\" is not finite at " + place() + kAdvice);
    }
    total += squares;
  }
  return std::sqrt(total);
}

std::string Trainer::place() const {
  return "epoch " + std::to_string(epochs_done() + 1) + ", step " +
         std::to_string(sums_.steps + 1) + " of " + std::to_string(steps_per_epoch_);
}

void Trainer::finish_epoch() {
  const auto pictures = static_cast<double>(sums_.pictures);
  EpochRecord record{.epoch = epochs_done() + 1,
                     .train_loss = sums_.loss / pictures,
                     .train_accuracy = static_cast<double>(sums_.correct) / pictures,
                     .validation_loss = {},
                     .validation_accuracy = {},
                     .learning_rate = sums_.learning_rate};
  if (options_.validation != nullptr) {
    const Evaluation evaluation =
        evaluate(network_, *options_.validation,
                 {.batch = options_.evaluation_batch, .normalization = options_.normalization});
    if (!std::isfinite(evaluation.loss)) {
      throw RunError("training: the validation loss is not finite after epoch " +
                     std::to_string(record.epoch) + "; try a lower learning rate");
    }
    record.validation_loss = evaluation.loss;
    record.validation_accuracy = evaluation.top1;
  }
  count_seconds();
  record.seconds = sums_.seconds;
  keep_best(record);
  history_.push_back(record);
  sums_ = {};
  if (options_.on_epoch) options_.on_epoch(record);
  checkpoint();
}

void Trainer::keep_best(const EpochRecord& record) {
  if (best_epoch_ > 0 && record.validation_accuracy) {
    const EpochRecord& best = history_[static_cast<std::size_t>(best_epoch_ - 1)];
    const std::pair now{*record.validation_accuracy, -*record.validation_loss};
    if (now <= std::pair{*best.validation_accuracy, -*best.validation_loss}) return;
  }
  best_epoch_ = record.epoch;
  best_.clear();
  for (const ValueId id : network_.parameters()) best_.push_back(network_.node(id).parameter);
}

std::map<std::string, Tensor> Trainer::best_parameters() const {
  std::map<std::string, Tensor> parameters;
  if (best_epoch_ == 0) return parameters;
  std::size_t k = 0;
  for (const ValueId id : network_.parameters()) {
    parameters[network_.node(id).name] = best_[k++];
  }
  return parameters;
}

void Trainer::report() const {
  const double elapsed = std::max(1e-9, seconds_between(run_start_, Clock::now()));
  const std::int64_t steps = steps_done() - steps_before_run_;
  const double seconds_per_step = elapsed / static_cast<double>(steps);
  const std::int64_t left = options_.epochs * steps_per_epoch_ - steps_done();
  const auto pictures = static_cast<double>(sums_.pictures);
  options_.on_progress({.epoch = epochs_done() + 1,
                        .epochs = options_.epochs,
                        .step = sums_.steps,
                        .steps = steps_per_epoch_,
                        .loss = sums_.loss / pictures,
                        .accuracy = static_cast<double>(sums_.correct) / pictures,
                        .learning_rate = sums_.learning_rate,
                        .images_per_second = pictures / std::max(1e-9, sums_.seconds),
                        .seconds_left = seconds_per_step * static_cast<double>(left)});
}

void Trainer::checkpoint_if_due() {
  const bool steps_due =
      options_.checkpoint_steps > 0 && steps_done() % options_.checkpoint_steps == 0;
  const bool seconds_due =
      options_.checkpoint_seconds > 0.0 &&
      seconds_between(last_checkpoint_, Clock::now()) >= options_.checkpoint_seconds;
  if (steps_due || seconds_due) checkpoint();
}

void Trainer::checkpoint() {
  if (options_.on_checkpoint) options_.on_checkpoint(state());
  last_checkpoint_ = Clock::now();
}

void Trainer::count_seconds() {
  const Clock::time_point now = Clock::now();
  sums_.seconds += seconds_between(last_count_, now);
  last_count_ = now;
}

}  // namespace cameo
