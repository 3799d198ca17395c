// Trainer::state and Trainer::restore.

#include <utility>

#include "core/error.h"
#include "layers/trainer.h"

namespace cameo {

namespace {

template <typename Number>
std::string joined(const std::vector<Number>& values) {
  std::string text;
  for (const Number value : values) {
    if (!text.empty()) text.push_back(' ');
    text.append(shortest_text(value));
  }
  return text;
}

std::string history_key(std::int64_t epoch, const char* field) {
  return "history." + std::to_string(epoch) + "." + field;
}

void save_record(const EpochRecord& record, TrainState& state) {
  const auto key = [&](const char* field) { return history_key(record.epoch, field); };
  state.set_number(key("train_loss"), record.train_loss);
  state.set_number(key("train_accuracy"), record.train_accuracy);
  if (record.validation_loss) {
    state.set_number(key("validation_loss"), *record.validation_loss);
    state.set_number(key("validation_accuracy"), *record.validation_accuracy);
  }
  state.set_number(key("learning_rate"), record.learning_rate);
  state.set_number(key("seconds"), record.seconds);
}

EpochRecord read_record(const TrainState& state, std::int64_t epoch, bool validated) {
  const auto number = [&](const char* field) { return state.number(history_key(epoch, field)); };
  EpochRecord record;
  record.epoch = epoch;
  record.train_loss = number("train_loss");
  record.train_accuracy = number("train_accuracy");
  if (validated) {
    record.validation_loss = number("validation_loss");
    record.validation_accuracy = number("validation_accuracy");
  }
  record.learning_rate = number("learning_rate");
  record.seconds = number("seconds");
  return record;
}

std::int64_t bounded(const TrainState& state, const char* key, std::int64_t most) {
  const std::int64_t value = state.integer(key);
  if (value < 0 || value > most) {
    throw ArgumentError("training state: \"" + std::string(key) + "\" must be 0 to " +
                        std::to_string(most) + ", got " + std::to_string(value));
  }
  return value;
}

std::vector<Tensor> read_parameters(const Network& network, const TrainState& state,
                                    const std::string& prefix) {
  std::vector<Tensor> parameters;
  for (const ValueId id : network.parameters()) {
    const Node& node = network.node(id);
    parameters.push_back(state.tensor(prefix + node.name, node.parameter.shape()));
  }
  return parameters;
}

void check_setting(const TrainState& state, const std::string& key, const std::string& value) {
  const std::string& saved = state.text("settings." + key);
  if (saved == value) return;
  throw ArgumentError("training state: made with " + key + " \"" + saved.substr(0, 80) +
                      "\", this run has \"" + value + "\"");
}

}  // namespace

std::map<std::string, std::string> Trainer::settings() const {
  const Augmentation& a = options_.augmentation;
  return {{"epochs", std::to_string(options_.epochs)},
          {"batch", std::to_string(options_.batch)},
          {"pictures", std::to_string(training_.size())},
          {"validation pictures",
           std::to_string(options_.validation != nullptr ? options_.validation->size() : 0)},
          {"seed", std::to_string(options_.seed)},
          {"evaluation batch", std::to_string(options_.evaluation_batch)},
          {"learning rates", sampled_rates()},
          {"label smoothing", shortest_text(options_.label_smoothing)},
          {"clip norm", shortest_text(options_.clip_norm)},
          {"augmentation", std::string("flip ") + (a.horizontal_flip ? "yes" : "no") + " shift " +
                               std::to_string(a.shift) + " crop " + std::to_string(a.crop_padding) +
                               " cutout " + std::to_string(a.cutout) + " fill " +
                               shortest_text(a.fill)},
          {"mean", joined(options_.normalization.mean)},
          {"std", joined(options_.normalization.std)}};
}

std::string Trainer::sampled_rates() const {
  const std::int64_t steps = options_.epochs * steps_per_epoch_;
  std::vector<double> rates;
  for (std::int64_t quarter = 0; quarter <= 4; ++quarter) {
    const double factor = options_.schedule((steps - 1) * quarter / 4, steps);
    rates.push_back(options_.learning_rate * factor);
  }
  return joined(rates);
}

TrainState Trainer::state() const {
  TrainState state;
  for (const auto& [key, value] : settings()) state.values["settings." + key] = value;
  state.set_integer("epochs_done", epochs_done());
  state.set_integer("epoch.steps", sums_.steps);
  state.set_integer("epoch.pictures", sums_.pictures);
  state.set_integer("epoch.correct", sums_.correct);
  state.set_number("epoch.loss", sums_.loss);
  state.set_number("epoch.learning_rate", sums_.learning_rate);
  state.set_number("epoch.seconds", sums_.seconds);
  for (const EpochRecord& record : history_) save_record(record, state);
  state.set_integer("best_epoch", best_epoch_);
  for (const auto& [name, value] : best_parameters()) state.tensors["best." + name] = value;
  for (const ValueId id : network_.parameters()) {
    const Node& node = network_.node(id);
    state.tensors["parameter." + node.name] = node.parameter;
  }
  options_.optimizer->save(network_, state);
  return state;
}

void Trainer::restore(const TrainState& state) {
  for (const auto& [key, value] : settings()) check_setting(state, key, value);
  const std::int64_t epochs_done = bounded(state, "epochs_done", options_.epochs);
  const EpochSums sums{.steps = bounded(state, "epoch.steps", steps_per_epoch_),
                       .pictures = bounded(state, "epoch.pictures", INT64_MAX),
                       .correct = bounded(state, "epoch.correct", INT64_MAX),
                       .loss = state.number("epoch.loss"),
                       .learning_rate = state.number("epoch.learning_rate"),
                       .seconds = state.number("epoch.seconds")};
  const std::int64_t best_epoch = bounded(state, "best_epoch", epochs_done);
  const bool whole = epochs_done < options_.epochs || sums.steps == 0;
  if (!whole || (epochs_done > 0) != (best_epoch > 0) || (sums.steps > 0) != (sums.pictures > 0)) {
    throw ArgumentError("training state: its counts contradict each other");
  }
  std::vector<EpochRecord> history;
  for (std::int64_t epoch = 1; epoch <= epochs_done; ++epoch) {
    history.push_back(read_record(state, epoch, options_.validation != nullptr));
  }
  std::vector<Tensor> parameters = read_parameters(network_, state, "parameter.");
  std::vector<Tensor> best;
  if (best_epoch > 0) best = read_parameters(network_, state, "best.");
  options_.optimizer->restore(network_, state);

  sums_ = sums;
  history_ = std::move(history);
  best_epoch_ = best_epoch;
  best_ = std::move(best);
  std::size_t k = 0;
  for (const ValueId id : network_.parameters()) {
    network_.set_parameter(id, std::move(parameters[k++]));
  }
}

}  // namespace cameo
