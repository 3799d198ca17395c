// `cameo metrics`: by what explanations are measured.
#include <iostream>

#include "explain/metrics/registry.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/score_report.h"

namespace cameo::tools {

namespace {

void print_json() {
  Json list = Json::array();
  for (const std::string& name : explain::metric_names()) {
    const explain::MetricInfo& info = explain::metric_info(name);
    Json options = Json::array();
    for (const explain::OptionInfo& option : info.options) {
      options.push_back(
          {{"key", option.key}, {"default", option.default_value}, {"help", option.help}});
    }
    list.push_back({{"name", info.name},
                    {"better", better_name(info.better)},
                    {"summary", info.summary},
                    {"paper", info.paper},
                    {"options", options}});
  }
  std::cout << list.dump(2) << "\n";
}

void print_table() {
  Table table({"metric", "better", "what it measures", "source"});
  for (const std::string& name : explain::metric_names()) {
    const explain::MetricInfo& info = explain::metric_info(name);
    table.add_row({info.name, better_name(info.better), info.summary, info.paper});
  }
  std::cout << table.text();
}

}  // namespace

void add_metrics_command(Command& program, const GlobalOptions& globals) {
  Command command = program.add_command("metrics", "The metrics of explanations, their sources");
  command.footer("Example: cameo metrics --json");
  command.action([&globals] { globals.json ? print_json() : print_table(); });
}

}  // namespace cameo::tools
