#include "tests/zoo/format_manifest.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "core/error.h"
#include "tests/zoo/reading_cost.h"
#include "tests/zoo/test_files.h"

namespace cameo::zoo {

namespace {

/// Python writes NaN and Infinity, which JSON lacks; they become strings here.
nlohmann::json read_manifest(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string text;
  for (std::string line; std::getline(file, line);) {
    const std::size_t start = line.find_first_not_of(' ');
    const std::size_t end = line.find_last_not_of(',');
    const std::string value = start == std::string::npos ? "" : line.substr(start, end - start + 1);
    const bool bare = value == "NaN" || value == "Infinity" || value == "-Infinity";
    text += bare ? joined({"\"", value, "\"", line.substr(end + 1)}) : line;
    text += '\n';
  }
  return nlohmann::json::parse(text);
}

float to_number(const nlohmann::json& value) {
  return value.is_string() ? std::stof(value.get<std::string>()) : value.get<float>();
}

bool same(const nlohmann::json& wanted, float value) {
  const float number = to_number(wanted);
  return number == value || (std::isnan(number) && std::isnan(value));
}

/// What `outcome` gives, or whether its error is one about the file, in one line that names it.
std::string outcome_or_error(const Outcome& outcome, const std::filesystem::path& path,
                             const nlohmann::json& expected) {
  try {
    return outcome(path, expected);
  } catch (const Error& error) {
    const bool is_file = dynamic_cast<const FormatError*>(&error) != nullptr ||
                         dynamic_cast<const FileError*>(&error) != nullptr;
    const std::string message = error.what();
    const bool clear = is_file && message.find(path.filename().string()) != std::string::npos &&
                       message.find('\n') == std::string::npos;
    return clear ? "clear_error" : "unclear error: " + message;
  }
}

void check_file(const std::filesystem::path& path, const nlohmann::json& expected,
                const Outcome& outcome) {
  const ReadingCost cost;
  const std::string got = outcome_or_error(outcome, path, expected);
  cost.check();
  const auto wanted = expected["outcome"].get<std::string>();
  INFO(path << " gave " << got << ", wanted " << wanted);
  CHECK(
      (got == wanted || (wanted == "ok_or_clear_error" && (got == "ok" || got == "clear_error"))));
}

}  // namespace

std::string compare_tensors(const StateDict& tensors, const nlohmann::json& all_wanted) {
  for (const auto& [name, wanted] : all_wanted.items()) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) return "tensor missing: " + name;
    if (found->second.shape() != wanted["shape"].get<Shape>()) return "shape differs: " + name;
    const auto& values = wanted["values"];
    const auto data = found->second.data();
    if (!std::equal(values.begin(), values.end(), data.begin(), data.end(), same)) {
      return "values differ: " + name;
    }
  }
  return "ok";
}

int replay_formats(const std::function<bool(std::string_view)>& is_meant, const Outcome& outcome) {
  const std::filesystem::path folder = test_data("oracle/formats").value();
  const nlohmann::json manifest = read_manifest(folder / "manifest.json");
  int replayed = 0;
  for (const auto& [part, files] : manifest.items()) {
    for (const auto& [file, expected] : files.items()) {
      if (!is_meant(file)) continue;
      check_file(folder / part / file, expected, outcome);
      ++replayed;
    }
  }
  return replayed;
}

}  // namespace cameo::zoo
