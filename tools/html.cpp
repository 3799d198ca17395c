#include "tools/html.h"

#include <algorithm>
#include <cmath>

#include "tools/console.h"

namespace cameo::tools {

namespace {

constexpr std::string_view kStyle = R"css(
:root { --ink:#1d2330; --soft:#5d6675; --paper:#fbfaf7; --card:#ffffff; --line:#e3e1da; --accent:#0b6e75;
  --c0:#0b6e75; --c1:#c8553d; --c2:#7a5ba6; --cell:11,110,117; }
@media (prefers-color-scheme: dark) { :root { --ink:#e8e6e1; --soft:#a2a9b5; --paper:#15181e; --card:#1d2129;
  --line:#343a45; --accent:#5cc3c9; --c0:#5cc3c9; --c1:#f08a6d; --c2:#b79be0; --cell:92,195,201; } }
* { box-sizing:border-box; }
body { margin:0; background:var(--paper); color:var(--ink); font:16px/1.55 system-ui,"Segoe UI","DejaVu Sans",sans-serif; }
main { max-width:1180px; margin:0 auto; padding:2rem 1.25rem 4rem; }
h1 { font-size:2rem; line-height:1.2; margin:.5rem 0; letter-spacing:-.01em; }
h2 { font-size:1.3rem; margin:2.6rem 0 .4rem; }
p { max-width:70ch; margin:.5rem 0; } .soft { color:var(--soft); }
a { color:var(--accent); }
.figures { display:grid; grid-template-columns:repeat(auto-fit,minmax(170px,1fr)); gap:.8rem; margin:1.4rem 0; }
.figure { background:var(--card); border:1px solid var(--line); border-radius:10px; padding:.8rem 1rem; }
.figure b { display:block; font-size:1.45rem; font-variant-numeric:tabular-nums; }
.figure span { color:var(--soft); font-size:.88rem; }
.charts { display:grid; grid-template-columns:repeat(auto-fit,minmax(320px,1fr)); gap:1rem; }
.chart { background:var(--card); border:1px solid var(--line); border-radius:10px; padding:.6rem; }
.chart svg { width:100%; height:auto; display:block; }
.scroll { overflow-x:auto; -webkit-overflow-scrolling:touch; }
table { border-collapse:collapse; font-variant-numeric:tabular-nums; font-size:.9rem; }
.confusion td,.confusion th { padding:.25rem .5rem; text-align:right; border:1px solid var(--line); font-weight:400; }
.confusion thead th { vertical-align:bottom; } .confusion th:first-child { text-align:left; }
.maps th { font-weight:500; font-size:.85rem; color:var(--soft); padding:.2rem .15rem; text-align:left;
  position:sticky; top:0; background:var(--paper); z-index:1; }
.maps td { padding:.2rem .15rem; vertical-align:top; }
.maps img { width:clamp(104px,calc(1130px / var(--columns) - 7px),136px); aspect-ratio:1; display:block; border-radius:6px; }
.maps .label { font-size:.8rem; color:var(--soft); margin-top:.15rem; max-width:136px; }
.maps .wrong { color:var(--c1); }
.results { margin:.6rem 0; font-size:.86rem; } .results td,.results th { padding:.3rem .7rem .3rem 0; border-bottom:1px solid var(--line); text-align:left;
  white-space:nowrap; } .results th { font-weight:500; color:var(--soft); white-space:normal; vertical-align:bottom; }
.results td:first-child { white-space:normal; min-width:8rem; } caption { text-align:left; color:var(--soft); padding:.2rem 0; max-width:min(70ch,calc(100vw - 2.5rem)); }
.sheet { max-width:100%; height:auto; border-radius:6px; }
.gallery { display:grid; grid-template-columns:repeat(auto-fill,minmax(240px,1fr)); gap:1rem; }
.gallery figure { margin:0; background:var(--card); border:1px solid var(--line); border-radius:10px; padding:.6rem; }
.gallery img { width:100%; aspect-ratio:1; object-fit:cover; object-position:top; display:block; border-radius:6px; } figcaption { font-size:.85rem; margin-top:.4rem; }
code,pre { font:.88em ui-monospace,"DejaVu Sans Mono",monospace; } pre { background:var(--card); border:1px solid var(--line);
  border-radius:8px; padding:.7rem .9rem; overflow-x:auto; }
)css";

constexpr std::string_view kChartStyle = R"css(
svg text { fill:var(--soft); font:12px system-ui,"DejaVu Sans",sans-serif; } svg .title { fill:var(--ink); font-size:14px; }
svg .grid { stroke:var(--line); } .s0 { stroke:var(--c0); fill:var(--c0); } .s1 { stroke:var(--c1); fill:var(--c1); }
.s2 { stroke:var(--c2); fill:var(--c2); } polyline { fill:none !important; stroke-width:2.2; }
)css";

constexpr double kWidth = 460;
constexpr double kHeight = 260;
constexpr double kLeft = 48;
constexpr double kRight = 12;
constexpr double kTop = 52;
constexpr double kBottom = 36;

double chart_x(double x, double x_end) {
  return kLeft + (x_end > 0 ? x / x_end : 0.0) * (kWidth - kLeft - kRight);
}

double chart_y(double value, const ChartOptions& options) {
  const double share = std::clamp((value - options.low) / (options.high - options.low), 0.0, 1.0);
  return kHeight - kBottom - share * (kHeight - kTop - kBottom);
}

std::string number(double value) { return format_number(value, 1); }

std::string text_at(double x, double y, std::string_view anchor, std::string_view text,
                    std::string_view css = "") {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" +
         std::string(anchor) + "\" class=\"" + std::string(css) + "\">" + escape_html(text) +
         "</text>";
}

std::string chart_grid(const ChartOptions& options) {
  constexpr int kLines = 5;
  std::string svg;
  for (int i = 0; i < kLines; ++i) {
    const double value = options.low + (options.high - options.low) * i / (kLines - 1);
    const double y = chart_y(value, options);
    svg += "<line class=\"grid\" x1=\"" + number(kLeft) + "\" x2=\"" + number(kWidth - kRight) +
           "\" y1=\"" + number(y) + "\" y2=\"" + number(y) + "\"/>";
    svg += text_at(kLeft - 6, y + 4, "end",
                   options.percent ? format_percent(value, 0) : format_number(value, 2));
  }
  return svg;
}

std::string chart_series(const Series& series, std::size_t index, double x_end,
                         const ChartOptions& options) {
  constexpr std::size_t kMostDots = 12;  // more would hide the line
  const std::string css = "s" + std::to_string(index % 3);
  std::string points;
  std::string dots;
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    const std::string x = number(chart_x(series.x[i], x_end));
    const std::string y = number(chart_y(series.y[i], options));
    points += x + "," + y + " ";
    if (series.y.size() > kMostDots) continue;
    dots += "<circle class=\"" + css + "\" r=\"3.4\" cx=\"" + x + "\" cy=\"" + y + "\"><title>" +
            escape_html(series.name) + ": " +
            (options.percent ? format_percent(series.y[i]) : format_number(series.y[i], 4)) +
            "</title></circle>";
  }
  const double legend = kLeft + 130.0 * static_cast<double>(index);
  return "<polyline class=\"" + css + "\" points=\"" + points + "\"/>" + dots + "<rect class=\"" +
         css + "\" x=\"" + number(legend) + "\" y=\"30\" width=\"12\" height=\"4\"/>" +
         text_at(legend + 17, 36, "start", series.name);
}

/// 1, 2 or 5 times a power of ten, at most ten of which lie within `extent`; a whole number where
/// that is one.
double round_step(double extent) {
  if (!(extent > 0.0) || (extent < 10.0 && std::floor(extent) == extent)) return 1.0;
  const double unit = std::pow(10.0, std::floor(std::log10(extent)) - 1.0);
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * unit * 10.0 >= extent) return factor * unit;
  }
  return 10.0 * unit;
}

std::string chart_body(std::span<const Series> series, const ChartOptions& options) {
  double x_end = 0.0;
  for (const Series& one : series) {
    for (const double x : one.x) x_end = std::max(x_end, x);
  }
  std::string svg = text_at(kLeft, 18, "start", options.title, "title") + chart_grid(options);
  for (std::size_t i = 0; i < series.size(); ++i) svg += chart_series(series[i], i, x_end, options);
  const double step = round_step(x_end);
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step))));
  for (int i = 0; i * step <= x_end; ++i) {
    svg += text_at(chart_x(i * step, x_end), kHeight - kBottom + 16, "middle",
                   format_number(i * step, decimals));
  }
  return svg + text_at((kLeft + kWidth - kRight) / 2, kHeight - 4, "middle", options.x_label);
}

std::string cell_html(const PictureCell& cell) {
  return "<td><img loading=\"lazy\" src=\"" + cell.picture + "\" alt=\"" + escape_html(cell.label) +
         "\"><div class=\"label" + (cell.wrong ? " wrong" : "") + "\">" + escape_html(cell.label) +
         "</div></td>";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) group = group << 8U | (k < count ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kDigits[group >> (18U - 6U * k) & 63U] : '=';
    }
  }
  return text;
}

std::string html_page(std::string_view title, std::string_view body) {
  return html_page(title, body, {});
}

std::string html_page(std::string_view title, std::string_view body, std::string_view head) {
  std::string page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  page += "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n";
  page += "<link rel=\"icon\" href=\"data:,\">\n<title>" + escape_html(title) + "</title>\n<style>";
  page.append(kStyle)
      .append(kChartStyle)
      .append("</style>\n")
      .append(head)
      .append("</head>\n<body>\n<main>\n");
  return page.append(body).append("\n</main>\n</body>\n</html>\n");
}

std::string line_chart(std::span<const Series> series, const ChartOptions& options) {
  return "<div class=\"chart\"><svg viewBox=\"0 0 460 260\" role=\"img\" aria-label=\"" +
         escape_html(options.title) + "\">" + chart_body(series, options) + "</svg></div>\n";
}

std::string svg_file(std::span<const Chart> charts) {
  constexpr double kGap = 20;
  const double width = static_cast<double>(charts.size()) * (kWidth + kGap);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) +
                    " " + number(kHeight) + "\">\n<style>";
  svg +=
      "\nsvg { --ink:#1d2330; --soft:#5d6675; --line:#e3e1da; --c0:#0b6e75; --c1:#c8553d; "
      "--c2:#7a5ba6; }";
  svg.append(kChartStyle).append("</style>\n");
  svg += "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
  double x = 0.0;
  for (const Chart& chart : charts) {
    svg += "<g transform=\"translate(" + number(x) + " 0)\">" +
           chart_body(chart.series, chart.options) + "</g>\n";
    x += kWidth + kGap;
  }
  return svg + "</svg>\n";
}

std::string picture_grid(const PictureGrid& grid) {
  std::size_t columns = std::max<std::size_t>(1, grid.columns.size());
  for (const auto& row : grid.rows) columns = std::max(columns, row.size());
  std::string html =
      "<div class=\"scroll\"><table class=\"maps\" style=\"--columns:" + std::to_string(columns) +
      "\"><thead><tr>";
  for (const std::string& column : grid.columns) html += "<th>" + escape_html(column) + "</th>";
  html += "</tr></thead><tbody>\n";
  for (const std::vector<PictureCell>& row : grid.rows) {
    html += "<tr>";
    for (const PictureCell& cell : row) html += cell_html(cell);
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string figure_card(const std::string& value, const std::string& caption) {
  return "<div class=\"figure\"><b>" + escape_html(value) + "</b><span>" + escape_html(caption) +
         "</span></div>";
}

std::string confusion_table(const std::vector<std::vector<std::int64_t>>& confusion,
                            const std::vector<std::string>& class_names) {
  std::string html =
      "<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th>true \\ predicted</th>";
  for (const std::string& name : class_names) html += "<th>" + escape_html(name) + "</th>";
  html += "</tr></thead><tbody>";
  for (std::size_t row = 0; row < confusion.size(); ++row) {
    std::int64_t total = 0;
    for (const std::int64_t count : confusion[row]) total += count;
    html += "<tr><th>" + escape_html(class_names.at(row)) + "</th>";
    for (const std::int64_t count : confusion[row]) {
      const double share =
          total > 0 ? static_cast<double>(count) / static_cast<double>(total) : 0.0;
      // A single error must be visible beside a diagonal of hundreds.
      const double shade = count == 0 ? 0.0 : 0.12 + 0.6 * share;
      html += "<td style=\"background:rgba(var(--cell)," + format_number(shade, 2) + ")\">" +
              (count == 0 ? "" : std::to_string(count)) + "</td>";
    }
    html += "</tr>";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace cameo::tools
