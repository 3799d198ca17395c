/// Pictures and arrays from the command line, ready for a network.
#pragma once

#include <string>
#include <vector>

#include "zoo/image.h"
#include "zoo/model.h"

namespace cameo::tools {

/// A picture named on the command line or a row of an array.
struct ModelInput {
  std::string name;     ///< the picture's path, or "input0"
  std::string stem;     ///< for names of output files
  Tensor tensor;        ///< `[1,C,H,W]`
  zoo::Image original;  ///< the file's pixels; empty for array rows
  zoo::Image shown;     ///< what the network sees as pixels; empty for array rows
};

/// One picture as the model's preprocessing leaves it; `name` is its path or what it is called.
ModelInput picture_input(const zoo::Model& model, std::string name, zoo::Image original);
/// The same of a file.
ModelInput open_picture(const zoo::Model& model, const std::string& path);
/// Every row of a float32 `[N,C,H,W]` array, as it is. Throws FormatError when it is not that or
/// does not have the network's channels.
std::vector<ModelInput> open_array(const zoo::Model& model, const std::string& path);

}  // namespace cameo::tools
