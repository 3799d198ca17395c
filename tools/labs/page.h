/// What a lab found, and the page that shows it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "tools/html.h"
#include "tools/json.h"
#include "tools/labs/figures.h"

namespace cameo::tools {

/// A cell of a table: what the page says, and the same for programs.
struct Cell {
  std::string text;
  Json value;
};
Cell cell(std::string text);
Cell cell(std::int64_t count);
Cell cell(double value, int decimals);
/// As "31.0 %".
Cell percent_cell(double share);
Cell cell(const Rate& rate);
Cell cell(const Mean& mean, int decimals = 2);
/// Of shares 0 … 1, in percent.
Cell percent_cell(const Mean& mean);

/// Parts of a page, in the order they are shown.
struct LabHeading {
  std::string text;
};
struct LabText {
  std::string text;
};
struct LabTable {
  std::string name;     ///< in results.json
  std::string caption;  ///< a line above it
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};
struct LabChart {
  std::string name;           ///< in results.json
  std::vector<Series> lines;  ///< three at most
  ChartOptions options;
};
struct LabPictures {
  std::string caption;
  PictureGrid grid;
};
/// One picture as wide as it is, on narrow screens as wide as the page.
struct LabImage {
  std::string caption;
  std::string source;  ///< data URI
};
/// A link to one of LabPage::files.
struct LabLink {
  std::string file;
  std::string text;
};
using LabPart =
    std::variant<LabHeading, LabText, LabTable, LabChart, LabPictures, LabImage, LabLink>;

/// A number set large, e.g. {"31.0 % [28.1, 35.2]", "top-1 localisation error of Grad-CAM"}.
struct LabFigure {
  std::string value;
  std::string meaning;
};

/// A file beside the page.
struct LabFile {
  std::string name;
  std::string text;
};

struct LabPage {
  std::string title;
  std::string paper;                 ///< the experiment's, with its section
  std::string question;              ///< what was asked
  std::vector<std::string> how;      ///< paragraphs
  std::vector<std::string> differs;  ///< from the paper
  std::vector<LabFigure> figures;    ///< the first one stands on the front page
  std::vector<LabPart> parts;
  std::vector<std::string> shows;   ///< made from the numbers
  std::vector<std::string> change;  ///< what would change it
  std::string picture;              ///< data URI for the front page; may be empty
  std::vector<LabFile> files{};
};

/// What stands beside a page's content.
struct LabOrigin {
  std::string lab;      ///< its name
  std::string command;  ///< that makes the page again
  std::string size;     ///< "full", "quick"
  std::uint64_t seed = 0;
};

std::string lab_html(const LabPage& page, const LabOrigin& origin);
/// The page's words, figures, tables and charts.
Json lab_json(const LabPage& page, const LabOrigin& origin);
/// `folder`/index.html, results.json and the page's files, each complete or not at all. Makes the
/// folder. Throws as zoo::write_file() does, FileError when the folder cannot be made.
void write_lab(const std::filesystem::path& folder, const LabPage& page, const LabOrigin& origin);

}  // namespace cameo::tools
