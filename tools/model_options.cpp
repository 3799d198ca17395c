#include "tools/model_options.h"

#include "core/error.h"
#include "tools/model_file.h"
#include "tools/options.h"
#include "zoo/datasets/class_names.h"

namespace cameo::tools {

namespace {

zoo::Model open_network(const ModelChoice& choice, const GlobalOptions& globals) {
  const WeightsChoice weights{.file = choice.weights, .allow_partial = choice.allow_partial};
  if (choice.model.empty()) {
    if (!choice.weights.empty()) return read_model_file(choice.weights, globals);
    say(globals, "cameo: no --model named; using the built-in network for ten shapes");
    return zoo::pretrained_model();
  }
  if (names_a_file(choice.model)) {
    zoo::Model model = read_model_file(choice.model, globals);
    if (!choice.weights.empty()) load_weights(model, weights, globals);
    return model;
  }
  const zoo::ModelInfo& info = zoo::model_info(choice.model);
  if (choice.weights.empty()) {
    throw ArgumentError("--model " + info.name +
                        " needs --weights FILE, or name an .onnx or .safetensors file");
  }
  return read_zoo_model(info.name, weights, globals);
}

}  // namespace

void add_model_options(Command& command, ModelChoice& choice) {
  command.add_option(
      "--model", choice.model,
      "A zoo architecture (cameo models), an .onnx file, or a .safetensors file that cameo saved; "
      "the built-in network when left out");
  command.add_option("--weights", choice.weights,
                     "Weights for --model: .pth, .pt, .th, .safetensors or .npz");
  command.add_flag("--allow-partial", choice.allow_partial,
                   "Load the weights that fit and say which do not");
  command.add_option("--classes", choice.classes_file, "Class names, one a line");
  command.add_option("--preprocess", choice.preprocess,
                     "imagenet, imagenet-full, caffe, cifar10, unit or none; the model's own when "
                     "left out");
  command.add_option("--resize", choice.resize, "Resize the short side to N pixels")
      .between(1, 16384);
  command.add_option("--crop", choice.crop, "Crop the central N x N pixels").between(1, 16384);
  command.add_option("--mean", choice.mean, "Subtract r,g,b");
  command.add_option("--std", choice.std, "Divide by r,g,b");
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

zoo::Model open_model(const ModelChoice& choice, const GlobalOptions& globals) {
  zoo::Model model = open_network(choice, globals);
  if (!choice.classes_file.empty()) {
    model.class_names = zoo::read_class_names(choice.classes_file);
    const std::int64_t classes = zoo::class_count(model.network);
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

}  // namespace cameo::tools
