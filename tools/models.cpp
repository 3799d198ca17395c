// `cameo models`: what architectures there are.
#include "zoo/models/models.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "layers/summary.h"
#include "tools/commands.h"
#include "zoo/checkpoint_hash.h"

namespace cameo::tools {

namespace {

struct Row {
  zoo::ModelInfo info;
  std::int64_t parameters;
  std::int64_t multiply_adds;
};

std::vector<Row> rows() {
  std::vector<Row> list;
  for (const zoo::ModelInfo& info : zoo::model_infos()) {
    const Network network = zoo::make_model(info.name, {.seed = std::nullopt});
    Shape input = info.input_shape;
    input.insert(input.begin(), 1);
    list.push_back({info, parameter_count(network), multiply_adds(network, input)});
  }
  return list;
}

std::string weights_text(const zoo::ModelInfo& info) {
  if (!info.built_in_weights.empty()) return "built in: " + info.built_in_weights;
  return info.checkpoints.empty() ? "-" : info.checkpoints.front().address;
}

nlohmann::json checkpoints_json(const zoo::ModelInfo& info) {
  nlohmann::json list = nlohmann::json::array();
  for (const zoo::PublicCheckpoint& checkpoint : info.checkpoints) {
    list.push_back({{"address", checkpoint.address},
                    {"sha256_prefix", zoo::sha256_prefix(checkpoint.file)},
                    {"top1", checkpoint.top1}});
  }
  return list;
}

void print_json() {
  nlohmann::json list = nlohmann::json::array();
  for (const Row& row : rows()) {
    list.push_back({{"name", row.info.name},
                    {"input", row.info.input_shape},
                    {"classes", row.info.classes},
                    {"parameters", row.parameters},
                    {"multiply_adds", row.multiply_adds},
                    {"weights", checkpoints_json(row.info)},
                    {"description", row.info.description}});
  }
  std::cout << list.dump(2) << "\n";
}

void print_table() {
  Table table({"model", "input", "parameters", "multiply-adds", "weights", "description"});
  for (const Row& row : rows()) {
    table.add_row({row.info.name, to_string(row.info.input_shape), std::to_string(row.parameters),
                   format_number(static_cast<double>(row.multiply_adds) * 1e-6, 1) + " M",
                   weights_text(row.info), row.info.description});
  }
  std::cout << table.text();
}

}  // namespace

void add_models_command(CLI::App& app, const GlobalOptions& globals) {
  CLI::App* command = app.add_subcommand("models", "The architectures and their sizes");
  command->footer("Example: cameo models");
  command->callback([&globals] { globals.json ? print_json() : print_table(); });
}

}  // namespace cameo::tools
