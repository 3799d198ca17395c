// `cameo eval`: loss, accuracy and confusion of a model on a data set.
#include <iostream>

#include "core/error.h"
#include "layers/evaluation.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/model_options.h"
#include "tools/options.h"
#include "tools/training.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/datasets/datasets.h"

namespace cameo::tools {

namespace {

struct EvalCommand {
  ModelChoice model;
  std::string data;
  std::string split = "test";
  std::int64_t batch = 100;
  std::int64_t count = 0;
  std::string predictions;
};

void print_json(const EvalCommand& command, const Evaluation& result, const Dataset& dataset) {
  Json classes = Json::array();
  for (std::size_t i = 0; i < result.per_class.size(); ++i) {
    classes.push_back({{"class", dataset.class_names()[i]},
                       {"count", result.per_class[i].count},
                       {"correct", result.per_class[i].correct},
                       {"accuracy", result.per_class[i].accuracy()}});
  }
  std::cout << Json({{"data", command.data},
                     {"split", command.split},
                     {"count", result.count},
                     {"loss", result.loss},
                     {"top1", result.top1},
                     {"top5", result.top5},
                     {"per_class", classes},
                     {"confusion", result.confusion}})
                   .dump(2)
            << "\n";
}

void print_table(const Evaluation& result, const Dataset& dataset) {
  std::cout << "pictures  " << result.count << "\nloss      " << format_number(result.loss, 4)
            << "\ntop-1     " << format_percent(result.top1) << "\ntop-5     "
            << format_percent(result.top5) << "\n\n";
  Table classes({"class", "pictures", "correct", "accuracy"});
  for (std::size_t i = 0; i < result.per_class.size(); ++i) {
    const ClassAccuracy& one = result.per_class[i];
    classes.add_row({dataset.class_names()[i], std::to_string(one.count),
                     std::to_string(one.correct), format_percent(one.accuracy())});
  }
  std::cout << classes.text() << "\nconfusion: rows are true classes, columns predictions\n";
  std::vector<std::string> header{""};
  header.insert(header.end(), dataset.class_names().begin(), dataset.class_names().end());
  Table confusion(header);
  for (std::size_t i = 0; i < result.confusion.size(); ++i) {
    std::vector<std::string> row{dataset.class_names()[i]};
    for (const std::int64_t count : result.confusion[i]) row.push_back(std::to_string(count));
    confusion.add_row(std::move(row));
  }
  std::cout << confusion.text();
}

void run_eval(const EvalCommand& command, const GlobalOptions& globals) {
  check_writable(command.predictions);
  const zoo::Model model = open_model(command.model, globals);
  const std::unique_ptr<Dataset> dataset =
      zoo::open_dataset(command.data, {.split = command.split,
                                       .image_shape = model.network.input_shape(),
                                       .count = command.count,
                                       .seed = globals.seed});
  Progress progress("evaluating", static_cast<std::int64_t>(dataset->size()), globals.quiet);
  const Evaluation result =
      evaluate(model.network, *dataset,
               {.batch = command.batch,
                .normalization = normalization_of(model),
                .on_progress = [&](std::int64_t done, std::int64_t) { progress.update(done); }});
  progress.finish();
  if (!command.predictions.empty()) {
    const std::vector<std::int64_t> predictions(result.predictions.begin(),
                                                result.predictions.end());
    zoo::write_npy(command.predictions, {static_cast<std::int64_t>(predictions.size())},
                   predictions);
  }
  globals.json ? print_json(command, result, *dataset) : print_table(result, *dataset);
}

}  // namespace

void add_eval_command(Command& program, const GlobalOptions& globals) {
  Command command = program.add_command("eval", "Loss, accuracy and confusion on a data set");
  auto options = std::make_shared<EvalCommand>();
  add_model_options(command, options->model);
  command.add_option("--data", options->data, "Data set (cameo datasets) or folder").required();
  command.add_option("--split", options->split, "Which part of it").show_default();
  command.add_option("--batch", options->batch, "Pictures at once")
      .between(1, 100000)
      .show_default();
  command.add_option("--count", options->count, "Pictures of a drawn data set")
      .between(1, 10000000);
  command.add_option("--predictions", options->predictions,
                     "Write the predicted classes, int64 [N], to this .npy file");
  command.footer("Example: cameo eval --data scenes --split test");
  command.action([options, &globals] { run_eval(*options, globals); });
}

}  // namespace cameo::tools
