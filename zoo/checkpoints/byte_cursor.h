/// Walks over the pickles and numbers of PyTorch's older files. Internal to their readers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zoo/checkpoints/pickle.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// Every call moves past what it read; all throw FormatError at the end of the bytes.
class ByteCursor {
 public:
  /// `offset` is where `data` begins in the file, `what` names the kind of file in messages.
  ByteCursor(SharedBytes data, std::uint64_t offset, std::string_view what, std::string_view file);

  PickleDocument pickle();
  /// A little-endian number of up to 8 bytes.
  std::uint64_t number(std::size_t bytes);
  /// `count` elements of `element_bytes` each.
  SharedBytes elements(std::uint64_t count, std::uint64_t element_bytes);

  bool at_end() const { return position_ == data_.bytes.size(); }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  SharedBytes data_;
  std::uint64_t offset_;
  std::string_view what_;
  std::string_view file_;
  std::size_t position_ = 0;
};

}  // namespace cameo::zoo
