// `cameo datasets`: what data sets there are; `cameo datasets make scenes` writes Scenes as files.
#include "zoo/datasets/datasets.h"

#include <iostream>

#include "core/error.h"
#include "core/names.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "zoo/datasets/scenes/export.h"

namespace cameo::tools {

namespace {

struct MakeCommand {
  std::string name;
  std::string out;
  bool several_objects = false;
  zoo::ScenesExportOptions scenes;
};

void print_list(const GlobalOptions& globals) {
  if (globals.json) {
    Json list = Json::array();
    for (const zoo::DatasetInfo& info : zoo::dataset_infos()) {
      list.push_back(
          {{"name", info.name}, {"description", info.description}, {"splits", info.splits}});
    }
    std::cout << list.dump(2) << "\n";
    return;
  }
  Table table({"data set", "splits", "description"});
  for (const zoo::DatasetInfo& info : zoo::dataset_infos()) {
    table.add_row({info.name, info.splits, info.description});
  }
  std::cout << table.text();
}

void make(MakeCommand command, const GlobalOptions& globals) {
  if (command.name != "scenes") {
    const std::vector<std::string> names{"scenes"};
    throw LookupError(unknown_name_message("data set to make", command.name, names));
  }
  command.scenes.seed = globals.seed;
  if (command.several_objects) command.scenes.scene = zoo::multi_object_scenes();
  std::unique_ptr<Progress> bar;
  zoo::export_scenes(command.out, command.scenes, [&](std::int64_t done, std::int64_t total) {
    if (!bar) bar = std::make_unique<Progress>("drawing", total, globals.quiet);
    bar->update(done);
  });
  if (bar) bar->finish();
  const std::int64_t pictures =
      command.scenes.train + command.scenes.validation + command.scenes.test;
  if (globals.json) {
    std::cout << Json({{"folder", command.out}, {"pictures", pictures}}).dump(2) << "\n";
  } else {
    std::cout << "wrote " << pictures << " pictures with boxes and masks to " << command.out
              << "\n";
  }
}

}  // namespace

void add_datasets_command(Command& program, const GlobalOptions& globals) {
  Command command = program.add_command("datasets", "The data sets; make writes Scenes as files");
  command.footer("Example: cameo datasets make scenes --out shapes --train 1000");
  command.require_commands(0, 1);
  command.action([command, &globals] {
    if (!command.command_chosen()) print_list(globals);
  });

  Command maker = command.add_command(
      "make", "Write pictures in class folders, boxes and masks in COCO's format");
  auto options = std::make_shared<MakeCommand>();
  maker.add_option("name", options->name, "scenes").required();
  maker.add_option("--out", options->out, "Folder to write").required();
  maker.add_option("--train", options->scenes.train, "Training pictures")
      .between(0, 10000000)
      .show_default();
  maker.add_option("--val", options->scenes.validation, "Validation pictures")
      .between(0, 10000000)
      .show_default();
  maker.add_option("--test", options->scenes.test, "Test pictures")
      .between(0, 10000000)
      .show_default();
  maker.add_option("--size", options->scenes.size, "Pixels a side").show_default();
  maker.add_flag("--multi", options->several_objects, "Two to four objects in each picture");
  maker.footer("Example: cameo datasets make scenes --out shapes --train 1000 --size 128");
  maker.action([options, &globals] { make(*options, globals); });
}

}  // namespace cameo::tools
