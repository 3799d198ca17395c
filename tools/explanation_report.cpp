#include "tools/explanation_report.h"

#include "tools/console.h"
#include "tools/explanation_pictures.h"
#include "tools/html.h"
#include "zoo/files.h"
#include "zoo/image.h"

namespace cameo::tools {

namespace {

std::string image_cell(const std::string& uri, const std::string& label) {
  return "<figure><img src=\"" + uri + "\" alt=\"" + escape_html(label) + "\"><figcaption>" +
         label + "</figcaption></figure>\n";
}

std::string result_label(const ExplainResult& result) {
  std::string label = "<b>" + escape_html(result.explanation.method) + "</b> · " +
                      escape_html(result.layer) + "<br>" + escape_html(result.label) + ", logit " +
                      format_number(result.explanation.logit, 2) + ", " +
                      format_percent(result.probability, 1);
  for (const std::string& warning : result.explanation.warnings) {
    label += "<br><em>" + escape_html(warning) + "</em>";
  }
  return label;
}

}  // namespace

std::string jpeg_uri(const Tensor& picture) {
  constexpr int kQuality = 88;
  return "data:image/jpeg;base64," + base64(zoo::encode_jpeg(zoo::to_image(picture), kQuality));
}

std::string png_uri(const Tensor& picture) {
  return "data:image/png;base64," + base64(zoo::encode_png(zoo::to_image(picture)));
}

void ExplanationReport::add(const ModelInput& input, const Tensor& behind,
                            std::span<const ExplainResult> results) {
  body_ += "<h2>" + escape_html(input.name) + "</h2>\n<div class=\"gallery\">\n";
  body_ += image_cell(jpeg_uri(behind), "what the network sees");
  for (const ExplainResult& result : results) {
    const Tensor picture =
        explanation_picture(result.explanation, behind,
                            {.color_bar = result.explanation.kind == explain::MapKind::kLayer});
    body_ += image_cell(jpeg_uri(picture), result_label(result));
  }
  body_ += "</div>\n";
}

void ExplanationReport::write(const std::filesystem::path& path) const {
  const std::string heading =
      "<p class=\"soft\">cameo explain</p><h1>What the network looks at</h1>\n<p>" +
      escape_html(model_.architecture) +
      ". Layer maps are laid over the picture, their values beside them; pixel maps "
      "stand alone.</p>\n";
  zoo::write_file(path, html_page("What the network looks at", heading + body_));
}

}  // namespace cameo::tools
