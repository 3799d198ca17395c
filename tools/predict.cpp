// `cameo predict`: the best classes of pictures.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <numeric>

#include "core/error.h"
#include "core/tape.h"
#include "explain/target.h"
#include "layers/evaluation.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/model_input.h"
#include "tools/model_options.h"
#include "tools/options.h"
#include "tools/scores.h"
#include "zoo/checkpoints/npy.h"

namespace cameo::tools {

namespace {

struct PredictCommand {
  ModelChoice model;
  std::vector<std::string> images;
  std::string input_npy;
  std::string logits;
  std::int64_t top = 5;
};

std::vector<float> run_network(const zoo::Model& model, const ModelInput& input) {
  const ValueId logits = explain::find_logits(model.network);
  const Tape tape = forward(model.network, input.tensor, {.keep = {logits}});
  const Tensor scores = as_logits(tape.value(logits));
  return {scores.data().begin(), scores.data().end()};
}

Json to_json(const zoo::Model& model, const ModelInput& input, const std::vector<Score>& best) {
  Json predictions = Json::array();
  for (const Score& score : best) {
    predictions.push_back({{"class", class_label(model, score.index)},
                           {"index", score.index},
                           {"logit", score.logit},
                           {"probability", score.probability}});
  }
  return {{"image", input.name}, {"predictions", predictions}};
}

std::string to_text(const zoo::Model& model, const ModelInput& input,
                    const std::vector<Score>& best) {
  Table table({"probability", "class", "index", "logit"});
  for (const Score& score : best) {
    table.add_row({format_percent(score.probability), class_label(model, score.index),
                   std::to_string(score.index), format_number(score.logit, 4)});
  }
  return input.name + "\n" + table.text();
}

void run_predict(const PredictCommand& command, const GlobalOptions& globals) {
  if (command.images.empty() == command.input_npy.empty()) {
    throw ArgumentError("predict: name pictures, or an array with --input-npy");
  }
  check_writable(command.logits);
  const zoo::Model model = open_model(command.model, globals);
  std::vector<ModelInput> rows;
  if (!command.input_npy.empty()) rows = open_array(model, command.input_npy);
  const std::size_t count = command.input_npy.empty() ? command.images.size() : rows.size();

  std::vector<float> all_logits;
  std::size_t classes = 0;
  Json document = Json::array();
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const ModelInput input = rows.empty() ? open_picture(model, command.images[i]) : rows[i];
    const std::vector<float> logits = run_network(model, input);
    classes = logits.size();
    all_logits.insert(all_logits.end(), logits.begin(), logits.end());
    const std::vector<Score> best = best_scores(logits, command.top);
    if (globals.json) {
      document.push_back(to_json(model, input, best));
    } else {
      text += (i > 0 ? "\n" : "") + to_text(model, input, best);
    }
  }
  if (!command.logits.empty()) {
    const Shape shape{static_cast<std::int64_t>(count), static_cast<std::int64_t>(classes)};
    zoo::write_npy(command.logits, Tensor(shape, all_logits));
  }
  std::cout << (globals.json ? document.dump(2) + "\n" : text);
}

}  // namespace

void add_predict_command(Command& program, const GlobalOptions& globals) {
  Command command = program.add_command("predict", "The best classes with probabilities");
  auto options = std::make_shared<PredictCommand>();
  command.add_option("image", options->images, "Pictures: PNG, JPEG, BMP, PPM");
  command.add_option("--input-npy", options->input_npy,
                     "A preprocessed float32 [N,C,H,W] array in place of pictures");
  command.add_option("--logits", options->logits, "Write the raw scores [N,K] to this .npy file");
  command.add_option("--top", options->top, "How many classes").between(1, 100000).show_default();
  add_model_options(command, options->model);
  command.footer("Example: cameo predict photo.jpg --model fashion.safetensors");
  command.action([options, &globals] { run_predict(*options, globals); });
}

}  // namespace cameo::tools
