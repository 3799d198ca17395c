#include "tests/zoo/format_manifest.h"

#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <fstream>

#include "core/error.h"
#include "tests/zoo/test_files.h"

namespace cameo::zoo {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::chrono::seconds kMostTime{10};
constexpr std::int64_t kMostMemory = 1000;  // freed memory is kept a while
#else
constexpr std::chrono::seconds kMostTime{1};
constexpr std::int64_t kMostMemory = 100;  // MiB
#endif

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
  const auto start = std::chrono::steady_clock::now();
  const std::string got = outcome_or_error(outcome, path, expected);
  const auto time = std::chrono::steady_clock::now() - start;
  const auto wanted = expected["outcome"].get<std::string>();
  INFO(path << " gave " << got << ", wanted " << wanted);
  CHECK(
      (got == wanted || (wanted == "ok_or_clear_error" && (got == "ok" || got == "clear_error"))));
  CHECK(time < kMostTime);
}

/// The most memory that this process ever had, in MiB.
std::int64_t peak_memory() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
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
  const std::int64_t memory_before = peak_memory();
  int replayed = 0;
  for (const auto& [part, files] : manifest.items()) {
    for (const auto& [file, expected] : files.items()) {
      if (!is_meant(file)) continue;
      check_file(folder / part / file, expected, outcome);
      ++replayed;
    }
  }
  CHECK(peak_memory() - memory_before < kMostMemory);
  return replayed;
}

}  // namespace cameo::zoo
