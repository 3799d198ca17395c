#include "tools/console.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <iostream>

namespace cameo::tools {

namespace {

constexpr auto kTerminalInterval = std::chrono::milliseconds(100);
constexpr auto kPlainInterval = std::chrono::seconds(5);
constexpr int kBarWidth = 24;

bool is_number(const std::string& cell) {
  return !cell.empty() && (std::isdigit(static_cast<unsigned char>(cell[0])) != 0 ||
                           (cell.size() > 1 && (cell[0] == '-' || cell[0] == '+') &&
                            std::isdigit(static_cast<unsigned char>(cell[1])) != 0));
}

/// Code points, so that names outside ASCII line up.
std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

std::string format_number(double value, int decimals) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", decimals, value);
  return buffer;
}

std::string format_percent(double share, int decimals) {
  return format_number(100.0 * share, decimals) + " %";
}

std::string format_duration(double seconds) {
  const auto total = std::llround(std::max(0.0, seconds));
  char buffer[64];
  if (total >= 3600) {
    std::snprintf(buffer, sizeof buffer, "%lld:%02lld:%02lld", total / 3600, total / 60 % 60,
                  total % 60);
  } else {
    std::snprintf(buffer, sizeof buffer, "%lld:%02lld", total / 60, total % 60);
  }
  return buffer;
}

Progress::Progress(std::string label, std::int64_t total, bool quiet)
    : label_(std::move(label)),
      total_(total),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      start_(Clock::now()),
      next_(start_ + (terminal_ ? Clock::duration(kTerminalInterval) : kPlainInterval)) {}

Progress::~Progress() { finish(); }

void Progress::update(std::int64_t done, std::string_view note) {
  if (first_ < 0) first_ = std::max<std::int64_t>(done - 1, 0);
  const Clock::time_point now = Clock::now();
  if (quiet_ || (now < next_ && !(terminal_ && done >= total_))) return;
  next_ = now + (terminal_ ? Clock::duration(kTerminalInterval) : kPlainInterval);
  draw(done, note, std::chrono::duration<double>(now - start_).count());
}

void Progress::draw(std::int64_t done, std::string_view note, double elapsed) {
  const double share =
      total_ > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total_), 0.0, 1.0)
                 : 0.0;
  const double rate = elapsed > 0 ? static_cast<double>(done - first_) / elapsed : 0.0;
  std::string line = label_ + " ";
  if (terminal_) {
    const auto filled = static_cast<std::size_t>(std::lround(share * kBarWidth));
    line += "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] ";
  }
  line +=
      format_number(100.0 * share, 0) + "%  " + std::to_string(done) + "/" + std::to_string(total_);
  if (rate > 0) {
    line += "  " + format_number(rate, rate < 10 ? 1 : 0) + "/s  " +
            format_duration(static_cast<double>(total_ - done) / rate) + " left";
  }
  if (!note.empty()) line.append("  ").append(note);
  if (terminal_) {
    std::cerr << "\r\x1b[K" << line << std::flush;
    line_open_ = true;
  } else {
    std::cerr << line << std::endl;
  }
}

void Progress::finish() {
  if (!line_open_) return;
  std::cerr << std::endl;
  line_open_ = false;
}

void say(const GlobalOptions& globals, std::string_view text) {
  if (!globals.quiet) std::cerr << text << std::endl;
}

Table::Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }

void Table::add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

std::string Table::text() const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns, 0);
  std::vector<char> right(columns, rows_.size() > 1 ? 1 : 0);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], display_width(rows_[r].at(c)));
      if (r > 0 && !rows_[r][c].empty() && !is_number(rows_[r][c])) right[c] = 0;
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string gap(widths[c] - display_width(row[c]), ' ');
      line += (c > 0 ? "  " : "") + (right[c] != 0 ? gap + row[c] : row[c] + gap);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace cameo::tools
