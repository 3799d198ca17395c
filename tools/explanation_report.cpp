#include "tools/explanation_report.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "core/elementwise.h"
#include "tools/console.h"
#include "tools/html.h"
#include "zoo/files.h"
#include "zoo/image.h"

extern const char cameo_report_html_begin[];
extern const char cameo_report_html_end[];
extern const char cameo_report_css_begin[];
extern const char cameo_report_css_end[];
extern const char cameo_report_js_begin[];
extern const char cameo_report_js_end[];

namespace cameo::tools {

namespace {

std::string text_of(const char* begin, const char* end) { return {begin, end}; }

/// 256 colours from 0 to 1, red, green, blue.
std::string palette(explain::Colormap colormap) {
  constexpr int kColors = 256;
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < kColors; ++i) {
    for (const float channel : explain::color_at(colormap, static_cast<float>(i) / (kColors - 1))) {
      bytes.push_back(static_cast<std::uint8_t>(std::lround(channel * 255.0F)));
    }
  }
  return base64(bytes);
}

/// The map's own grid as it is displayed, before it is resized.
Tensor grid_of(const explain::Explanation& explanation, bool counterfactual,
               explain::Scaling scaling) {
  if (counterfactual) return explanation.signed_map;
  const Tensor& shape = explanation.at_pixels.defined() ? explanation.at_pixels : explanation.map;
  const std::size_t rank = shape.rank();
  return explain::display_values(explanation, shape.dim(rank - 2), shape.dim(rank - 1),
                                 {.scaling = scaling});
}

/// First cell and step on one axis, in shares of the picture's side.
Json cell_line(std::int64_t in, std::int64_t out, explain::Upsampling upsampling) {
  const auto cells = static_cast<double>(in);
  if (upsampling != explain::Upsampling::kAlignCorners) return {0.5 / cells, 1.0 / cells};
  const auto pixels = static_cast<double>(out);
  return {0.5 / pixels, in > 1 && out > 1 ? (1.0 - 1.0 / pixels) / (cells - 1.0) : 1.0};
}

Json cells_of(const Tensor& grid, const Tensor& behind, const explain::DisplayOptions& options) {
  if (options.cells) {
    const explain::CellGrid& cells = *options.cells;
    return {{cells[0].first, cells[0].step}, {cells[1].first, cells[1].step}};
  }
  return {cell_line(grid.dim(0), behind.dim(1), options.upsampling),
          cell_line(grid.dim(1), behind.dim(2), options.upsampling)};
}

std::string table_cell(const std::string& text) { return "<td>" + escape_html(text) + "</td>"; }

std::string table_row(const std::string& picture, const ExplainResult& result) {
  std::string warnings;
  for (const std::string& warning : result.explanation.warnings) {
    warnings += (warnings.empty() ? "" : "; ") + warning;
  }
  return "<tr>" + table_cell(picture) + table_cell(result.label) +
         table_cell(result.explanation.method) + table_cell(result.layer) +
         table_cell(format_number(result.explanation.logit, 2)) +
         table_cell(format_percent(result.probability, 1)) +
         table_cell(format_number(result.milliseconds, 1) + " ms") + table_cell(warnings) +
         "</tr>\n";
}

}  // namespace

std::string jpeg_uri(const Tensor& picture) {
  constexpr int kQuality = 88;
  return "data:image/jpeg;base64," + base64(zoo::encode_jpeg(zoo::to_image(picture), kQuality));
}

std::string png_uri(const Tensor& picture) {
  return "data:image/png;base64," + base64(zoo::encode_png(zoo::to_image(picture)));
}

PackedValues pack_values(const Tensor& map) {
  constexpr std::uint16_t kNotFinite = 65535;
  constexpr double kMost = 65534.0;
  PackedValues packed{.least = std::numeric_limits<float>::max(),
                      .greatest = std::numeric_limits<float>::lowest()};
  for (const float value : map.data()) {
    if (!std::isfinite(value)) continue;
    packed.least = std::min(packed.least, value);
    packed.greatest = std::max(packed.greatest, value);
  }
  if (packed.least > packed.greatest) packed.least = packed.greatest = 0.0F;
  const double range = static_cast<double>(packed.greatest) - packed.least;
  std::vector<std::uint8_t> bytes;
  bytes.reserve(map.data().size() * 2);
  for (const float value : map.data()) {
    std::uint16_t code = kNotFinite;
    if (std::isfinite(value)) {
      const double share = range > 0.0 ? (static_cast<double>(value) - packed.least) / range : 0.0;
      code = static_cast<std::uint16_t>(std::lround(share * kMost));
    }
    bytes.push_back(static_cast<std::uint8_t>(code & 0xFFU));
    bytes.push_back(static_cast<std::uint8_t>(code >> 8U));
  }
  packed.base64 = base64(bytes);
  return packed;
}

std::string json_for_script(const Json& document) {
  const std::string text = document.dump();
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

ExplanationReport::ExplanationReport(const zoo::Model& model)
    : data_{{"model", model.architecture},
            {"pictures", Json::array()},
            {"methods", Json::object()},
            {"results", Json::array()},
            {"colormaps", Json::object()}} {
  for (const std::string& name : explain::colormap_names()) {
    data_["colormaps"][name] = palette(explain::find_colormap(name));
  }
}

void ExplanationReport::add_picture(const ModelInput& input, const Tensor& behind) {
  data_["pictures"].push_back({{"name", input.name},
                               {"source", jpeg_uri(behind)},
                               {"width", behind.dim(2)},
                               {"height", behind.dim(1)},
                               {"input_width", input.tensor.dim(3)},
                               {"input_height", input.tensor.dim(2)}});
}

void ExplanationReport::add_result(const ExplainResult& result, const Tensor& behind,
                                   const PictureStyle& style, const Json& facts) {
  const explain::Explanation& explanation = result.explanation;
  const explain::DisplayOptions options = display_options(result, style);
  const explain::Display display =
      explain::display_map(explanation, behind.dim(1), behind.dim(2), options);
  const Tensor grid = grid_of(explanation, display.counterfactual, options.scaling);
  const PackedValues values = pack_values(grid);
  const bool pixels = explanation.kind == explain::MapKind::kPixel;
  Json residual;
  if (explanation.residual) residual = *explanation.residual;
  const auto map = explanation.map.data();
  const auto [least, greatest] = std::minmax_element(map.begin(), map.end());
  Json entry = {{"picture", data_["pictures"].size() - 1},
                {"method", explanation.method},
                {"kind", pixels ? "pixels" : "layer"},
                {"layer", result.layer},
                {"several_layers", result.own_layer},
                {"label", result.label},
                {"target", result.target},
                {"logit", explanation.logit},
                {"probability", result.probability},
                {"milliseconds", result.milliseconds},
                {"unit", result.unit},
                {"residual", residual},
                {"warnings", explanation.warnings},
                {"shape", explanation.map.shape()},
                {"minimum", *least},
                {"maximum", *greatest},
                {"rows", grid.dim(0)},
                {"columns", grid.dim(1)},
                {"values", values.base64},
                {"least", values.least},
                {"greatest", values.greatest},
                {"cells", cells_of(grid, behind, options)},
                {"nearest", options.upsampling == explain::Upsampling::kNearest && !options.cells},
                {"low", display.low},
                {"high", display.high},
                {"counterfactual", display.counterfactual},
                {"colormap", explain::colormap_name(colormap_of(result, display, style))},
                {"command", facts.at("command")},
                {"energy", facts.at("energy")}};
  if (is_reconstruction(explanation)) {
    entry["reconstruction"] =
        jpeg_uri(explain::gradient_picture(explanation.map, behind.dim(1), behind.dim(2)));
  }
  const explain::MethodInfo& info = explain::method_info(explanation.method);
  data_["methods"][info.name] = {{"summary", info.summary}, {"paper", info.paper}};
  rows_ += table_row(data_["pictures"].back().at("name").text(), result);
  data_["results"].push_back(std::move(entry));
}

void ExplanationReport::add_refusal(const Refusal& refusal) {
  refused_ += "<tr>" + table_cell(data_["pictures"].back().at("name").text()) +
              table_cell(refusal.method) + table_cell(refusal.reason) + "</tr>\n";
}

void ExplanationReport::write(const std::filesystem::path& path) const {
  const std::string head =
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<style>" +
      text_of(cameo_report_css_begin, cameo_report_css_end) + "</style>\n";
  std::string tables =
      "<section aria-label=\"Results\"><h2>Results</h2><div class=\"scroll\"><table "
      "class=\"results\"><thead><tr><th>picture</th><th>class</th><th>method</th><th>layer</th>"
      "<th>logit</th><th>probability</th><th>time</th><th>warnings</th></tr></thead><tbody>\n" +
      rows_ + "</tbody></table></div></section>\n";
  if (!refused_.empty()) {
    tables +=
        "<section aria-label=\"Refused\"><h2>Methods that do not apply</h2><div "
        "class=\"scroll\"><table "
        "class=\"results\"><thead><tr><th>picture</th><th>method</th><th>why</th></tr></"
        "thead><tbody>\n" +
        refused_ + "</tbody></table></div></section>\n";
  }
  const std::string body = text_of(cameo_report_html_begin, cameo_report_html_end) + tables +
                           "<script type=\"application/json\" id=\"data\">" +
                           json_for_script(data_) + "</script>\n<script>" +
                           text_of(cameo_report_js_begin, cameo_report_js_end) + "</script>\n";
  zoo::write_file(path, html_page("What the network looks at", body, head));
}

}  // namespace cameo::tools
