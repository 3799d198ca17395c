#include "core/error.h"

namespace cameo {

namespace {

std::string format_message(std::string_view file, std::int64_t offset, std::string_view what) {
  std::string message(file);
  if (offset >= 0) message += ": at byte " + std::to_string(offset);
  return message.append(": ").append(what);
}

}  // namespace

FormatError::FormatError(std::string_view file, std::int64_t offset, std::string_view what)
    : Error(format_message(file, offset, what)), offset_(offset) {}

}  // namespace cameo
