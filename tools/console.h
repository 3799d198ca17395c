/// What the program says while it works (stderr) and how it prints tables (stdout).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cameo::tools {

/// Options every command takes.
struct GlobalOptions {
  int threads = 0;  ///< 0: all processors
  std::uint64_t seed = 0;
  bool quiet = false;
  bool json = false;
};

/// "1:05" or "2:03:00"
std::string format_duration(double seconds);
/// Fixed-point text: format_number(0.98765, 2) is "0.99".
std::string format_number(double value, int decimals);
/// "98.77 %" for 0.98765.
std::string format_percent(double share, int decimals = 2);

/// One line of progress on stderr: a bar with rate and time left on a terminal, a plain line now
/// and then elsewhere, nothing when quiet. Not thread-safe.
class Progress {
 public:
  Progress(std::string label, std::int64_t total, bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of the total; `note` is shown at the end of the line, e.g. "loss 0.31".
  void update(std::int64_t done, std::string_view note = {});
  /// Ends the line so that other text may follow.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void draw(std::int64_t done, std::string_view note, double elapsed);

  std::string label_;
  std::int64_t total_;
  std::int64_t first_ = -1;  ///< where the first update stood: a resumed run begins in the middle
  bool quiet_;
  bool terminal_;
  bool line_open_ = false;
  Clock::time_point start_;
  Clock::time_point next_;
};

/// A line of chatter on stderr, unless quiet.
void say(const GlobalOptions& globals, std::string_view text);

/// Columns of text, printed with aligned widths; numbers (cells that begin with a digit or sign)
/// are aligned right.
class Table {
 public:
  explicit Table(std::vector<std::string> header);
  void add_row(std::vector<std::string> cells);
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace cameo::tools
