/// The options that name a model, as every command that runs one takes them.
#pragma once

#include <string>
#include <vector>

#include "tools/console.h"
#include "zoo/model.h"

namespace CLI {
class App;
}

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

void add_model_options(CLI::App& command, ModelChoice& choice);

/// Throws what the readers throw; ArgumentError for a zoo name without weights. Chatter (the
/// built-in model was chosen, tensors were left out) goes to stderr.
zoo::Model open_model(const ModelChoice& choice, const GlobalOptions& globals);

/// The name of a class, or "class 3" where the model has no names.
std::string class_label(const zoo::Model& model, std::int64_t index);

/// Pictures named on the command line or rows of an array, ready for the network.
struct ModelInput {
  std::string name;     ///< the picture's path, or "input0"
  std::string stem;     ///< for names of output files
  Tensor tensor;        ///< `[1,C,H,W]`
  zoo::Image original;  ///< the file's pixels; empty for array rows
  zoo::Image shown;     ///< what the network sees as pixels; empty for array rows
};

/// One picture as the model's preprocessing leaves it.
ModelInput open_picture(const zoo::Model& model, const std::string& path);
/// Every row of a float32 `[N,C,H,W]` array, as it is. Throws FormatError when it is not that or
/// does not have the network's channels.
std::vector<ModelInput> open_array(const zoo::Model& model, const std::string& path);

}  // namespace cameo::tools
