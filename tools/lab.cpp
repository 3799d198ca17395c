// `cameo lab`: experiments of the literature, one command each.
#include "tools/labs/lab.h"

#include <fstream>
#include <iostream>
#include <memory>

#include "tools/commands.h"

namespace cameo::tools {

namespace {

struct LabCommand {
  std::string name;
  std::string out = "labs";
  bool quick = false;
  LabSettings settings;
};

void list_labs(const GlobalOptions& globals) {
  Json document = Json::array();
  Table table({"lab", "experiment"});
  for (const Lab& lab : labs()) {
    document.push_back({{"name", lab.name}, {"summary", lab.summary}});
    table.add_row({std::string(lab.name), std::string(lab.summary)});
  }
  std::cout << (globals.json ? document.dump(2) + "\n" : table.text());
}

void print_page(const LabPage& page, const std::string& folder, const GlobalOptions& globals) {
  if (globals.json) {
    std::ifstream results(folder + "/results.json");
    std::cout << results.rdbuf();
    return;
  }
  for (const LabFigure& figure : page.figures) {
    std::cout << figure.value << "  " << figure.meaning << "\n";
  }
  for (const std::string& text : page.shows) std::cout << text << "\n";
  std::cout << "wrote " << folder << "/index.html\n";
}

void run_command(LabCommand command, const GlobalOptions& globals) {
  if (command.name == "list") return list_labs(globals);
  command.settings.globals = globals;
  command.settings.size = command.quick ? LabSize::kQuick : LabSize::kFull;
  if (command.name == "all") {
    run_all_labs(command.settings, command.out);
    std::cout << (globals.json ? Json({{"page", command.out + "/index.html"}}).dump()
                               : "wrote " + command.out + "/index.html")
              << "\n";
    return;
  }
  const Lab& lab = find_lab(command.name);
  const LabPage page = run_lab(lab, command.settings, command.out);
  print_page(page, command.out + "/" + command.name, globals);
}

}  // namespace

void add_lab_command(Command& program, const GlobalOptions& globals) {
  Command command =
      program.add_command("lab", "Do an experiment of the literature again, with a page about it");
  auto options = std::make_shared<LabCommand>();
  command.add_option("NAME", options->name, "A lab, list (what there is) or all").required();
  command.add_option("--out", options->out, "Folder for NAME/index.html and NAME/results.json")
      .show_default();
  command.add_flag("--quick", options->quick, "Smaller: about a minute a lab");
  add_model_options(command, options->settings.model);
  command.add_option("--data", options->settings.data,
                     "Your own pictures: a folder, or a data set as cameo score takes it");
  command.add_option("--boxes", options->settings.boxes,
                     "A COCO .json with the boxes of the pictures in --data");
  command.add_option("--answers", options->settings.answers,
                     "CSV files from a lab's questionnaire");
  command.footer("Example: cameo lab cam-is-gradcam --out labs --quick");
  command.action([options, &globals] { run_command(*options, globals); });
}

}  // namespace cameo::tools
