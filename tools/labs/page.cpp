#include "tools/labs/page.h"

#include <cmath>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "tools/console.h"
#include "zoo/files.h"

namespace cameo::tools {

namespace {

/// JSON has no NaN.
Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json to_json(const Mean& mean) {
  return {{"mean", number_or_null(mean.value)},
          {"low", number_or_null(mean.low)},
          {"high", number_or_null(mean.high)},
          {"count", mean.count}};
}

std::string paragraph(const std::string& text) { return "<p>" + escape_html(text) + "</p>\n"; }

std::string section(const std::string& heading, const std::vector<std::string>& paragraphs) {
  if (paragraphs.empty()) return "";
  std::string html = "<h2>" + heading + "</h2>\n";
  for (const std::string& text : paragraphs) html += paragraph(text);
  return html;
}

struct PartHtml {
  std::string operator()(const LabHeading& part) const {
    return "<h2>" + escape_html(part.text) + "</h2>\n";
  }
  std::string operator()(const LabText& part) const { return paragraph(part.text); }
  std::string operator()(const LabTable& part) const {
    std::string html = "<div class=\"scroll\"><table class=\"results\"><caption>" +
                       escape_html(part.caption) + "</caption><thead><tr>";
    for (const std::string& column : part.columns) html += "<th>" + escape_html(column) + "</th>";
    html += "</tr></thead><tbody>\n";
    for (const std::vector<Cell>& row : part.rows) {
      html += "<tr>";
      for (const Cell& one : row) html += "<td>" + escape_html(one.text) + "</td>";
      html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
  }
  std::string operator()(const LabChart& part) const {
    return "<div class=\"charts\" style=\"max-width:560px\">" +
           line_chart(part.lines, part.options) + "</div>\n";
  }
  std::string operator()(const LabPictures& part) const {
    return paragraph(part.caption) + picture_grid(part.grid);
  }
  std::string operator()(const LabImage& part) const {
    return paragraph(part.caption) + "<img class=\"sheet\" loading=\"lazy\" src=\"" + part.source +
           "\" alt=\"" + escape_html(part.caption) + "\">\n";
  }
  std::string operator()(const LabLink& part) const {
    return "<p><a href=\"" + escape_html(part.file) + "\">" + escape_html(part.text) + "</a></p>\n";
  }
};

Json table_json(const LabTable& table) {
  Json rows = Json::array();
  for (const std::vector<Cell>& row : table.rows) {
    Json values = Json::array();
    for (const Cell& one : row) values.push_back(one.value);
    rows.push_back(std::move(values));
  }
  return {{"caption", table.caption}, {"columns", table.columns}, {"rows", std::move(rows)}};
}

Json chart_json(const LabChart& chart) {
  Json lines = Json::array();
  for (const Series& line : chart.lines) {
    lines.push_back({{"name", line.name}, {"x", line.x}, {"y", line.y}});
  }
  return {{"title", chart.options.title},
          {"x_label", chart.options.x_label},
          {"lines", std::move(lines)}};
}

}  // namespace

Cell cell(std::string text) {
  Json value = text;
  return {.text = std::move(text), .value = std::move(value)};
}
Cell cell(std::int64_t count) { return {.text = std::to_string(count), .value = count}; }
Cell cell(double value, int decimals) {
  return {.text = std::isfinite(value) ? format_number(value, decimals) : "none",
          .value = number_or_null(value)};
}
Cell percent_cell(double share) {
  return {.text = format_percent(share, 1), .value = number_or_null(share)};
}
Cell cell(const Rate& rate) {
  return {.text = to_text(rate),
          .value = {{"share", rate.share()},
                    {"low", rate.low()},
                    {"high", rate.high()},
                    {"hits", rate.hits},
                    {"total", rate.total}}};
}
Cell cell(const Mean& mean, int decimals) {
  return {.text = to_text(mean, decimals), .value = to_json(mean)};
}
Cell percent_cell(const Mean& mean) {
  return {.text = to_percent_text(mean), .value = to_json(mean)};
}

std::string lab_html(const LabPage& page, const LabOrigin& origin) {
  std::string body = "<p class=\"soft\">Cameo lab: " + escape_html(origin.lab) + "</p><h1>" +
                     escape_html(page.title) + "</h1>\n<p class=\"soft\">" +
                     escape_html(page.paper) + " Size: " + escape_html(origin.size) + ", seed " +
                     std::to_string(origin.seed) + ".</p>\n<div class=\"figures\">";
  for (const LabFigure& figure : page.figures) body += figure_card(figure.value, figure.meaning);
  body += "</div>\n" + section("What was asked", {page.question}) + section("How", page.how);
  for (const LabPart& part : page.parts) body += std::visit(PartHtml{}, part);
  body += section("What it shows", page.shows);
  body += section("Where this differs from the paper", page.differs);
  body += section("What would change it", page.change);
  body += "<h2>Make this page again</h2>\n<pre>" + escape_html(origin.command) + "</pre>\n";
  body +=
      "<p class=\"soft\">In brackets 95 % confidence intervals: the score interval for rates, "
      "the bootstrap over pictures for means. All numbers are in <a "
      "href=\"results.json\">results.json</a>.</p>\n";
  return html_page(page.title, body);
}

Json lab_json(const LabPage& page, const LabOrigin& origin) {
  Json document{{"lab", origin.lab},         {"title", page.title},     {"paper", page.paper},
                {"size", origin.size},       {"seed", origin.seed},     {"command", origin.command},
                {"question", page.question}, {"how", page.how},         {"shows", page.shows},
                {"differs", page.differs},   {"change", page.change},   {"figures", Json::array()},
                {"tables", Json::object()},  {"charts", Json::object()}};
  for (const LabFigure& figure : page.figures) {
    document["figures"].push_back({{"value", figure.value}, {"meaning", figure.meaning}});
  }
  for (const LabPart& part : page.parts) {
    if (const auto* table = std::get_if<LabTable>(&part)) {
      document["tables"][table->name] = table_json(*table);
    } else if (const auto* chart = std::get_if<LabChart>(&part)) {
      document["charts"][chart->name] = chart_json(*chart);
    }
  }
  return document;
}

void write_lab(const std::filesystem::path& folder, const LabPage& page, const LabOrigin& origin) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw FileError(folder.string() + ": cannot make this folder: " + error.message());
  for (const LabFile& file : page.files) zoo::write_file(folder / file.name, file.text);
  const Json document = lab_json(page, origin);
  zoo::write_file(folder / "results.json", document.dump(2) + "\n");
  zoo::write_file(folder / "index.html", lab_html(page, origin));
}

}  // namespace cameo::tools
