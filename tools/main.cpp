// The `cameo` program: options that every command takes, and the one place where an exception
// becomes a message and an exit code.
#include <csignal>
#include <iostream>
#include <new>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "core/error.h"
#include "core/parallel.h"
#include "tools/commands.h"
#include "tools/console.h"
#include "tools/version.h"

namespace {

using cameo::tools::Command;
using cameo::tools::GlobalOptions;

constexpr int kDone = 0;
constexpr int kWorkFailed = 1;
constexpr int kBadRequest = 2;

void add_global_options(Command& program, GlobalOptions& globals) {
  program.add_option("--threads", globals.threads, "Threads to use (default: all processors)")
      .between(1, 1024);
  // Without the check CLI11 would wrap -1 round to a large number.
  program.add_option("--seed", globals.seed, "Seed of everything random")
      .check([](const std::string& text) {
        return text.starts_with('-') ? "expected a whole number from 0, got " + text
                                     : std::string();
      })
      .show_default();
  program.add_flag("--quiet", globals.quiet, "No progress and no chatter on stderr");
  program.add_flag("--json", globals.json, "One JSON document on stdout instead of a table");
  program.add_version_flag("--version", std::string("cameo ") + cameo::kVersion);
}

void add_commands(Command& program, const GlobalOptions& globals) {
  using namespace cameo::tools;
  add_demo_command(program, globals);
  add_train_command(program, globals);
  add_eval_command(program, globals);
  add_predict_command(program, globals);
  add_explain_command(program, globals);
  add_features_command(program, globals);
  add_compare_command(program, globals);
  add_score_command(program, globals);
  add_inspect_command(program, globals);
  add_convert_command(program, globals);
  add_models_command(program, globals);
  add_methods_command(program, globals);
  add_metrics_command(program, globals);
  add_datasets_command(program, globals);
  add_lab_command(program, globals);
  add_bench_command(program, globals);
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

int run(int argc, char** argv) {
  cameo::tools::CommandLine line("cameo",
                                 "Cameo trains small CNNs and shows what a network looked at.");
  Command program = line.program();
  program.require_commands(1, 1);
  GlobalOptions globals;
  add_global_options(program, globals);
  add_commands(program, globals);
  program.before_actions([&globals] { cameo::set_default_threads(globals.threads); });
  line.run(argc, argv);
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
