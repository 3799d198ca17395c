/// The built program as a child process.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cameo::tools {

struct RunResult {
  int code = -1;   ///< exit code; -1 when a signal ended the program
  int signal = 0;  ///< the signal that ended it, or 0
  std::string out;
  std::string err;
};

struct RunOptions {
  std::optional<std::uint64_t> file_size_limit{};  ///< bytes; a disk that is full after so many
  std::filesystem::path stdout_path{};             ///< where stdout goes; kept in `out` when empty
};

/// A running program; killed when it goes out of scope.
class Program {
 public:
  /// `cameo ARGUMENTS` in the folder `where`. Throws std::runtime_error when it cannot be started.
  Program(const std::filesystem::path& where, const std::vector<std::string>& arguments,
          const RunOptions& options = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Waits for its end.
  RunResult wait();
  /// Waits for its end at most so long, then sends SIGKILL.
  RunResult wait_or_kill(std::chrono::microseconds time);

 private:
  RunResult collect(int status);

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
};

/// Program and wait() in one call.
RunResult run_cameo(const std::filesystem::path& where, const std::vector<std::string>& arguments,
                    const RunOptions& options = {});

}  // namespace cameo::tools
