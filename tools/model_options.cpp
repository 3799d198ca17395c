#include "tools/model_options.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "core/error.h"
#include "tools/options.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/checkpoints/safetensors.h"
#include "zoo/datasets/class_names.h"
#include "zoo/image.h"

namespace cameo::tools {

namespace {

bool is_file(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".safetensors") ||
         std::filesystem::exists(name);
}

std::int64_t class_count(const Network& network) {
  Shape input = network.input_shape();
  input.insert(input.begin(), 1);
  return network.infer_shapes(input)[static_cast<std::size_t>(network.output())].at(1);
}

void load_weights(zoo::Model& model, const ModelChoice& choice, const GlobalOptions& globals) {
  const zoo::Checkpoint checkpoint = zoo::read_safetensors(choice.weights);
  const zoo::LoadReport report =
      zoo::load_state_dict(model.network, checkpoint.tensors, choice.allow_partial);
  if (report.complete()) return;
  const std::string text =
      choice.weights + " does not fit " + model.architecture + ": " + report.summary();
  if (!choice.allow_partial) throw ArgumentError(text + "; --allow-partial loads what fits");
  say(globals, "cameo: " + text);
}

zoo::Model open_network(const ModelChoice& choice, const GlobalOptions& globals) {
  if (choice.model.empty()) {
    if (!choice.weights.empty()) return zoo::load_model(choice.weights);
    say(globals, "cameo: no --model named; using the built-in network for ten shapes");
    return zoo::pretrained_model();
  }
  if (is_file(choice.model)) {
    zoo::Model model = zoo::load_model(choice.model);
    if (!choice.weights.empty()) load_weights(model, choice, globals);
    return model;
  }
  const zoo::ModelInfo& info = zoo::model_info(choice.model);
  if (choice.weights.empty()) {
    throw ArgumentError("--model " + info.name +
                        " needs --weights FILE, or name a .safetensors file");
  }
  // A file that cameo saved knows its input and classes, which may differ from the usual ones.
  const zoo::CheckpointListing listing = zoo::list_safetensors(choice.weights);
  if (listing.metadata.count("cameo.model") > 0) {
    zoo::Model model = zoo::load_model(choice.weights);
    if (model.architecture == info.name) return model;
  }
  zoo::Model model = zoo::create_model(info.name);
  load_weights(model, choice, globals);
  return model;
}

void override_preprocess(zoo::Model& model, const ModelChoice& choice) {
  const Shape& input = model.network.input_shape();
  zoo::Preprocess& preprocess = model.preprocess;
  if (!choice.preprocess.empty()) {
    preprocess = zoo::preprocess_preset(choice.preprocess, {.height = input[1], .width = input[2]});
    preprocess.channels = input[0];
  }
  if (choice.resize > 0) {
    preprocess.resize_short = choice.resize;
    preprocess.resize_width = preprocess.resize_height = 0;
  }
  if (choice.crop > 0) preprocess.crop = choice.crop;
  if (!choice.mean.empty()) preprocess.mean = parse_triplet("--mean", choice.mean);
  if (!choice.std.empty()) preprocess.std = parse_triplet("--std", choice.std);
  zoo::check(preprocess);
}

}  // namespace

void add_model_options(CLI::App& command, ModelChoice& choice) {
  command.add_option(
      "--model", choice.model,
      "A zoo architecture (cameo models) or a .safetensors file that cameo saved; the "
      "built-in network when left out");
  command.add_option("--weights", choice.weights, "Weights for --model: a .safetensors file");
  command.add_flag("--allow-partial", choice.allow_partial,
                   "Load the weights that fit and say which do not");
  command.add_option("--classes", choice.classes_file, "Class names, one a line");
  command.add_option("--preprocess", choice.preprocess,
                     "imagenet, imagenet-full, caffe, cifar10, unit or none; the model's own when "
                     "left out");
  command.add_option("--resize", choice.resize, "Resize the short side to N pixels")
      ->check(CLI::Range(1, 16384));
  command.add_option("--crop", choice.crop, "Crop the central N x N pixels")
      ->check(CLI::Range(1, 16384));
  command.add_option("--mean", choice.mean, "Subtract r,g,b");
  command.add_option("--std", choice.std, "Divide by r,g,b");
}

zoo::Model open_model(const ModelChoice& choice, const GlobalOptions& globals) {
  zoo::Model model = open_network(choice, globals);
  if (!choice.classes_file.empty()) {
    model.class_names = zoo::read_class_names(choice.classes_file);
    const std::int64_t classes = class_count(model.network);
    if (static_cast<std::int64_t>(model.class_names.size()) != classes) {
      throw ArgumentError(choice.classes_file + " has " + std::to_string(model.class_names.size()) +
                          " names, but the model has " + std::to_string(classes) + " classes");
    }
  }
  override_preprocess(model, choice);
  return model;
}

std::string class_label(const zoo::Model& model, std::int64_t index) {
  if (index >= 0 && index < static_cast<std::int64_t>(model.class_names.size())) {
    return model.class_names[static_cast<std::size_t>(index)];
  }
  return "class " + std::to_string(index);
}

ModelInput open_picture(const zoo::Model& model, const std::string& path) {
  zoo::Image original = zoo::read_image(path);
  zoo::PreparedImage prepared = zoo::apply(model.preprocess, original);
  return {.name = path,
          .stem = std::filesystem::path(path).stem().string(),
          .tensor = std::move(prepared.input),
          .original = std::move(original),
          .shown = std::move(prepared.shown)};
}

std::vector<ModelInput> open_array(const zoo::Model& model, const std::string& path) {
  const Tensor array = zoo::read_npy(path);
  const std::int64_t channels = model.network.input_shape()[0];
  if (array.rank() != 4 || array.dim(1) != channels || array.dim(0) < 1) {
    throw FormatError(path, -1,
                      "expected a float32 array [N," + std::to_string(channels) + ",H,W], got " +
                          to_string(array.shape()));
  }
  const std::int64_t size = array.size() / array.dim(0);
  std::vector<ModelInput> inputs;
  for (std::int64_t i = 0; i < array.dim(0); ++i) {
    const std::string name = "input" + std::to_string(i);
    inputs.push_back({.name = name,
                      .stem = name,
                      .tensor = Tensor({1, channels, array.dim(2), array.dim(3)},
                                       array.data().subspan(static_cast<std::size_t>(i * size),
                                                            static_cast<std::size_t>(size))),
                      .original = {},
                      .shown = {}});
  }
  return inputs;
}

}  // namespace cameo::tools
