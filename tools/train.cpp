// `cameo train`: trains an architecture of the zoo on a data set.
#include <iostream>
#include <optional>

#include "core/error.h"
#include "layers/evaluation.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/model_file.h"
#include "tools/options.h"
#include "tools/training.h"
#include "zoo/datasets/datasets.h"
#include "zoo/files.h"

namespace cameo::tools {

namespace {

struct TrainCommand {
  std::string model = "gapnet";
  WeightsChoice weights;
  std::string data;
  std::string validation;
  Recipe recipe;
  std::int64_t size = 0;
  std::int64_t count = 0;
  std::string out;
  CheckpointFolder checkpoints;
  std::string checkpoint_folder;
};

/// The model to go on from; none where an architecture starts afresh.
std::optional<zoo::Model> open_start(const TrainCommand& command, const GlobalOptions& globals) {
  if (!names_a_file(command.model)) {
    if (command.weights.file.empty()) return std::nullopt;
    return read_zoo_model(command.model, command.weights, globals);
  }
  zoo::Model model = read_model_file(command.model, globals);
  if (!command.weights.file.empty()) load_weights(model, command.weights, globals);
  return model;
}

/// What pictures are brought to; empty for a data set's own.
Shape wanted_shape(const TrainCommand& command, const std::optional<zoo::Model>& start) {
  if (command.size > 0) return {3, command.size, command.size};
  if (start) return start->network.input_shape();
  const bool folder = std::filesystem::is_directory(command.data);
  return folder ? zoo::model_info(command.model).input_shape : Shape{};
}

zoo::Model fresh_model(const TrainCommand& command, const Dataset& training, std::uint64_t seed) {
  zoo::Model model = zoo::create_model(
      command.model, {.input_shape = training.image_shape(),
                      .classes = static_cast<std::int64_t>(training.class_names().size()),
                      .seed = seed});
  measure_normalization(model, training);
  return model;
}

/// Throws ArgumentError unless the model has the data set's number of classes and channels.
void check_fits(const zoo::Model& model, const TrainCommand& command, const Dataset& training) {
  const std::int64_t has = zoo::class_count(model.network);
  const auto wanted = static_cast<std::int64_t>(training.class_names().size());
  if (has != wanted) {
    throw ArgumentError(command.model + " has " + std::to_string(has) + " classes, " +
                        command.data + " has " + std::to_string(wanted) +
                        "; cameo convert --gap-after LAYER --classes " + std::to_string(wanted) +
                        " gives it a new head");
  }
  const Shape& input = model.network.input_shape();
  if (input[0] != training.image_shape()[0]) {
    throw ArgumentError(command.model + " takes pictures " + to_string(input) + ", " +
                        command.data + " has " + to_string(training.image_shape()));
  }
}

/// Folders without split folders and CIFAR-10 files are the same pictures whatever split is asked
/// for.
bool has_splits(const std::string& data) {
  if (std::filesystem::path(data).extension() == ".bin") return false;
  if (!std::filesystem::is_directory(data)) return true;
  const std::filesystem::path folder(data);
  return std::filesystem::is_directory(folder / "val") ||
         std::filesystem::is_directory(folder / "test");
}

std::unique_ptr<Dataset> open_validation(const TrainCommand& command, const Dataset& training,
                                         std::uint64_t seed) {
  if (command.validation == "none") return nullptr;
  zoo::DatasetOptions options{
      .split = command.validation, .image_shape = training.image_shape(), .seed = seed};
  if (!command.validation.empty()) return zoo::open_dataset(command.data, options);
  if (!has_splits(command.data)) return nullptr;
  for (const char* split : {"val", "test"}) {
    options.split = split;
    try {
      return zoo::open_dataset(command.data, options);
    } catch (const LookupError&) {
      continue;  // The data set has no such split; any other error is the user's to see.
    }
  }
  return nullptr;
}

void print_result(const TrainCommand& command, const zoo::Model& model, const TrainingRun& run,
                  const GlobalOptions& globals) {
  if (globals.json) {
    Json epochs = Json::array();
    for (const EpochRecord& record : run.history) {
      epochs.push_back(Json::parse(json_line(record)));
    }
    std::cout << Json({{"model", model.architecture},
                       {"data", command.data},
                       {"out", command.out},
                       {"seconds", run.seconds},
                       {"best_epoch", run.best_epoch},
                       {"epochs", epochs}})
                     .dump(2)
              << "\n";
    return;
  }
  Table table({"epoch", "loss", "accuracy", "val loss", "val accuracy", "rate", "seconds"});
  for (const EpochRecord& record : run.history) {
    const bool validated = record.validation_accuracy.has_value();
    table.add_row({std::to_string(record.epoch), format_number(record.train_loss, 4),
                   format_percent(record.train_accuracy),
                   validated ? format_number(*record.validation_loss, 4) : "",
                   validated ? format_percent(*record.validation_accuracy) : "",
                   format_number(record.learning_rate, 6), format_number(record.seconds, 1)});
  }
  std::cout << table.text();
  if (!command.out.empty()) std::cout << "wrote " << command.out << "\n";
}

void run_train(TrainCommand command, const GlobalOptions& globals) {
  if (command.out.empty() && command.checkpoint_folder.empty()) {
    throw ArgumentError(
        "train: name where the result goes: --out FILE.safetensors or --checkpoint DIR");
  }
  if (command.checkpoints.resume && command.checkpoint_folder.empty()) {
    throw ArgumentError("--resume needs --checkpoint DIR, the folder to continue from");
  }
  command.checkpoints.folder = command.checkpoint_folder;
  check_writable(command.out);
  std::optional<zoo::Model> start = open_start(command, globals);
  const std::unique_ptr<Dataset> training = zoo::open_dataset(
      command.data,
      {.image_shape = wanted_shape(command, start), .count = command.count, .seed = globals.seed});
  const std::unique_ptr<Dataset> validation = open_validation(command, *training, globals.seed);

  if (start) check_fits(*start, command, *training);
  zoo::Model model = start ? std::move(*start) : fresh_model(command, *training, globals.seed);
  model.class_names = training->class_names();
  const TrainingRun run = run_training(model, *training, validation.get(), command.recipe,
                                       command.checkpoints, globals);
  if (!command.out.empty()) zoo::save_model(command.out, model);
  if (!validation && command.validation.empty()) {
    say(globals, "cameo: " + command.data +
                     " has no val or test part, so nothing but the training pictures was measured");
  }
  print_result(command, model, run, globals);
}

}  // namespace

void add_train_command(Command& program, const GlobalOptions& globals) {
  Command command = program.add_command("train", "Train an architecture on a data set");
  auto options = std::make_shared<TrainCommand>();
  command
      .add_option("--model", options->model,
                  "Architecture (cameo models), or a model file to go on from")
      .show_default();
  command.add_option("--weights", options->weights.file,
                     "Weights to start from, of any checkpoint format");
  command.add_flag("--allow-partial", options->weights.allow_partial,
                   "Load the weights that fit and say which do not");
  command.add_option("--data", options->data, "Data set (cameo datasets) or folder").required();
  command.add_option("--validation", options->validation,
                     "Split to evaluate after each epoch, or none (default: val, else test)");
  command.add_option("--epochs", options->recipe.epochs, "Passes over the data")
      .between(1, 1000000)
      .show_default();
  command.add_option("--batch", options->recipe.batch, "Pictures a step")
      .between(1, 1000000)
      .show_default();
  command.add_option("--lr", options->recipe.learning_rate, "Highest learning rate, above 0")
      .show_default();
  command.add_option("--optimizer", options->recipe.optimizer, "sgd, nesterov, adam or adamw")
      .show_default();
  command.add_option("--schedule", options->recipe.schedule, "constant, step, cosine or one-cycle")
      .show_default();
  command
      .add_option("--augment", options->recipe.augment,
                  "none, or any of flip,shift=N,crop=N,cutout=N")
      .show_default();
  command
      .add_option("--weight-decay", options->recipe.weight_decay,
                  "L2 on weights, not on biases and norms")
      .show_default();
  command
      .add_option("--label-smoothing", options->recipe.label_smoothing,
                  "Share of the target spread over all classes")
      .between(0.0, 1.0)
      .show_default();
  command
      .add_option("--clip-norm", options->recipe.clip_norm,
                  "Clip gradients to this global norm (0: off)")
      .show_default();
  command.add_option("--size", options->size, "Picture side for folders and scenes")
      .between(1, 4096);
  command.add_option("--count", options->count, "Training pictures of a drawn data set")
      .between(1, 10000000);
  command.add_option("--out", options->out, "Where the trained model goes, a .safetensors file");
  command.add_option(
      "--checkpoint", options->checkpoint_folder,
      "Folder for last.safetensors, best.safetensors, metrics.csv and metrics.jsonl");
  command.add_flag(
      "--resume", options->checkpoints.resume,
      "Continue from the checkpoint folder; the result has the bits of an uninterrupted run");
  command.footer(
      "Example: cameo train --model gapnet --data fashion-mnist --epochs 8 --augment flip,shift=2 "
      "--out fashion.safetensors");
  command.action([options, &globals] { run_train(*options, globals); });
}

}  // namespace cameo::tools
