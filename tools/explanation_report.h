/// One self-contained page of explanations.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "tools/explanation_run.h"

namespace cameo::tools {

/// An `<img>` source: the picture `[3,H,W]` as a JPEG in a data URI.
std::string jpeg_uri(const Tensor& picture);
/// The same, lossless.
std::string png_uri(const Tensor& picture);

/// Collects results picture by picture; write() makes the page.
class ExplanationReport {
 public:
  explicit ExplanationReport(const zoo::Model& model) : model_(model) {}
  /// `behind` is the picture `[3,H,W]` that maps are laid over.
  void add(const ModelInput& input, const Tensor& behind, std::span<const ExplainResult> results);
  /// Throws as zoo::write_file() does.
  void write(const std::filesystem::path& path) const;

 private:
  const zoo::Model& model_;
  std::string body_;
};

}  // namespace cameo::tools
