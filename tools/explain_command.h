/// What `cameo explain` was asked for, as it stands on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explain/display.h"
#include "tools/command_line.h"
#include "tools/explanation_pictures.h"
#include "tools/explanation_run.h"
#include "tools/model_options.h"
#include "tools/regions.h"

namespace cameo::tools {

/// One scale for every map of a method, or each its own.
enum class Scale { kEach, kShared };

struct ExplainCommand {
  // What is explained and how it looks: what a receipt repeats.
  ModelChoice model;
  std::vector<std::string> images;
  std::string input_npy;
  ExplainRequest request;
  std::string stage;     ///< empty: the preset's, or the map
  std::string colormap;  ///< empty: the method's
  std::string align;     ///< empty: the preset's, or half-pixel
  std::string range;     ///< "LOW,HIGH", or empty
  double alpha = -1.0;   ///< below 0: the method's
  bool box = false;
  bool color_bar = false;
  // Where the scores come from instead, and what is made of the results.
  std::string black_box;
  double silence = 600.0;  ///< seconds
  std::string scale = "each";
  std::vector<std::string> regions;
  std::string from;  ///< a receipt
  std::string out = ".";
  bool npy = false;
  bool no_receipt = false;
  std::string report;
  std::string contact_sheet;
};

/// --method, --target, --layer, --option, --preset. Here as below, what is given must live while
/// the line is read.
void add_method_options(Command& command, ExplainRequest& request);
/// --colormap, --align, --alpha.
void add_look_options(Command& command, ExplainCommand& asked);
/// All options of the first kind.
void add_question_options(Command& command, ExplainCommand& asked);
/// The rest.
void add_result_options(Command& command, ExplainCommand& asked);

/// The values that the words of a command name.
struct ExplainSettings {
  std::string stage;  ///< map, signed or display
  PictureStyle style;
  Scale scale = Scale::kEach;
  std::vector<Region> regions;
};

/// Throws LookupError for unknown words and ArgumentError for values that make no sense.
ExplainSettings settings_of(const ExplainCommand& command);

}  // namespace cameo::tools
