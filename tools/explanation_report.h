/// One self-contained page of explanations.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "tools/explanation_pictures.h"
#include "tools/explanation_run.h"
#include "tools/json.h"

namespace cameo::tools {

/// An `<img>` source: the picture `[3,H,W]` as a JPEG in a data URI.
std::string jpeg_uri(const Tensor& picture);
/// The same, lossless.
std::string png_uri(const Tensor& picture);

/// Raw values `[H,W]` as base64 of little-endian 16-bit codes in reading order: 0 … 65534 spread
/// evenly from `least` to `greatest`, 65535 for what is not finite.
struct PackedValues {
  std::string base64;
  float least = 0.0F;
  float greatest = 0.0F;
};
PackedValues pack_values(const Tensor& map);

/// JSON that cannot end the script element it stands in; text that is not UTF-8 is repaired.
std::string json_for_script(const Json& document);

/// Collects results picture by picture; write() makes a page that draws the maps itself: pickers
/// for picture, class and method, a slider between picture and map, the value under the pointer.
class ExplanationReport {
 public:
  explicit ExplanationReport(const zoo::Model& model);
  /// Adds a picture; `behind` is `[3,H,W]`, what maps are laid over. The results that follow are
  /// its.
  void add_picture(const ModelInput& input, const Tensor& behind);
  /// `facts` are what the page says beside the map: `command` (a string) and `energy` (an object
  /// from names to shares or null).
  void add_result(const ExplainResult& result, const Tensor& behind, const PictureStyle& style,
                  const Json& facts);
  /// Of the picture added last.
  void add_refusal(const Refusal& refusal);
  /// Throws as zoo::write_file() does.
  void write(const std::filesystem::path& path) const;

 private:
  Json data_;
  std::string rows_;     ///< of the table for readers without scripts
  std::string refused_;  ///< the same of methods that do not apply
};

}  // namespace cameo::tools
