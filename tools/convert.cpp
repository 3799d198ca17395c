// `cameo convert`: checkpoints and models from one format to another.
#include <filesystem>
#include <iostream>

#include "core/error.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/model_file.h"
#include "tools/options.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/checkpoints/npz.h"
#include "zoo/checkpoints/safetensors.h"
#include "zoo/gap_head.h"

namespace cameo::tools {

namespace {

struct ConvertCommand {
  std::string in;
  std::string out;
  WeightsChoice weights;
  std::string gap_after;
  zoo::GapHeadOptions head;
};

bool writes_npz(const std::string& path) { return path.ends_with(".npz"); }

void check_request(const ConvertCommand& command) {
  if (!writes_npz(command.out) && !command.out.ends_with(".safetensors")) {
    throw ArgumentError("convert: " + command.out + " should end in .safetensors or .npz");
  }
  if (command.gap_after.empty() != (command.head.classes == 0)) {
    throw ArgumentError("convert: --gap-after LAYER and --classes N go together");
  }
  check_writable(command.out);
}

std::size_t write_tensors(const std::string& path, const zoo::Checkpoint& checkpoint) {
  if (writes_npz(path)) {
    zoo::write_npz(path, checkpoint.tensors);
  } else {
    zoo::write_safetensors(path, checkpoint.tensors, checkpoint.metadata);
  }
  return checkpoint.tensors.size();
}

std::size_t write_model(const std::string& path, const zoo::Model& model) {
  const zoo::StateDict tensors = zoo::state_dict(model.network);
  if (writes_npz(path)) {
    zoo::write_npz(path, tensors);
  } else {
    zoo::save_model(path, model);
  }
  return tensors.size();
}

zoo::Model read_model(const ConvertCommand& command, const GlobalOptions& globals) {
  if (!names_a_file(command.in)) {
    if (!command.weights.file.empty()) return read_zoo_model(command.in, command.weights, globals);
    throw ArgumentError("convert: " + zoo::model_info(command.in).name + " needs --weights FILE");
  }
  zoo::Model model = read_model_file(command.in, globals);
  if (!command.weights.file.empty()) load_weights(model, command.weights, globals);
  return model;
}

/// The CAM paper's surgery; the new classes have no names yet.
void give_gap_head(zoo::Model& model, const std::string& after, const zoo::GapHeadOptions& head) {
  model.network = zoo::add_gap_head(model.network, after, head);
  model.architecture += "-gap";
  model.class_names.clear();
}

void run_convert(ConvertCommand command, const GlobalOptions& globals) {
  check_request(command);
  const bool weights_alone = names_a_file(command.in) && command.weights.file.empty() &&
                             command.gap_after.empty() && !is_whole_model(command.in);
  std::size_t tensors = 0;
  if (weights_alone) {
    tensors = write_tensors(command.out, zoo::read_checkpoint(command.in));
  } else {
    zoo::Model model = read_model(command, globals);
    command.head.seed = globals.seed;
    if (!command.gap_after.empty()) give_gap_head(model, command.gap_after, command.head);
    tensors = write_model(command.out, model);
  }
  if (globals.json) {
    std::cout << Json({{"in", command.in}, {"out", command.out}, {"tensors", tensors}}).dump(2)
              << "\n";
  } else {
    std::cout << "wrote " << command.out << ": " << tensors << " tensors"
              << (weights_alone || writes_npz(command.out) ? "" : " and the network they are for")
              << "\n";
  }
}

}  // namespace

void add_convert_command(Command& program, const GlobalOptions& globals) {
  Command command =
      program.add_command("convert", "Checkpoints and models to .safetensors or .npz");
  auto options = std::make_shared<ConvertCommand>();
  command.add_option("in", options->in, "Checkpoint, .onnx model, or architecture with --weights")
      .required();
  command.add_option("out", options->out, "A .safetensors or .npz file").required();
  command.add_option("--weights", options->weights.file, "Weights for an architecture");
  command.add_flag("--allow-partial", options->weights.allow_partial,
                   "Load the weights that fit and say which do not");
  command.add_option("--gap-after", options->gap_after,
                     "Cut the network after this layer and give it a convolution, global average "
                     "pooling and a linear layer, to be trained");
  command.add_option("--classes", options->head.classes, "Classes of that new head")
      .between(1, 1000000);
  command.add_option("--channels", options->head.channels, "Channels of its convolution")
      .between(1, 65536)
      .show_default();
  command.footer(
      "Example: cameo convert vgg16 vgg16.safetensors --weights vgg16-397923af.pth\n"
      "         cameo convert vgg16 cub.safetensors --weights vgg16-397923af.pth "
      "--gap-after features.29 --classes 200");
  command.action([options, &globals] { run_convert(*options, globals); });
}

}  // namespace cameo::tools
