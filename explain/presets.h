/// The conventions of papers and of other programs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "explain/display.h"
#include "explain/option_values.h"

namespace cameo::explain {

/// What a paper or program does otherwise than the defaults here.
struct Preset {
  std::string name;
  std::string summary;
  /// By method; methods that are not named keep their defaults.
  std::map<std::string, OptionValues, std::less<>> options;
  DisplayOptions display;  ///< of the pictures and of display_map()
  /// Before the last ReLU: the program leaves it out.
  bool signed_maps = false;
};

/// "pytorch-grad-cam", "torch-cam", "captum", "paper", "official"
std::vector<std::string> preset_names();
/// Throws LookupError with close matches.
const Preset& find_preset(std::string_view name);

/// The preset's options of a method; those `given` win.
OptionValues with_preset(const Preset& preset, std::string_view method, OptionValues given);

}  // namespace cameo::explain
