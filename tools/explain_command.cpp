#include "tools/explain_command.h"

#include <algorithm>

#include "core/error.h"
#include "core/names.h"
#include "explain/presets.h"
#include "tools/options.h"

namespace cameo::tools {

namespace {

const std::vector<std::string> stages{"map", "signed", "display"};
const std::vector<std::string> alignments{"half-pixel", "corners", "receptive-field", "nearest"};
const std::vector<std::string> scales{"each", "shared"};

void check_word(const char* what, const std::string& word, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return;
  throw LookupError(unknown_name_message(what, word, known));
}

void set_alignment(PictureStyle& style, const std::string& name) {
  check_word("alignment", name, alignments);
  style.receptive_field = name == "receptive-field";
  style.upsampling = name == "corners"   ? explain::Upsampling::kAlignCorners
                     : name == "nearest" ? explain::Upsampling::kNearest
                                         : explain::Upsampling::kHalfPixel;
}

explain::ValueRange parse_range(const std::string& text) {
  const std::vector<std::string> ends = split_list("--range", text);
  explain::ValueRange range;
  if (ends.size() == 2) {
    range = {.low = static_cast<float>(parse_number("--range", ends[0])),
             .high = static_cast<float>(parse_number("--range", ends[1]))};
  }
  if (!(range.low < range.high)) {
    throw ArgumentError("--range: expected LOW,HIGH with LOW below HIGH, got \"" + text + "\"");
  }
  return range;
}

}  // namespace

void add_method_options(Command& command, ExplainRequest& request) {
  command
      .add_option("--method", request.methods, "Methods (cameo methods), comma-separated, or all")
      .show_default();
  command
      .add_option("--target", request.targets,
                  "top1, topK, INDEX, \"CLASS NAME\" or A-B (why A rather than B), comma-separated")
      .show_default();
  command
      .add_option("--layer", request.layers,
                  "Layer names, comma-separated; auto: the last one with a spatial extent")
      .show_default();
  command.add_option("--option", request.options, "KEY=VALUE of a method; may be repeated")
      .one_value_a_time();
  command.add_option("--preset", request.preset,
                     "Conventions: pytorch-grad-cam, torch-cam, captum, paper or official");
}

void add_look_options(Command& command, ExplainCommand& asked) {
  command.add_option("--colormap", asked.colormap,
                     "jet, turbo, viridis, inferno, grey, diverging or blues");
  command.add_option("--align", asked.align,
                     "Where a map's cells lie on the picture: half-pixel (spread evenly), corners, "
                     "receptive-field (at the centres of what they see) or nearest");
  command.add_option("--alpha", asked.alpha, "Share of the map in the overlay").between(0.0, 1.0);
}

void add_question_options(Command& command, ExplainCommand& asked) {
  command.add_option("image", asked.images, "Pictures: PNG, JPEG, BMP, PPM");
  command.add_option("--input-npy", asked.input_npy,
                     "A preprocessed float32 [N,C,H,W] array in place of pictures");
  add_method_options(command, asked.request);
  command.add_option(
      "--stage", asked.stage,
      "Which values: map (the method's own), signed (before its last ReLU) or display "
      "(0 to 1 at the input's size)");
  add_look_options(command, asked);
  command.add_option("--range", asked.range, "LOW,HIGH: the values at the ends of the colours");
  command.add_flag("--box", asked.box, "Draw the box at 20 % of the map's maximum");
  command.add_flag("--colorbar", asked.color_bar,
                   "Put the colours with their values beside the picture");
  add_model_options(command, asked.model);
}

void add_result_options(Command& command, ExplainCommand& asked) {
  command
      .add_option("--out", asked.out, "A .png file, or a folder for <image>.<method>.<class>.png")
      .show_default();
  command.add_flag("--npy", asked.npy, "Write the values beside each picture too");
  command.add_flag("--no-receipt", asked.no_receipt,
                   "Leave out the .json beside each picture that tells how it was made");
  command
      .add_option(
          "--scale", asked.scale,
          "each: every map's colours reach to its own maximum; shared: all maps of a method "
          "are on one scale")
      .show_default();
  command
      .add_option(
          "--region", asked.regions,
          "NAME=LEFT,TOP,RIGHT,BOTTOM in pixels of the picture as the network sees it: tell "
          "each map's share inside; may be repeated")
      .one_value_a_time();
  command.add_option("--report", asked.report, "Write one self-contained HTML page of all results");
  command.add_option("--contact-sheet", asked.contact_sheet,
                     "Write one PNG of all results, methods by targets");
  command
      .add_option("--black-box", asked.black_box,
                  "A command in place of a model: pictures come on its stdin as a float32 .npy "
                  "[N,C,H,W], it writes scores to stdout as a .npy [N,K]; for occlusion, "
                  "feature-ablation, rise, lime and kernel-shap")
      .check([](const std::string& text) {
        return text.empty() ? "expected a command" : std::string();
      });
  command
      .add_option("--black-box-timeout", asked.silence,
                  "Seconds after which a command that neither reads nor writes is stopped")
      .between(0.1, 86400.0)
      .show_default();
}

ExplainSettings settings_of(const ExplainCommand& command) {
  ExplainSettings settings;
  explain::DisplayOptions display;
  bool signed_maps = false;
  if (!command.request.preset.empty()) {
    const explain::Preset& preset = explain::find_preset(command.request.preset);
    display = preset.display;
    signed_maps = preset.signed_maps;
  }
  settings.stage = !command.stage.empty() ? command.stage : signed_maps ? "signed" : "map";
  check_word("stage", settings.stage, stages);
  PictureStyle& style = settings.style;
  style.scaling = display.scaling;
  style.upsampling = display.upsampling;
  if (!command.align.empty()) set_alignment(style, command.align);
  if (!command.colormap.empty()) style.colormap = explain::find_colormap(command.colormap);
  if (command.alpha >= 0.0) style.alpha = static_cast<float>(command.alpha);
  if (!command.range.empty()) style.range = parse_range(command.range);
  style.box = command.box;
  style.color_bar = command.color_bar;
  check_word("scale", command.scale, scales);
  settings.scale = command.scale == "shared" ? Scale::kShared : Scale::kEach;
  for (const std::string& text : command.regions) settings.regions.push_back(parse_region(text));
  return settings;
}

}  // namespace cameo::tools
