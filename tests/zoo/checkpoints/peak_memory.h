/// How much memory this process has at most had, on Linux.
#pragma once

#include <malloc.h>

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

namespace cameo::zoo {

/// MiB by which the peak of resident memory rose since the object was made.
class PeakMemory {
 public:
  PeakMemory() {
#if defined(__GLIBC__)
    malloc_trim(0);  // freed memory that is kept would hide what comes
#endif
    std::ofstream reset("/proc/self/clear_refs");
    reset << "5" << std::flush;
    if (reset.good()) before_ = peak();
  }

  /// Nothing where the system does not say, and under sanitizers, whose own memory is in the way.
  std::optional<std::int64_t> risen() const {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return std::nullopt;
#else
    if (!before_) return std::nullopt;
    return (*peak() - *before_) / 1024;
#endif
  }

 private:
  /// KiB.
  static std::optional<std::int64_t> peak() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6));
    }
    return std::nullopt;
  }

  std::optional<std::int64_t> before_;
};

}  // namespace cameo::zoo
