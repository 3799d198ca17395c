/// The commands of the program, one file each; every function adds its own to the app.
#pragma once

#include "tools/console.h"

namespace CLI {
class App;
}

namespace cameo::tools {

void add_train_command(CLI::App& app, const GlobalOptions& globals);
void add_eval_command(CLI::App& app, const GlobalOptions& globals);
void add_predict_command(CLI::App& app, const GlobalOptions& globals);
void add_explain_command(CLI::App& app, const GlobalOptions& globals);
void add_features_command(CLI::App& app, const GlobalOptions& globals);
void add_compare_command(CLI::App& app, const GlobalOptions& globals);
void add_score_command(CLI::App& app, const GlobalOptions& globals);
void add_inspect_command(CLI::App& app, const GlobalOptions& globals);
void add_convert_command(CLI::App& app, const GlobalOptions& globals);
void add_models_command(CLI::App& app, const GlobalOptions& globals);
void add_methods_command(CLI::App& app, const GlobalOptions& globals);
void add_metrics_command(CLI::App& app, const GlobalOptions& globals);
void add_datasets_command(CLI::App& app, const GlobalOptions& globals);
void add_bench_command(CLI::App& app, const GlobalOptions& globals);
void add_lab_command(CLI::App& app, const GlobalOptions& globals);
void add_demo_command(CLI::App& app, const GlobalOptions& globals);

}  // namespace cameo::tools
