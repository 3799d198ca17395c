// `cameo features`: the pictures of a data set that a channel answers to most, and what in them.
#include <iostream>

#include "core/error.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/model_options.h"
#include "tools/options.h"
#include "tools/strongest_pictures.h"
#include "zoo/datasets/datasets.h"
#include "zoo/image.h"

namespace cameo::tools {

namespace {

struct FeaturesCommand {
  ModelChoice model;
  std::string data;
  std::string split = "test";
  std::int64_t count = 0;
  std::string layer;
  std::string channels;
  StrongestOptions options;
  std::int64_t tile = 96;
  std::string out;
};

std::vector<std::int64_t> parse_channels(const std::string& text) {
  std::vector<std::int64_t> channels;
  for (const std::string& item : split_list("--channel", text)) {
    const double value = parse_number("--channel", item);
    if (!(value >= 0.0 && value <= 1e9) || value != static_cast<double>(std::int64_t(value))) {
      throw ArgumentError("--channel: expected whole numbers from 0, got \"" + item + "\"");
    }
    channels.push_back(static_cast<std::int64_t>(value));
  }
  return channels;
}

/// One line of the result.
struct Found {
  std::int64_t channel = 0;
  StrongPicture strong;
  explain::Box seen;
  std::string label;
};

Json to_json(const Found& found) {
  const explain::Box& box = found.seen;
  return {{"channel", found.channel},
          {"picture", found.strong.index},
          {"class", found.label},
          {"activation", found.strong.activation},
          {"row", found.strong.unit.row},
          {"column", found.strong.unit.column},
          {"box", {box.left, box.top, box.right, box.bottom}}};
}

void print_found(const std::vector<Found>& all, const FeaturesCommand& command,
                 const GlobalOptions& globals) {
  if (globals.json) {
    Json document = Json::array();
    for (const Found& found : all) document.push_back(to_json(found));
    std::cout << Json({{"layer", command.layer},
                       {"data", command.data},
                       {"split", command.split},
                       {"file", command.out},
                       {"pictures", document}})
                     .dump(2)
              << "\n";
    return;
  }
  Table table({"channel", "picture", "class", "activation", "row", "column"});
  for (const Found& found : all) {
    table.add_row({std::to_string(found.channel), std::to_string(found.strong.index), found.label,
                   format_number(found.strong.activation, 3), std::to_string(found.strong.unit.row),
                   std::to_string(found.strong.unit.column)});
  }
  std::cout << table.text() << command.out << "\n";
}

void run_features(FeaturesCommand command, const GlobalOptions& globals) {
  check_writable(command.out);
  const std::vector<std::int64_t> channels = parse_channels(command.channels);
  const zoo::Model model = open_model(command.model, globals);
  const ValueId layer = model.network.find(command.layer);
  const std::unique_ptr<Dataset> dataset =
      zoo::open_dataset(command.data, {.split = command.split,
                                       .image_shape = model.network.input_shape(),
                                       .count = command.count,
                                       .seed = globals.seed});
  Progress progress("looking for features",
                    command.options.limit > 0 ? command.options.limit
                                              : static_cast<std::int64_t>(dataset->size()),
                    globals.quiet);
  command.options.on_progress = [&](std::int64_t done, std::int64_t) { progress.update(done); };
  const auto strongest = strongest_pictures(model, *dataset, layer, channels, command.options);
  progress.finish();
  std::vector<Found> all;
  std::vector<std::vector<StrongView>> views(channels.size());
  for (std::size_t i = 0; i < channels.size(); ++i) {
    for (const StrongPicture& strong : strongest[i]) {
      views[i].push_back(view_of(model, *dataset, layer, strong));
      const auto label = static_cast<std::size_t>(dataset->label(strong.index));
      all.push_back({.channel = channels[i],
                     .strong = strong,
                     .seen = views[i].back().seen,
                     .label = dataset->class_names().at(label)});
    }
  }
  zoo::write_png(command.out, zoo::to_image(draw_views(views, command.tile)));
  print_found(all, command, globals);
}

}  // namespace

void add_features_command(Command& program, const GlobalOptions& globals) {
  Command command =
      program.add_command("features", "Show what in a data set a channel answers to most");
  auto options = std::make_shared<FeaturesCommand>();
  add_model_options(command, options->model);
  command.add_option("--data", options->data, "Data set (cameo datasets) or folder").required();
  command.add_option("--split", options->split, "Which part of it").show_default();
  command.add_option("--count", options->count, "Pictures of a drawn data set")
      .between(1, 10000000);
  command.add_option("--layer", options->layer, "The layer of the channels").required();
  command.add_option("--channel", options->channels, "Channels, comma-separated, from 0")
      .required();
  command.add_option("--top", options->options.count, "Pictures per channel")
      .between(1, 100)
      .show_default();
  command.add_option("--limit", options->options.limit, "Look at the first so many pictures")
      .between(1, 100000000);
  command.add_option("--batch", options->options.batch, "Pictures run at once")
      .between(1, 10000)
      .show_default();
  command.add_option("--tile", options->tile, "Pixels a side of each tile")
      .between(8, 1024)
      .show_default();
  command.add_option("--out", options->out, "The .png to write").required();
  command.footer(
      "Example: cameo features --data scenes --layer layer3 --channel 3,7 --out features.png");
  command.action([options, &globals] { run_features(*options, globals); });
}

}  // namespace cameo::tools
