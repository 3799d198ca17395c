/// Small text files, line by line.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cameo::zoo {

/// The lines of a file of at most 64 MiB, without their ends. Throws FileError.
std::vector<std::string> read_lines(const std::filesystem::path& file);

/// The words of a line, blanks between them.
std::vector<std::string> split_words(std::string_view line);

}  // namespace cameo::zoo
