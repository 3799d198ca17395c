/// The parts Cameo's self-contained HTML pages are made of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cameo::tools {

/// Text made safe inside elements and attribute values.
std::string escape_html(std::string_view text);
std::string base64(std::span<const std::uint8_t> bytes);
/// A complete page: head with the shared style sheet (light and dark), `body` as it is.
std::string html_page(std::string_view title, std::string_view body);
/// The same with more in its head.
std::string html_page(std::string_view title, std::string_view body, std::string_view head);

/// One line of a chart; `x` ascends and has one value per `y`.
struct Series {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
};
struct ChartOptions {
  std::string title;
  std::string x_label;
  double low = 0.0;  ///< of the y axis
  double high = 1.0;
  bool percent = false;  ///< label the y axis in percent
};
/// An inline SVG line chart; the x axis runs from 0 to the largest x of any series.
std::string line_chart(std::span<const Series> series, const ChartOptions& options);

struct Chart {
  std::vector<Series> series;
  ChartOptions options;
};
/// Charts side by side in an SVG file of its own.
std::string svg_file(std::span<const Chart> charts);

/// One cell of a grid: a picture (data URI) with a line under it.
struct PictureCell {
  std::string picture;
  std::string label;
  bool wrong = false;  ///< the label is set off as an error
};

/// Rows of pictures under named columns; rows may be of different length.
struct PictureGrid {
  std::vector<std::string> columns;
  std::vector<std::vector<PictureCell>> rows;
};
std::string picture_grid(const PictureGrid& grid);

/// A number set large over what it is.
std::string figure_card(const std::string& value, const std::string& caption);

/// A table with cells shaded by their share of the row; rows are true classes, columns predictions.
std::string confusion_table(const std::vector<std::vector<std::int64_t>>& confusion,
                            const std::vector<std::string>& class_names);

}  // namespace cameo::tools
