/// Replays a collection of good and hostile files with a manifest of what each must give.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/checkpoints/safetensors.h"
#include "zoo/image.h"

using namespace cameo;
using namespace cameo::zoo;

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

using Reader = std::function<StateDict(const std::filesystem::path&)>;

/// By the file name's prefix.
const std::map<std::string, Reader>& readers() {
  static const std::map<std::string, Reader> kReaders = {
      {"st", [](const auto& path) { return read_safetensors(path).tensors; }},
      {"npy",
       [](const auto& path) {
         return StateDict{{"", read_npy(path)}};
       }},
      {"img", [](const auto& path) {
         return StateDict{{"", to_tensor(read_image(path))}};
       }}};
  return kReaders;
}

std::string outcome_of(const Reader& read, const std::filesystem::path& path,
                       const nlohmann::json& expected) {
  StateDict tensors;
  try {
    tensors = read(path);
  } catch (const FormatError& error) {
    const std::string message = error.what();
    const bool clear = message.find(path.filename().string()) != std::string::npos &&
                       message.find('\n') == std::string::npos;
    return clear ? "clear_error" : "unclear error: " + message;
  }
  const nlohmann::json all_wanted = expected.value("tensors", nlohmann::json::object());
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

}  // namespace

TEST_CASE("files of the format collection give what its manifest says") {
  const auto folder = test_data("oracle/formats");
  if (!folder) {
    WARN("CAMEO_TEST_DATA is not set: the format collection is not replayed");
    return;
  }
  const auto manifest = read_manifest(*folder / "manifest.json");
  int replayed = 0;
  for (const auto& [part, files] : manifest.items()) {
    for (const auto& [file, expected] : files.items()) {
      const auto reader = readers().find(file.substr(0, file.find('_')));
      if (reader == readers().end()) continue;
      const std::string outcome = outcome_of(reader->second, *folder / part / file, expected);
      const auto wanted = expected["outcome"].get<std::string>();
      INFO(part << "/" << file << " gave " << outcome << ", wanted " << wanted);
      CHECK((outcome == wanted ||
             (wanted == "ok_or_clear_error" && (outcome == "ok" || outcome == "clear_error"))));
      ++replayed;
    }
  }
  CHECK(replayed >= 50);
}
