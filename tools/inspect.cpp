// `cameo inspect`: the layers of a model, or the tensors of a checkpoint.
#include <iostream>

#include "core/error.h"
#include "core/names.h"
#include "layers/summary.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/model_file.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/model.h"

namespace cameo::tools {

namespace {

std::string millions(std::int64_t count) {
  return format_number(static_cast<double>(count) * 1e-6, 3) + " M";
}

void print_layers(const std::string& name, const Network& network, const GlobalOptions& globals) {
  Shape input = network.input_shape();
  input.insert(input.begin(), 1);
  const std::vector<LayerSummary> layers = summarize(network, input);
  if (globals.json) {
    Json list = Json::array();
    for (const LayerSummary& layer : layers) {
      list.push_back({{"name", layer.name},
                      {"type", layer.type},
                      {"shape", layer.output_shape},
                      {"parameters", layer.parameters},
                      {"multiply_adds", layer.multiply_adds},
                      {"receptive_field", layer.receptive_field}});
    }
    std::cout << Json({{"model", name},
                       {"input", input},
                       {"parameters", parameter_count(network)},
                       {"multiply_adds", multiply_adds(network, input)},
                       {"layers", list}})
                     .dump(2)
              << "\n";
    return;
  }
  Table table({"layer", "type", "output", "parameters", "multiply-adds", "receptive field"});
  for (const LayerSummary& layer : layers) {
    table.add_row({layer.name, layer.type, to_string(layer.output_shape),
                   std::to_string(layer.parameters), std::to_string(layer.multiply_adds),
                   layer.receptive_field > 0 ? std::to_string(layer.receptive_field) : "all"});
  }
  std::cout << table.text() << "\n"
            << name << ": input " << to_string(input) << ", " << parameter_count(network)
            << " parameters, " << millions(multiply_adds(network, input)) << " multiply-adds\n";
}

void print_listing(const std::string& name, const zoo::CheckpointListing& listing,
                   const GlobalOptions& globals) {
  if (globals.json) {
    Json tensors = Json::array();
    for (const zoo::TensorInfo& tensor : listing.tensors) {
      tensors.push_back({{"name", tensor.name},
                         {"dtype", tensor.dtype},
                         {"shape", tensor.shape},
                         {"bytes", tensor.bytes}});
    }
    std::cout
        << Json({{"file", name}, {"metadata", listing.metadata}, {"tensors", tensors}}).dump(2)
        << "\n";
    return;
  }
  std::uint64_t bytes = 0;
  Table table({"tensor", "type", "shape", "bytes"});
  for (const zoo::TensorInfo& tensor : listing.tensors) {
    table.add_row(
        {tensor.name, tensor.dtype, to_string(tensor.shape), std::to_string(tensor.bytes)});
    bytes += tensor.bytes;
  }
  std::cout << table.text() << "\n"
            << name << ": " << listing.tensors.size() << " tensors, " << bytes << " bytes\n";
}

struct InspectCommand {
  std::string what;
  bool tensors = false;
};

void inspect_file(const InspectCommand& command, const GlobalOptions& globals) {
  if (!is_whole_model(command.what)) {
    print_listing(command.what, zoo::list_checkpoint(command.what), globals);
  } else if (command.tensors) {
    print_listing(command.what, list_model_file(command.what), globals);
  } else {
    print_layers(command.what, read_model_file(command.what, globals).network, globals);
  }
}

void run_inspect(const InspectCommand& command, const GlobalOptions& globals) {
  if (command.what.empty()) {
    print_layers("the built-in model", zoo::pretrained_model().network, globals);
  } else if (names_a_file(command.what)) {
    inspect_file(command, globals);
  } else {
    print_layers(command.what, zoo::make_model(command.what, {.seed = std::nullopt}), globals);
  }
}

}  // namespace

void add_inspect_command(Command& program, const GlobalOptions& globals) {
  Command command = program.add_command("inspect", "Layers of a model or tensors of a checkpoint");
  auto options = std::make_shared<InspectCommand>();
  command.add_option("model", options->what,
                     "Architecture, model or checkpoint file; the built-in model when left out");
  command.add_flag("--tensors", options->tensors, "The tensors of a model file, not its layers");
  command.footer("Example: cameo inspect resnet50-0676ba61.pth");
  command.action([options, &globals] { run_inspect(*options, globals); });
}

}  // namespace cameo::tools
