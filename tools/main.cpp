// The `cameo` program: options that every command takes, and the one place where an exception
// becomes a message and an exit code.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <new>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "core/error.h"
#include "core/names.h"
#include "core/parallel.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/version.h"

namespace {

using cameo::tools::GlobalOptions;

constexpr int kDone = 0;
constexpr int kWorkFailed = 1;
constexpr int kBadRequest = 2;

void add_global_options(CLI::App& app, GlobalOptions& globals) {
  app.add_option("--threads", globals.threads, "Threads to use (default: all processors)")
      ->check(CLI::Range(1, 1024));
  // Without the check CLI11 would wrap -1 round to a large number.
  app.add_option("--seed", globals.seed, "Seed of everything random")
      ->check([](const std::string& text) {
        return text.starts_with('-') ? "expected a whole number from 0, got " + text
                                     : std::string();
      })
      ->capture_default_str();
  app.add_flag("--quiet", globals.quiet, "No progress and no chatter on stderr");
  app.add_flag("--json", globals.json, "One JSON document on stdout instead of a table");
  app.set_version_flag("--version", std::string("cameo ") + cameo::kVersion);
}

void add_commands(CLI::App& app, const GlobalOptions& globals) {
  using namespace cameo::tools;
  add_demo_command(app, globals);
  add_lab_command(app, globals);
  add_train_command(app, globals);
  add_eval_command(app, globals);
  add_predict_command(app, globals);
  add_explain_command(app, globals);
  add_features_command(app, globals);
  add_compare_command(app, globals);
  add_score_command(app, globals);
  add_inspect_command(app, globals);
  add_convert_command(app, globals);
  add_models_command(app, globals);
  add_methods_command(app, globals);
  add_metrics_command(app, globals);
  add_datasets_command(app, globals);
  add_bench_command(app, globals);
  for (CLI::App* command : app.get_subcommands({})) command->fallthrough();
}

/// Freed tensors stay with the process for the next ones: pages fresh from the system must be
/// cleared, which costs a training step about 5 %.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

int fail(int code, const std::string& message) {
  const std::size_t end = message.find_last_not_of(" \n");
  std::cerr << "cameo: " << message.substr(0, end + 1) << std::endl;
  return code;
}

/// The subcommand that was chosen last, or the program itself.
const CLI::App* chosen_command(const CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return app;
}

/// Every long option that a command or one of its parents takes.
std::vector<std::string> option_names(const CLI::App* command) {
  std::vector<std::string> names;
  for (; command != nullptr; command = command->get_parent()) {
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

/// CLI11 calls a mistyped command or option an unexpected argument; say what would have been right.
std::string parse_error_message(const CLI::App& app, const CLI::ParseError& error, int argc,
                                char** argv) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    commands.push_back(command->get_name());
  }
  if (chosen.empty() && argc > 1 && argv[1][0] != '-') {
    return cameo::unknown_name_message("command", argv[1], commands);
  }
  const std::string command = chosen.empty() ? "" : " " + chosen.front()->get_name();
  const std::string help = " (see cameo" + command + " --help)";
  for (const std::string& argument : app.remaining(true)) {
    if (!argument.starts_with("--")) continue;
    const std::string name = argument.substr(0, argument.find('='));
    return cameo::unknown_name_message("option", name, option_names(chosen_command(&app))) + help;
  }
  return error.what() + help;
}

int run(int argc, char** argv) {
  CLI::App app{"Cameo trains small CNNs and shows what a network looked at.", "cameo"};
  app.require_subcommand(1);
  GlobalOptions globals;
  add_global_options(app, globals);
  add_commands(app, globals);
  // Runs before the command's own callback.
  app.parse_complete_callback([&globals] { cameo::set_default_threads(globals.threads); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    app.exit(success);  // prints the help or the version
  } catch (const CLI::ParseError& error) {
    return fail(kBadRequest, parse_error_message(app, error, argc, argv));
  }
  std::cout.flush();
  if (!std::cout) return fail(kWorkFailed, "writing to standard output failed");
  return kDone;
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  // A reader that goes away early (`cameo models | head -1`) ends the program quietly, by default;
  // a file-size limit must come back as a failed write that names the file.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const cameo::RunError& error) {
    return fail(kWorkFailed, error.what());
  } catch (const cameo::Error& error) {
    return fail(kBadRequest, error.what());
  } catch (const std::bad_alloc&) {
    return fail(kWorkFailed, "out of memory");
  } catch (const std::exception& error) {
    return fail(kWorkFailed, error.what());
  }
}
