#include "zoo/datasets/annotations/text_lines.h"

#include <algorithm>
#include <utility>

#include "zoo/files.h"

namespace cameo::zoo {

std::vector<std::string> read_lines(const std::filesystem::path& file) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;
  std::vector<std::string> lines;
  std::string line;
  for (const std::uint8_t byte : read_file(file, kMostBytes)) {
    if (byte == '\n') {
      lines.push_back(std::exchange(line, {}));
    } else if (byte != '\r') {
      line += static_cast<char>(byte);
    }
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> split_words(std::string_view line) {
  constexpr std::string_view kBlank = " \t";
  std::vector<std::string> words;
  for (std::size_t at = line.find_first_not_of(kBlank); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kBlank, at), line.size());
    words.emplace_back(line.substr(at, end - at));
    at = line.find_first_not_of(kBlank, end);
  }
  return words;
}

}  // namespace cameo::zoo
