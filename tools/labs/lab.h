/// The laboratory: experiments of the literature at a size that two cores finish in minutes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/console.h"
#include "tools/labs/page.h"
#include "tools/model_options.h"

namespace cameo::tools {

enum class LabSize {
  kTiny,   ///< of the program's own tests: every step runs, the figures mean nothing
  kQuick,  ///< well under a minute
  kFull,   ///< under fifteen minutes
};

struct LabSettings {
  LabSize size = LabSize::kFull;
  ModelChoice model{};                 ///< the network for Scenes that comes with the program
  std::string data{};                  ///< a reader's own pictures; Scenes when empty
  std::string boxes{};                 ///< a COCO .json for the pictures in the folder `data`
  std::vector<std::string> answers{};  ///< CSV files of a questionnaire
  GlobalOptions globals{};

  std::uint64_t seed() const { return globals.seed; }
  std::int64_t by_size(std::int64_t tiny, std::int64_t quick, std::int64_t full) const {
    return size == LabSize::kTiny ? tiny : size == LabSize::kQuick ? quick : full;
  }
  /// For what is no larger at full size.
  std::int64_t by_size(std::int64_t tiny, std::int64_t otherwise) const {
    return by_size(tiny, otherwise, otherwise);
  }
};

/// What a lab takes besides size and seed.
enum class LabInput {
  kScenes,   ///< nothing
  kModel,    ///< a model of the reader's, on pictures of the reader's
  kAnswers,  ///< answers to its questionnaire
};

struct Lab {
  std::string_view name;  ///< as on the command line
  std::string_view summary;
  LabPage (*run)(const LabSettings& settings);
  LabInput input = LabInput::kScenes;
};

/// In the order they are best read.
std::span<const Lab> labs();
/// Throws LookupError with close matches.
const Lab& find_lab(std::string_view name);

/// Runs the lab and writes `out`/NAME/index.html and results.json. Throws ArgumentError for
/// settings that the lab does not take, and what its parts throw.
LabPage run_lab(const Lab& lab, const LabSettings& settings, const std::string& out);

/// Runs every lab and writes `out`/index.html, which shows each in a line, a picture and a figure.
/// Labs that take no model of the reader's run as if none were named. A lab that throws does not
/// keep the others from running: the page says why, and the first of what was thrown is thrown
/// again when it is written. Throws ArgumentError for answers, which belong to one questionnaire.
void run_all_labs(const LabSettings& settings, const std::string& out);

}  // namespace cameo::tools
