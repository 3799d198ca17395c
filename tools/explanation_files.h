/// What `cameo explain` leaves behind.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "tools/contact_sheet.h"
#include "tools/explain_command.h"
#include "tools/explanation_report.h"
#include "tools/json.h"
#include "tools/receipt.h"

namespace cameo::tools {

/// One picture with its results.
struct ExplainedInput {
  ModelInput input;
  Tensor behind;  ///< picture_behind()
  std::vector<ExplainResult> results;
  std::vector<Refusal> refused{};
};

/// Is --out one .png rather than a folder?
bool names_one_file(const std::string& out);

/// Throws ArgumentError for a region outside the picture.
void check_regions(const std::vector<Region>& regions, const ModelInput& input);

/// The scale of each method over all its results, by method name; evidence that is negative
/// everywhere is left out.
using SharedRanges = std::map<std::string, explain::ValueRange>;
SharedRanges shared_ranges(std::span<const ExplainedInput> inputs, const PictureStyle& style);

/// Writes pictures, values and receipts as results come, and collects the report and the contact
/// sheet. Nothing of a result stays in memory but a line of JSON and what those two need.
class ResultWriter {
 public:
  /// All must outlive the writer.
  ResultWriter(const ExplainCommand& command, const ExplainSettings& settings,
               const zoo::Model& model);

  /// Throws as zoo::write_file() does. Regions must be within the picture.
  void write(const ExplainedInput& explained, const SharedRanges& ranges);
  /// Writes the report and the contact sheet.
  void finish() const;

  /// One object per result and per refused method, as `--json` prints it.
  const Json& records() const { return records_; }

 private:
  void write_result(const ExplainedInput& explained, const ExplainResult& result,
                    const FileDigest& picture, const SharedRanges& ranges);

  const ExplainCommand& command_;
  const ExplainSettings& settings_;
  const zoo::Model& model_;
  ModelFiles model_files_;
  ExplanationReport report_;
  ContactSheet sheet_;
  Json records_ = Json::array();
};

}  // namespace cameo::tools
