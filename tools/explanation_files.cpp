#include "tools/explanation_files.h"

#include <algorithm>

#include "core/error.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/files.h"
#include "zoo/image.h"

namespace cameo::tools {

namespace {

/// Where a result goes, without the ending.
std::filesystem::path output_base(const std::string& out, const ModelInput& input,
                                  const ExplainResult& result) {
  if (names_one_file(out)) return std::filesystem::path(out).replace_extension();
  std::string name = input.stem + "." + result.explanation.method + "." + result.target;
  if (result.own_layer) name += "." + result.layer;
  return std::filesystem::path(out) / name;
}

/// A name may itself hold dots, so nothing is replaced.
std::string with_ending(const std::filesystem::path& base, const char* ending) {
  return base.string() + ending;
}

void make_folder(const std::string& out) {
  if (names_one_file(out)) return;
  std::error_code error;
  std::filesystem::create_directories(out, error);
  if (error) throw FileError(out + ": cannot make this folder: " + error.message());
}

Tensor stage_values(const std::string& stage, const ExplainResult& result, const Shape& picture,
                    const PictureStyle& style) {
  if (stage == "map") return result.explanation.map;
  if (stage == "signed") return result.explanation.signed_map;
  return explain::display_map(result.explanation, picture[2], picture[3],
                              display_options(result, style))
      .map;
}

/// The share of the map's energy in each region; null where there is none.
Json energy_of(const ExplainResult& result, const Shape& picture, const ExplainSettings& settings) {
  Json shares = Json::object();
  if (settings.regions.empty()) return shares;
  explain::DisplayOptions options = display_options(result, settings.style);
  options.scaling = explain::Scaling::kMaximum;
  const Tensor values =
      explain::display_values(result.explanation, picture[2], picture[3], options);
  for (const Region& region : settings.regions) {
    const std::optional<double> share = explain::energy_inside(values, region.box);
    shares[region.name] = share ? Json(*share) : Json();
  }
  return shares;
}

/// Adds what a warning means for the picture.
void tell_consequences(ExplainResult& result, const PictureStyle& style) {
  for (std::string& warning : result.explanation.warnings) {
    if (warning == "all evidence negative" && style.scaling == explain::Scaling::kMaximum &&
        result.explanation.kind == explain::MapKind::kLayer) {
      warning += "; the counterfactual map is shown in blue";
    }
  }
  const bool lost = style.receptive_field && !result.cells &&
                    result.explanation.kind == explain::MapKind::kLayer &&
                    !result.explanation.at_pixels.defined();
  if (lost) {
    result.explanation.warnings.emplace_back(
        "this map's cells have no receptive field of their own; they are spread evenly");
  }
}

Json record_of(const ModelInput& input, const ExplainResult& result) {
  const explain::Explanation& explanation = result.explanation;
  const auto values = explanation.map.data();
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  Json residual;
  if (explanation.residual) residual = *explanation.residual;
  return {{"image", input.name},
          {"class", result.label},
          {"index", explanation.target.index},
          {"target", result.target},
          {"logit", explanation.logit},
          {"probability", result.probability},
          {"method", explanation.method},
          {"layer", result.layer},
          {"map_size", explanation.map.shape()},
          {"min", *low},
          {"max", *high},
          {"unit", result.unit},
          {"residual", residual},
          {"warnings", explanation.warnings},
          {"milliseconds", result.milliseconds},
          {"refused", nullptr}};
}

/// With the keys of a result.
Json record_of(const ModelInput& input, const Refusal& refusal) {
  Json record{{"image", input.name},
              {"method", refusal.method},
              {"refused", refusal.reason},
              {"warnings", Json::array()},
              {"files", Json::array()}};
  for (const char* key : {"class", "index", "target", "logit", "probability", "layer", "map_size",
                          "min", "max", "unit", "residual", "milliseconds", "energy"}) {
    record[key] = nullptr;
  }
  return record;
}

}  // namespace

bool names_one_file(const std::string& out) {
  return std::filesystem::path(out).extension() == ".png" && !std::filesystem::is_directory(out);
}

void check_regions(const std::vector<Region>& regions, const ModelInput& input) {
  for (const Region& region : regions) {
    if (region.box.right <= input.tensor.dim(3) && region.box.bottom <= input.tensor.dim(2)) {
      continue;
    }
    throw ArgumentError("--region " + region.name + " leaves the picture, which is " +
                        std::to_string(input.tensor.dim(3)) + "x" +
                        std::to_string(input.tensor.dim(2)) + " pixels as the network sees it");
  }
}

SharedRanges shared_ranges(std::span<const ExplainedInput> inputs, const PictureStyle& style) {
  SharedRanges ranges;
  for (const ExplainedInput& explained : inputs) {
    for (const ExplainResult& result : explained.results) {
      const explain::Display display =
          explain::display_map(result.explanation, explained.behind.dim(1), explained.behind.dim(2),
                               display_options(result, style));
      if (display.counterfactual || !(display.low < display.high)) continue;
      const explain::ValueRange own{.low = display.low, .high = display.high};
      const auto [entry, added] = ranges.try_emplace(result.explanation.method, own);
      const explain::ValueRange both[] = {entry->second, own};
      entry->second = explain::join(both);
    }
  }
  return ranges;
}

ResultWriter::ResultWriter(const ExplainCommand& command, const ExplainSettings& settings,
                           const zoo::Model& model)
    : command_(command),
      settings_(settings),
      model_(model),
      model_files_(command.no_receipt ? ModelFiles{} : model_files(command.model)),
      report_(model) {}

void ResultWriter::write(const ExplainedInput& explained, const SharedRanges& ranges) {
  make_folder(command_.out);
  const FileDigest picture = command_.no_receipt          ? FileDigest()
                             : command_.input_npy.empty() ? FileDigest(explained.input.name)
                                                          : FileDigest(command_.input_npy);
  if (!command_.report.empty()) report_.add_picture(explained.input, explained.behind);
  for (const ExplainResult& result : explained.results) {
    write_result(explained, result, picture, ranges);
  }
  for (const Refusal& refusal : explained.refused) {
    // "all" asks for those that apply, not about the others.
    if (!asks_for_all(command_.request)) {
      records_.push_back(record_of(explained.input, refusal));
    }
    if (!command_.report.empty()) report_.add_refusal(refusal);
  }
}

void ResultWriter::write_result(const ExplainedInput& explained, const ExplainResult& given,
                                const FileDigest& picture, const SharedRanges& ranges) {
  const ModelInput& input = explained.input;
  ExplainResult result = given;
  PictureStyle style = settings_.style;
  if (const auto range = ranges.find(result.explanation.method); range != ranges.end()) {
    style.range = range->second;
  }
  tell_consequences(result, style);
  const std::filesystem::path base = output_base(command_.out, input, result);
  const Tensor drawn = explanation_picture(result, explained.behind, style);
  std::vector<std::string> files{with_ending(base, ".png")};
  zoo::write_png(files.back(), zoo::to_image(drawn));
  if (command_.npy) {
    files.push_back(with_ending(base, ".npy"));
    zoo::write_npy(files.back(),
                   stage_values(settings_.stage, result, input.tensor.shape(), style));
  }
  if (!command_.no_receipt) {
    const ReceiptSource source{command_, model_, model_files_, picture};
    files.push_back(with_ending(base, ".json"));
    zoo::write_file(files.back(), make_receipt(source, input, result, style.range).dump(2) + "\n");
  }
  Json record = record_of(input, result);
  record["energy"] = energy_of(result, input.tensor.shape(), settings_);
  if (!command_.report.empty()) {
    const auto words = arguments_of(command_, result, input.name, style.range);
    report_.add_result(result, explained.behind, style,
                       {{"command", shell_line(words)}, {"energy", record["energy"]}});
  }
  if (!command_.contact_sheet.empty()) sheet_.add(input, explained.behind, result, style);
  record["files"] = files;
  records_.push_back(std::move(record));
}

void ResultWriter::finish() const {
  if (!command_.report.empty()) report_.write(command_.report);
  if (!command_.contact_sheet.empty()) {
    zoo::write_png(command_.contact_sheet, zoo::to_image(sheet_.sheet()));
  }
}

}  // namespace cameo::tools
