/// The commands of the program, one file each; every function adds its own to the program.
#pragma once

#include "tools/command_line.h"
#include "tools/console.h"

namespace cameo::tools {

void add_train_command(Command& program, const GlobalOptions& globals);
void add_eval_command(Command& program, const GlobalOptions& globals);
void add_predict_command(Command& program, const GlobalOptions& globals);
void add_explain_command(Command& program, const GlobalOptions& globals);
void add_features_command(Command& program, const GlobalOptions& globals);
void add_compare_command(Command& program, const GlobalOptions& globals);
void add_score_command(Command& program, const GlobalOptions& globals);
void add_inspect_command(Command& program, const GlobalOptions& globals);
void add_convert_command(Command& program, const GlobalOptions& globals);
void add_models_command(Command& program, const GlobalOptions& globals);
void add_methods_command(Command& program, const GlobalOptions& globals);
void add_metrics_command(Command& program, const GlobalOptions& globals);
void add_datasets_command(Command& program, const GlobalOptions& globals);
void add_bench_command(Command& program, const GlobalOptions& globals);
void add_lab_command(Command& program, const GlobalOptions& globals);
void add_demo_command(Command& program, const GlobalOptions& globals);

}  // namespace cameo::tools
