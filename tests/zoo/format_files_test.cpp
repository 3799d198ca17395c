/// Replays a collection of good and hostile files with a manifest of what each must give.
#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/image.h"

using namespace cameo;
using namespace cameo::zoo;

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

using Reader = std::function<StateDict(const std::filesystem::path&)>;

StateDict read_picture(const std::filesystem::path& path) {
  return {{"", to_tensor(read_image(path))}};
}

StateDict read_array(const std::filesystem::path& path) { return {{"", read_npy(path)}}; }

StateDict read_tensors(const std::filesystem::path& path) { return read_checkpoint(path).tensors; }

/// By the file name's prefix.
const std::map<std::string, Reader>& readers() {
  static const std::map<std::string, Reader> kReaders = {
      {"fuzz", read_tensors},   {"img", read_picture}, {"kind", read_tensors},
      {"legacy", read_tensors}, {"npy", read_array},   {"npz", read_tensors},
      {"st", read_tensors},     {"tar", read_tensors}, {"zip", read_tensors}};
  return kReaders;
}

/// What the manifest calls a safetensors type.
std::string numpy_name(const std::string& dtype) {
  static const std::map<std::string, std::string> kNames = {
      {"BOOL", "bool"},  {"U8", "uint8"},    {"I8", "int8"},       {"U16", "uint16"},
      {"I16", "int16"},  {"F16", "float16"}, {"BF16", "bfloat16"}, {"U32", "uint32"},
      {"I32", "int32"},  {"F32", "float32"}, {"U64", "uint64"},    {"I64", "int64"},
      {"F64", "float64"}};
  return kNames.at(dtype);
}

/// "ok", or how the listing differs from what is wanted.
std::string compare_listing(const std::filesystem::path& path, const nlohmann::json& all_wanted) {
  const CheckpointListing listing = list_checkpoint(path);
  for (const TensorInfo& tensor : listing.tensors) {
    const auto wanted = all_wanted.find(tensor.name);
    if (wanted == all_wanted.end()) return "tensor listed that is not wanted: " + tensor.name;
    if ((*wanted)["dtype"] != numpy_name(tensor.dtype)) return "type differs: " + tensor.name;
    if ((*wanted)["shape"].get<Shape>() != tensor.shape) return "shape differs: " + tensor.name;
  }
  return listing.tensors.size() == all_wanted.size() ? "ok" : "tensors are missing in the list";
}

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

std::string outcome_of(const std::string& prefix, const std::filesystem::path& path,
                       const nlohmann::json& expected) {
  try {
    const StateDict tensors = readers().at(prefix)(path);
    const nlohmann::json wanted = expected.value("tensors", nlohmann::json::object());
    const std::string outcome = compare_tensors(tensors, wanted);
    const bool is_listed = prefix != "img" && prefix != "npy" && !wanted.empty();
    return outcome == "ok" && is_listed ? compare_listing(path, wanted) : outcome;
  } catch (const Error& error) {
    const bool is_file = dynamic_cast<const FormatError*>(&error) != nullptr ||
                         dynamic_cast<const FileError*>(&error) != nullptr;
    const std::string message = error.what();
    const bool clear = is_file && message.find(path.filename().string()) != std::string::npos &&
                       message.find('\n') == std::string::npos;
    return clear ? "clear_error" : "unclear error: " + message;
  }
}

/// The most memory that this process ever had, in MiB.
std::int64_t peak_memory() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

}  // namespace

TEST_CASE("files of the format collection give what its manifest says") {
  const auto folder = test_data("oracle/formats");
  if (!folder) {
    WARN("CAMEO_TEST_DATA is not set: the format collection is not replayed");
    return;
  }
  const auto manifest = read_manifest(*folder / "manifest.json");
  const std::int64_t memory_before = peak_memory();
  int replayed = 0;
  for (const auto& [part, files] : manifest.items()) {
    for (const auto& [file, expected] : files.items()) {
      const std::string prefix = file.substr(0, file.find('_'));
      if (readers().count(prefix) == 0) continue;
      const auto start = std::chrono::steady_clock::now();
      const std::string outcome = outcome_of(prefix, *folder / part / file, expected);
      CHECK(std::chrono::steady_clock::now() - start < kMostTime);
      const auto wanted = expected["outcome"].get<std::string>();
      INFO(part << "/" << file << " gave " << outcome << ", wanted " << wanted);
      CHECK((outcome == wanted ||
             (wanted == "ok_or_clear_error" && (outcome == "ok" || outcome == "clear_error"))));
      ++replayed;
    }
  }
  CHECK(replayed >= 150);
  CHECK(peak_memory() - memory_before < kMostMemory);
}
