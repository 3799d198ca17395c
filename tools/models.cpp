// `cameo models`: what architectures there are.
#include "zoo/models/models.h"

#include <iostream>

#include "layers/summary.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "zoo/checkpoint_hash.h"

namespace cameo::tools {

namespace {

struct Row {
  zoo::ModelInfo info;
  std::int64_t parameters;
  std::int64_t multiply_adds;
};

Row row_of(const zoo::ModelInfo& info) {
  const Network network = zoo::make_model(info.name, {.seed = std::nullopt});
  Shape input = info.input_shape;
  input.insert(input.begin(), 1);
  return {info, parameter_count(network), multiply_adds(network, input)};
}

/// All of them, or the one named.
std::vector<Row> rows(const std::string& name) {
  if (!name.empty()) return {row_of(zoo::model_info(name))};
  std::vector<Row> list;
  for (const zoo::ModelInfo& info : zoo::model_infos()) list.push_back(row_of(info));
  return list;
}

std::string weights_text(const zoo::ModelInfo& info) {
  if (!info.built_in_weights.empty()) return "built in: " + info.built_in_weights;
  return info.checkpoints.empty() ? "-" : info.checkpoints.front().address;
}

Json checkpoints_json(const zoo::ModelInfo& info) {
  Json list = Json::array();
  for (const zoo::PublicCheckpoint& checkpoint : info.checkpoints) {
    list.push_back({{"address", checkpoint.address},
                    {"sha256_prefix", zoo::sha256_prefix(checkpoint.file)},
                    {"top1", checkpoint.top1}});
  }
  return list;
}

void print_json(const std::vector<Row>& rows) {
  Json list = Json::array();
  for (const Row& row : rows) {
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

void print_table(const std::vector<Row>& rows) {
  Table table({"model", "input", "parameters", "multiply-adds", "weights", "description"});
  for (const Row& row : rows) {
    table.add_row({row.info.name, to_string(row.info.input_shape), std::to_string(row.parameters),
                   format_number(static_cast<double>(row.multiply_adds) * 1e-6, 1) + " M",
                   weights_text(row.info), row.info.description});
  }
  std::cout << table.text();
}

void print_details(const Row& row) {
  std::cout << row.info.name << ": " << row.info.description << "\n"
            << "input " << to_string(row.info.input_shape) << ", at least " << row.info.minimum_size
            << " pixels a side; " << row.info.classes << " classes; " << row.parameters
            << " parameters; " << format_number(static_cast<double>(row.multiply_adds) * 1e-6, 1)
            << " M multiply-adds; preprocessing " << row.info.preprocess << "\n";
  Table table({"sha256 begins", "top-1", "address"});
  for (const zoo::PublicCheckpoint& checkpoint : row.info.checkpoints) {
    table.add_row({zoo::sha256_prefix(checkpoint.file),
                   checkpoint.top1 > 0 ? format_number(checkpoint.top1, 2) + " %" : "-",
                   checkpoint.address});
  }
  if (!row.info.checkpoints.empty()) std::cout << "\n" << table.text();
}

void run_models(const std::string& name, const GlobalOptions& globals) {
  const std::vector<Row> list = rows(name);
  if (globals.json) {
    print_json(list);
  } else if (name.empty()) {
    print_table(list);
  } else {
    print_details(list.front());
  }
}

}  // namespace

void add_models_command(Command& program, const GlobalOptions& globals) {
  Command command =
      program.add_command("models", "The architectures, their sizes and public weights");
  auto name = std::make_shared<std::string>();
  command.add_option("name", *name, "One architecture, with all its public weights");
  command.footer("Example: cameo models resnet50");
  command.action([name, &globals] { run_models(*name, globals); });
}

}  // namespace cameo::tools
