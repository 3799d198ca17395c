// `cameo explain`: which parts of a picture a score rests on.
#include <chrono>
#include <filesystem>
#include <iostream>

#include "core/error.h"
#include "tools/black_box.h"
#include "tools/commands.h"
#include "tools/explain_command.h"
#include "tools/explanation_files.h"
#include "tools/json.h"
#include "tools/options.h"
#include "tools/receipt.h"
#include "zoo/files.h"
#include "zoo/image.h"

namespace cameo::tools {

namespace {

std::string warning_text(const Json& record) {
  std::string text;
  for (const Json& warning : record.at("warnings")) {
    text += "cameo: " + record.at("files").at(0).text() + ": " + warning.text() + "\n";
  }
  return text;
}

/// A refused method has its reason where the others have their file.
std::vector<std::string> table_row(const Json& record, const std::vector<Region>& regions) {
  std::vector<std::string> cells{record.at("image").text(), record.at("method").text()};
  if (!record.at("refused").is_null()) {
    cells.resize(7 + regions.size());
    cells[2] = "refused";
    cells.push_back(record.at("refused").text());
    return cells;
  }
  cells.insert(cells.end(),
               {record.at("class").text(), format_number(record.at("logit").number(), 3),
                format_percent(record.at("probability").number(), 1), record.at("layer").text(),
                format_number(record.at("milliseconds").number(), 1)});
  for (const Region& region : regions) {
    const Json& share = record.at("energy").at(region.name);
    cells.push_back(share.is_null() ? "" : format_percent(share.number(), 1));
  }
  cells.push_back(record.at("files").at(0).text());
  return cells;
}

void print_table(const Json& records, const std::vector<Region>& regions) {
  std::vector<std::string> header{"image",       "method", "class", "logit",
                                  "probability", "layer",  "ms"};
  for (const Region& region : regions) header.push_back("in " + region.name);
  header.emplace_back("file");
  Table table(header);
  for (const Json& record : records) table.add_row(table_row(record, regions));
  std::cout << table.text();
  for (const Json& record : records) std::cerr << warning_text(record) << std::flush;
}

void check_inputs(const ExplainCommand& command) {
  if (command.images.empty() == command.input_npy.empty()) {
    throw ArgumentError("explain: name pictures, or an array with --input-npy");
  }
}

/// A bad picture or output file is to stop the run before anything is written.
void check_files(const ExplainCommand& command) {
  if (command.images.size() > 1) {
    for (const std::string& path : command.images) static_cast<void>(zoo::read_image(path));
  }
  namespace fs = std::filesystem;
  for (const std::string& path : {command.report, command.contact_sheet}) {
    // The folder --out names is made with the first result, and the file may go into it.
    const fs::path folder = fs::weakly_canonical(path).parent_path();
    if (!fs::exists(folder) && folder == fs::weakly_canonical(command.out)) continue;
    check_writable(path);
  }
}

/// With the network, or with the command in its place. "all" passes over what does not apply.
void explain_input(const ExplainCommand& command, const zoo::Model& model,
                   ExplainedInput& explained, const GlobalOptions& globals) {
  const ExplainRequest& request = command.request;
  const ModelInput& input = explained.input;
  std::vector<Refusal>* const passed_over = asks_for_all(request) ? &explained.refused : nullptr;
  if (command.black_box.empty()) {
    const ChosenMethods chosen = choose_methods(request, model, input.tensor.shape(), globals);
    explained.refused = chosen.refused;
    explained.results = run_explanations(model, input, chosen.methods, request, passed_over);
    return;
  }
  const std::chrono::duration<double> silence(command.silence);
  const explain::ScoreFunction scores = black_box_scores(
      command.black_box, std::chrono::duration_cast<std::chrono::milliseconds>(silence));
  const ChosenMethods chosen = choose_blind_methods(request, globals);
  explained.refused = chosen.refused;
  explained.results = run_black_box(model, input, scores, chosen.methods, request, passed_over);
}

void check_count(const ExplainCommand& command, std::size_t results) {
  if (!names_one_file(command.out) || results == 1) return;
  throw ArgumentError("--out " + command.out + " is one file, but there are " +
                      std::to_string(results) + " results; name a folder");
}

void run_explain(ExplainCommand command, GlobalOptions globals) {
  command.request.seed = globals.seed;
  if (!command.from.empty()) command = command_of_receipt(command.from, command);
  globals.seed = command.request.seed;
  check_inputs(command);
  const ExplainSettings settings = settings_of(command);
  const bool blind = !command.black_box.empty();
  const zoo::Model model =
      blind ? open_black_box(command.model, globals) : open_model(command.model, globals);
  check_files(command);
  std::vector<ModelInput> rows;
  if (!command.input_npy.empty()) rows = open_array(model, command.input_npy);
  const std::size_t count = rows.empty() ? command.images.size() : rows.size();

  ResultWriter writer(command, settings, model);
  std::vector<ExplainedInput> waiting;  // for the scale that all of them share
  std::vector<Refusal> left_out;
  for (std::size_t i = 0; i < count; ++i) {
    ExplainedInput explained;
    explained.input = rows.empty() ? open_picture(model, command.images[i]) : rows[i];
    check_regions(settings.regions, explained.input);
    explain_input(command, model, explained, globals);
    left_out.insert(left_out.end(), explained.refused.begin(), explained.refused.end());
    check_count(command, count * explained.results.size());
    explained.behind = picture_behind(model, explained.input);
    if (settings.scale == Scale::kShared) {
      waiting.push_back(std::move(explained));
    } else {
      writer.write(explained, {});
    }
  }
  const SharedRanges ranges = shared_ranges(waiting, settings.style);
  for (const ExplainedInput& explained : waiting) writer.write(explained, ranges);
  writer.finish();
  if (globals.json) {
    std::cout << writer.records().dump(2) << "\n";
  } else {
    print_table(writer.records(), settings.regions);
  }
  if (asks_for_all(command.request)) tell_left_out(left_out, globals);
}

}  // namespace

void add_explain_command(Command& program, const GlobalOptions& globals) {
  Command command = program.add_command("explain", "Show what a prediction rests on");
  auto options = std::make_shared<ExplainCommand>();
  add_question_options(command, *options);
  const std::vector<Option> settled = command.options();
  Option from = command.add_option(
      "--from", options->from, "Make the result of a receipt again, with these files and options");
  for (const Option& option : settled) from.excludes(option);
  add_result_options(command, *options);
  command.footer(
      "Example: cameo explain photo.jpg --method gradcam,guided --target top2 --out maps");
  command.action([options, &globals] { run_explain(*options, globals); });
}

}  // namespace cameo::tools
