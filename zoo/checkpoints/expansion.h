/// Internal to the readers of checkpoints.
#pragma once

#include <cstdint>

namespace cameo::zoo {

/// What a file may grow to in memory by being unpacked or converted: eight times its size and 32
/// MiB, so that a small file cannot ask for much.
class ExpansionBudget {
 public:
  explicit ExpansionBudget(std::uint64_t file_bytes)
      : left_(8 * file_bytes + (std::uint64_t{32} << 20)) {}

  /// False, and nothing is taken, when that many bytes are not left.
  bool take(std::uint64_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }

 private:
  std::uint64_t left_;
};

}  // namespace cameo::zoo
