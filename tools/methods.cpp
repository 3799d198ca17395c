// `cameo methods`: what explanation methods there are.
#include <iostream>

#include "explain/registry.h"
#include "tools/commands.h"
#include "tools/json.h"

namespace cameo::tools {

namespace {

std::string kind_name(explain::MapKind kind) {
  return kind == explain::MapKind::kLayer ? "layer" : "pixels";
}

void print_json() {
  Json list = Json::array();
  for (const std::string& name : explain::method_names()) {
    const explain::MethodInfo& info = explain::method_info(name);
    Json options = Json::array();
    for (const explain::OptionInfo& option : info.options) {
      options.push_back(
          {{"key", option.key}, {"default", option.default_value}, {"help", option.help}});
    }
    list.push_back({{"name", info.name},
                    {"kind", kind_name(info.kind)},
                    {"summary", info.summary},
                    {"paper", info.paper},
                    {"options", options}});
  }
  std::cout << list.dump(2) << "\n";
}

void print_table() {
  Table table({"method", "map", "what it shows", "source"});
  for (const std::string& name : explain::method_names()) {
    const explain::MethodInfo& info = explain::method_info(name);
    table.add_row({info.name, kind_name(info.kind), info.summary, info.paper});
  }
  std::cout << table.text();
}

}  // namespace

void add_methods_command(Command& program, const GlobalOptions& globals) {
  Command command = program.add_command("methods", "The explanation methods and their sources");
  command.footer("Example: cameo methods --json");
  command.action([&globals] { globals.json ? print_json() : print_table(); });
}

}  // namespace cameo::tools
