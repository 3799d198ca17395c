#include "tools/receipt.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "explain/presets.h"
#include "explain/registry.h"
#include "tools/json.h"
#include "tools/model_file.h"
#include "tools/version.h"
#include "zoo/checkpoint_hash.h"
#include "zoo/files.h"

namespace cameo::tools {

namespace {

constexpr const char* kFormat = "cameo receipt 1";
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 24;

using Words = std::vector<std::string>;

void add(Words& words, const std::string& option, const std::string& value) {
  if (!value.empty()) words.insert(words.end(), {option, value});
}

/// As few digits as read back to the same float.
std::string exact(float value) {
  for (int digits = 6; digits < 9; ++digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*g", digits, static_cast<double>(value));
    if (std::strtof(text, nullptr) == value) return text;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", static_cast<double>(value));
  return text;
}

void add_model(Words& words, const ModelChoice& model) {
  add(words, "--model", model.model);
  add(words, "--weights", model.weights);
  if (model.allow_partial) words.emplace_back("--allow-partial");
  add(words, "--classes", model.classes_file);
  add(words, "--preprocess", model.preprocess);
  if (model.resize > 0) add(words, "--resize", std::to_string(model.resize));
  if (model.crop > 0) add(words, "--crop", std::to_string(model.crop));
  add(words, "--mean", model.mean);
  add(words, "--std", model.std);
}

/// The options that the method would not take by itself.
void add_options(Words& words, const ExplainRequest& request, const ExplainResult& result) {
  explain::OptionValues usual;
  for (const explain::OptionInfo& option :
       explain::method_info(result.explanation.method).options) {
    usual[option.key] = option.default_value;
  }
  if (!request.preset.empty()) {
    const explain::Preset& preset = explain::find_preset(request.preset);
    for (const auto& [key, value] : explain::with_preset(preset, result.explanation.method, {})) {
      usual[key] = value;
    }
  }
  for (const auto& [key, value] : options_of(request, result)) {
    if (key == "layer" || key == "seed") continue;
    if (usual[key] == value) continue;
    words.emplace_back("--option");
    words.push_back(std::string(key).append("=").append(value));
  }
}

Json to_json(const FileDigest& file) {
  if (file.path().empty()) return nullptr;
  return {{"file", file.path().string()}, {"sha256", file.value()}};
}

std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("-_./=,:+@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

void check_file(const std::string& receipt, const nlohmann::json& entry) {
  if (entry.is_null()) return;
  const std::string file = entry.at("file").get<std::string>();
  const std::string expected = entry.at("sha256").get<std::string>();
  const std::string found = zoo::sha256(file);
  if (found == expected) return;
  throw FormatError(
      receipt, -1,
      file + " is not the file of the receipt: its SHA-256 is " + found + ", expected " + expected);
}

nlohmann::json read_receipt(const std::filesystem::path& path) {
  const zoo::Bytes bytes = zoo::read_file(path, kMostBytes);
  nlohmann::json receipt = nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (!receipt.is_object() || receipt.value("format", nlohmann::json()) != kFormat) {
    throw FormatError(path.string(), -1, std::string("expected a \"") + kFormat + "\" in JSON");
  }
  return receipt;
}

/// The explanation that the words of a receipt ask for.
ExplainCommand asked_by(const std::string& receipt, const Words& words) {
  if (words.empty() || words.front() != "explain") {
    throw FormatError(receipt, -1, "its arguments are not those of explain");
  }
  ExplainCommand asked;
  CommandLine line;
  Command command = line.program();
  add_question_options(command, asked);
  command.add_option("--seed", asked.request.seed, "");
  try {
    line.read(Words(words.begin() + 1, words.end()));
  } catch (const ArgumentError& error) {
    throw FormatError(receipt, -1, std::string("its arguments: ") + error.what());
  }
  return asked;
}

}  // namespace

ModelFiles model_files(const ModelChoice& choice) {
  ModelFiles files;
  if (!choice.model.empty() && names_a_file(choice.model)) files.model = FileDigest(choice.model);
  if (!choice.weights.empty()) files.weights = FileDigest(choice.weights);
  return files;
}

std::vector<std::string> arguments_of(const ExplainCommand& command, const ExplainResult& result,
                                      const std::string& picture,
                                      const std::optional<explain::ValueRange>& range) {
  const ExplainRequest& request = command.request;
  Words words{"explain"};
  if (command.input_npy.empty()) {
    words.push_back(picture);
  } else {
    add(words, "--input-npy", command.input_npy);
  }
  add_model(words, command.model);
  add(words, "--method", result.explanation.method);
  add(words, "--target", result.target);
  const explain::OptionValues options = options_of(request, result);
  if (const auto layer = options.find("layer"); layer != options.end()) {
    add(words, "--layer", layer->second);
  }
  add(words, "--preset", request.preset);
  add_options(words, request, result);
  add(words, "--stage", command.stage);
  add(words, "--colormap", command.colormap);
  add(words, "--align", command.align);
  if (range) add(words, "--range", exact(range->low) + "," + exact(range->high));
  if (command.alpha >= 0.0) add(words, "--alpha", exact(static_cast<float>(command.alpha)));
  if (command.box) words.emplace_back("--box");
  if (command.color_bar) words.emplace_back("--colorbar");
  if (request.seed != 0) add(words, "--seed", std::to_string(request.seed));
  return words;
}

std::string shell_line(const std::vector<std::string>& arguments) {
  std::string line = "cameo";
  for (const std::string& word : arguments) line += " " + quoted(word);
  return line;
}

Json make_receipt(const ReceiptSource& source, const ModelInput& input, const ExplainResult& result,
                  const std::optional<explain::ValueRange>& range) {
  const explain::Explanation& explanation = result.explanation;
  const ExplainCommand& command = source.command;
  const Words arguments = arguments_of(command, result, input.name, range);
  Json picture = to_json(source.picture);
  if (input.original.pixels.empty()) picture["row"] = input.name;
  Json model = {{"architecture", source.model.architecture},
                {"model", to_json(source.files.model)},
                {"weights", to_json(source.files.weights)},
                {"preprocess", Json::parse(zoo::to_json(source.model.preprocess))}};
  if (!command.black_box.empty()) model["black_box"] = command.black_box;
  const auto values = explanation.map.data();
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  Json residual;
  if (explanation.residual) residual = *explanation.residual;
  return {
      {"format", kFormat},
      {"program", std::string("cameo ") + kVersion},
      {"command", shell_line(arguments)},
      {"arguments", arguments},
      {"model", model},
      {"picture", picture},
      {"input_shape", input.tensor.shape()},
      {"method", explanation.method},
      {"options", options_of(command.request, result)},
      {"preset", command.request.preset},
      {"seed", command.request.seed},
      {"layer", result.layer},
      {"class", result.label},
      {"target", result.target},
      {"logit", explanation.logit},
      {"probability", result.probability},
      {"map",
       {{"shape", explanation.map.shape()}, {"min", *low}, {"max", *high}, {"unit", result.unit}}},
      {"residual", residual},
      {"warnings", explanation.warnings}};
}

ExplainCommand command_of_receipt(const std::filesystem::path& path, ExplainCommand command) {
  const std::string name = path.string();
  const nlohmann::json receipt = read_receipt(path);
  ExplainCommand asked;
  try {
    asked = asked_by(name, receipt.at("arguments").get<Words>());
    check_file(name, receipt.at("model").at("model"));
    check_file(name, receipt.at("model").at("weights"));
    check_file(name, receipt.at("picture"));
  } catch (const nlohmann::json::exception& error) {
    throw FormatError(name, -1, "it lacks what a receipt has: " + std::string(error.what()));
  }
  command.model = asked.model;
  command.images = asked.images;
  command.input_npy = asked.input_npy;
  command.request = asked.request;
  command.stage = asked.stage;
  command.colormap = asked.colormap;
  command.align = asked.align;
  command.range = asked.range;
  command.alpha = asked.alpha;
  command.box = asked.box;
  command.color_bar = asked.color_bar;
  return command;
}

}  // namespace cameo::tools
