/// Values that users write on the command line.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cameo::tools {

/// "a, b,c" to {"a", "b", "c"}; quotes are the shell's business. Throws ArgumentError for an empty
/// item.
std::vector<std::string> split_list(std::string_view option, std::string_view text);

/// "patch=45" to {"patch", "45"}. Throws ArgumentError without "=" or key.
std::pair<std::string, std::string> parse_key_value(std::string_view option, std::string_view text);

/// "0.485,0.456,0.406" to three numbers. Throws ArgumentError.
std::array<float, 3> parse_triplet(std::string_view option, std::string_view text);

/// Throws ArgumentError unless the whole text is a finite number.
double parse_number(std::string_view option, std::string_view text);

/// Throws FileError where the file an option names could not be written, so that a command fails
/// before its work rather than after it; an empty path is no file.
void check_writable(const std::string& path);

}  // namespace cameo::tools
