#include "tools/training.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/error.h"
#include "core/names.h"
#include "layers/adam.h"
#include "layers/metrics_log.h"
#include "layers/sgd.h"
#include "tools/options.h"
#include "zoo/checkpoints/safetensors.h"
#include "zoo/files.h"

namespace cameo::tools {

namespace {

std::unique_ptr<Optimizer> make_optimizer(const Recipe& recipe) {
  const auto decay = static_cast<float>(recipe.weight_decay);
  if (recipe.optimizer == "sgd" || recipe.optimizer == "nesterov") {
    return std::make_unique<Sgd>(SgdOptions{.nesterov = recipe.optimizer == "nesterov",
                                            .weight_decay = decay,
                                            .decay_biases_and_norms = false});
  }
  if (recipe.optimizer == "adam") return std::make_unique<Adam>(AdamOptions{.weight_decay = decay});
  if (recipe.optimizer == "adamw") {
    return std::make_unique<AdamW>(AdamOptions{.weight_decay = decay});
  }
  const std::vector<std::string> names{"sgd", "nesterov", "adam", "adamw"};
  throw LookupError(unknown_name_message("optimizer", recipe.optimizer, names));
}

Schedule make_schedule(const std::string& name) {
  if (name == "constant") return constant_schedule();
  if (name == "step") return step_schedule();
  if (name == "cosine") return cosine_schedule({.warmup = 0.05});
  if (name == "one-cycle") return one_cycle_schedule({.warmup = 0.2});
  const std::vector<std::string> names{"constant", "step", "cosine", "one-cycle"};
  throw LookupError(unknown_name_message("schedule", name, names));
}

std::int64_t parse_pixels(const std::string& name, const std::string& text) {
  const double value = parse_number("--augment " + name, text);
  if (value < 0 || value > 1e6 || value != std::floor(value)) {
    throw ArgumentError("--augment " + name + ": expected a number of pixels, got \"" + text +
                        "\"");
  }
  return static_cast<std::int64_t>(value);
}

Augmentation parse_augmentation(const std::string& text) {
  static const std::map<std::string, std::int64_t Augmentation::*> kAmounts{
      {"shift", &Augmentation::shift},
      {"crop", &Augmentation::crop_padding},
      {"cutout", &Augmentation::cutout}};
  Augmentation augmentation;
  if (text == "none") return augmentation;
  for (const std::string& item : split_list("--augment", text)) {
    if (item == "flip") {
      augmentation.horizontal_flip = true;
      continue;
    }
    const std::string name = item.substr(0, item.find('='));
    const auto amount = kAmounts.find(name);
    if (amount == kAmounts.end()) {
      const std::vector<std::string> names{"flip", "shift", "crop", "cutout"};
      throw LookupError(unknown_name_message("augmentation", name, names));
    }
    augmentation.*amount->second = parse_pixels(name, parse_key_value("--augment", item).second);
  }
  return augmentation;
}

std::string epoch_note(const TrainProgress& progress) {
  return "epoch " + std::to_string(progress.epoch) + "/" + std::to_string(progress.epochs) +
         "  loss " + format_number(progress.loss, 3) + "  accuracy " +
         format_percent(progress.accuracy, 1) + "  " +
         format_number(progress.images_per_second, 0) + " images/s";
}

/// Turns the epoch-so-far means of TrainProgress into means over short stretches.
class CurveRecorder {
 public:
  explicit CurveRecorder(std::int64_t batch) : batch_(batch) {}

  void add(const TrainProgress& progress) {
    if (progress.step == 1) begin_ = Sums{};
    const auto steps = static_cast<double>(progress.step);
    const Sums now{
        .steps = steps, .loss = progress.loss * steps, .accuracy = progress.accuracy * steps};
    const double stretch =
        std::max(1.0, static_cast<double>(progress.steps * progress.epochs) / kPoints);
    if (now.steps - begin_.steps < stretch && progress.step < progress.steps) return;
    const double length = now.steps - begin_.steps;
    points_.push_back({.pictures = ((progress.epoch - 1) * progress.steps + progress.step) * batch_,
                       .loss = (now.loss - begin_.loss) / length,
                       .accuracy = (now.accuracy - begin_.accuracy) / length});
    begin_ = now;
  }
  std::vector<CurvePoint> points() const { return points_; }

 private:
  struct Sums {
    double steps = 0.0;
    double loss = 0.0;
    double accuracy = 0.0;
  };
  static constexpr double kPoints = 30.0;
  std::int64_t batch_;
  Sums begin_;
  std::vector<CurvePoint> points_;
};

/// Keeps the files of a checkpoint folder up to date.
class CheckpointWriter {
 public:
  CheckpointWriter(CheckpointFolder where, zoo::Model& model)
      : where_(std::move(where)), model_(model) {
    if (where_.folder.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(where_.folder, error);
    if (error) {
      throw FileError(where_.folder.string() + ": cannot make this folder: " + error.message());
    }
  }

  bool active() const { return !where_.folder.empty(); }
  std::filesystem::path last() const { return where_.folder / "last.safetensors"; }

  void write(const Trainer& trainer, const TrainState& state) {
    write_logs(trainer.history());
    if (trainer.best_epoch() > best_written_) write_best(trainer);
    zoo::write_safetensors(last(), state.tensors, state.values);
  }

 private:
  void write_logs(const std::vector<EpochRecord>& history) const {
    std::string csv = csv_header() + "\n";
    std::string json;
    for (const EpochRecord& record : history) {
      csv += csv_line(record) + "\n";
      json += json_line(record) + "\n";
    }
    zoo::write_file(where_.folder / "metrics.csv", csv);
    zoo::write_file(where_.folder / "metrics.jsonl", json);
  }

  void write_best(const Trainer& trainer) {
    zoo::Model best = model_;
    const auto parameters = trainer.best_parameters();
    static_cast<void>(
        zoo::load_state_dict(best.network, zoo::StateDict(parameters.begin(), parameters.end())));
    zoo::save_model(where_.folder / "best.safetensors", best);
    best_written_ = trainer.best_epoch();
  }

  CheckpointFolder where_;
  zoo::Model& model_;
  std::int64_t best_written_ = 0;
};

void resume_from(Trainer& trainer, const std::filesystem::path& last,
                 const GlobalOptions& globals) {
  if (!std::filesystem::exists(last)) {
    say(globals, "cameo: " + last.string() + " is not there; starting from the beginning");
    return;
  }
  zoo::Checkpoint checkpoint = zoo::read_safetensors(last);
  trainer.restore(
      {.tensors = std::move(checkpoint.tensors), .values = std::move(checkpoint.metadata)});
  say(globals, "cameo: resumed after epoch " + std::to_string(trainer.history().size()));
}

}  // namespace

void measure_normalization(zoo::Model& model, const Dataset& dataset) {
  constexpr std::size_t kMostPictures = 2000;
  std::vector<std::size_t> indices(std::min(kMostPictures, dataset.size()));
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  if (indices.empty()) return;
  const Batch batch = dataset.batch(indices);
  const auto channels = static_cast<std::size_t>(batch.images.dim(1));
  const auto plane = static_cast<std::size_t>(batch.images.dim(2) * batch.images.dim(3));
  std::vector<double> sums(channels, 0.0);
  std::vector<double> squares(channels, 0.0);
  const std::span<const float> values = batch.images.data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i];
    sums[i / plane % channels] += value;
    squares[i / plane % channels] += value * value;
  }
  const std::size_t per_channel = values.size() / channels;
  const auto count = static_cast<double>(per_channel);
  for (std::size_t c = 0; c < std::min<std::size_t>(channels, 3); ++c) {
    const double mean = sums[c] / count;
    const double deviation = std::sqrt(std::max(0.0, squares[c] / count - mean * mean));
    model.preprocess.mean[c] = static_cast<float>(mean);
    model.preprocess.std[c] = deviation > 1e-6 ? static_cast<float>(deviation) : 1.0F;
  }
}

Normalization normalization_of(const zoo::Model& model) {
  const auto channels = static_cast<std::size_t>(model.network.input_shape()[0]);
  if (model.preprocess.bgr) {
    throw ArgumentError(model.architecture +
                        " takes its channels as blue, green, red; training gives red first");
  }
  const float range = model.preprocess.range;
  Normalization normalization;
  for (std::size_t c = 0; c < std::min<std::size_t>(channels, 3); ++c) {
    normalization.mean.push_back(model.preprocess.mean[c] / range);
    normalization.std.push_back(model.preprocess.std[c] / range);
  }
  return normalization;
}

TrainingRun run_training(zoo::Model& model, const Dataset& training, const Dataset* validation,
                         const Recipe& recipe, const CheckpointFolder& checkpoints,
                         const GlobalOptions& globals) {
  CheckpointWriter writer(checkpoints, model);
  TrainOptions options{.epochs = recipe.epochs,
                       .batch = recipe.batch,
                       .learning_rate = recipe.learning_rate,
                       .optimizer = make_optimizer(recipe),
                       .schedule = make_schedule(recipe.schedule),
                       .augmentation = parse_augmentation(recipe.augment),
                       .normalization = normalization_of(model),
                       .label_smoothing = recipe.label_smoothing,
                       .clip_norm = recipe.clip_norm,
                       .seed = globals.seed,
                       .validation = validation,
                       .checkpoint_seconds = writer.active() ? checkpoints.seconds : 0.0};
  std::unique_ptr<Progress> bar;
  CurveRecorder curve(recipe.batch);
  const Trainer* current = nullptr;
  options.on_progress = [&](const TrainProgress& progress) {
    const std::int64_t done = (progress.epoch - 1) * progress.steps + progress.step;
    if (!bar) {
      bar = std::make_unique<Progress>("training", progress.epochs * progress.steps, globals.quiet);
    }
    bar->update(done, epoch_note(progress));
    curve.add(progress);
  };
  options.on_epoch = [&](const EpochRecord& record) {
    if (bar) bar->finish();
    std::string line = "epoch " + std::to_string(record.epoch) + ": training loss " +
                       format_number(record.train_loss, 4) + ", accuracy " +
                       format_percent(record.train_accuracy);
    if (record.validation_accuracy) {
      line += "; validation loss " + format_number(*record.validation_loss, 4) + ", accuracy " +
              format_percent(*record.validation_accuracy);
    }
    say(globals, line + "; " + format_number(record.seconds, 1) + " s");
  };
  if (writer.active()) {
    options.on_checkpoint = [&](const TrainState& state) { writer.write(*current, state); };
  }
  Trainer trainer(model.network, training, std::move(options));
  current = &trainer;
  if (checkpoints.resume && writer.active()) resume_from(trainer, writer.last(), globals);
  trainer.run();

  TrainingRun run{
      .history = trainer.history(), .curve = curve.points(), .best_epoch = trainer.best_epoch()};
  for (const EpochRecord& record : run.history) run.seconds += record.seconds;
  return run;
}

}  // namespace cameo::tools
