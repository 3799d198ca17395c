/// The options that name a model, as every command that runs one takes them.
#pragma once

#include <string>
#include <vector>

#include "tools/command_line.h"
#include "tools/console.h"
#include "zoo/model.h"

namespace cameo::tools {

struct ModelChoice {
  std::string model;  ///< a zoo name or a file; empty: the built-in one
  std::string weights;
  bool allow_partial = false;
  std::string classes_file;
  std::string preprocess;
  std::int64_t resize = 0;
  std::int64_t crop = 0;
  std::string mean;
  std::string std;
};

void add_model_options(Command& command, ModelChoice& choice);

/// Puts the chosen preprocessing in place of the model's own. Throws LookupError and ArgumentError.
void override_preprocess(zoo::Model& model, const ModelChoice& choice);

/// Throws what the readers throw; ArgumentError for a zoo name without weights. Chatter (the
/// built-in model was chosen, tensors were left out) goes to stderr.
zoo::Model open_model(const ModelChoice& choice, const GlobalOptions& globals);

/// The name of a class, or "class 3" where the model has no names.
std::string class_label(const zoo::Model& model, std::int64_t index);

}  // namespace cameo::tools
