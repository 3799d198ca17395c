/// A command of the user's as a filter: bytes in, bytes out.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "zoo/files.h"

namespace cameo::tools {

struct FilterLimits {
  std::size_t output_bytes = std::size_t{1} << 30;
  /// With no byte moving either way for so long the command counts as hung.
  std::chrono::milliseconds silence = std::chrono::minutes(10);
};

/// Runs `/bin/sh -c COMMAND` with `input` on its standard input and returns its standard output;
/// standard error goes where this program's goes. A command that does not read all of its input is
/// no error. Throws RunError when it cannot be started, ends with another exit code than 0 or by a
/// signal, hangs or writes more than allowed; it is killed, with its own children, in the last two
/// cases.
zoo::Bytes run_filter(const std::string& command, zoo::ByteView input,
                      const FilterLimits& limits = {});

}  // namespace cameo::tools
