/// Checkpoints, arrays and pictures of the format collection.
#include <catch2/catch.hpp>
#include <map>

#include "tests/zoo/format_manifest.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/image.h"

using namespace cameo;
using namespace cameo::zoo;

namespace {

using Reader = std::function<StateDict(const std::filesystem::path&)>;

StateDict read_picture(const std::filesystem::path& path) {
  return {{"", to_tensor(read_image(path))}};
}

StateDict read_array(const std::filesystem::path& path) { return {{"", read_npy(path)}}; }

StateDict read_tensors(const std::filesystem::path& path) { return read_checkpoint(path).tensors; }

/// By the file name's prefix.
const std::map<std::string, Reader, std::less<>>& readers() {
  static const std::map<std::string, Reader, std::less<>> kReaders = {
      {"fuzz", read_tensors},   {"img", read_picture}, {"kind", read_tensors},
      {"legacy", read_tensors}, {"npy", read_array},   {"npz", read_tensors},
      {"st", read_tensors},     {"tar", read_tensors}, {"zip", read_tensors}};
  return kReaders;
}

std::string_view prefix_of(std::string_view file) { return file.substr(0, file.find('_')); }

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

std::string outcome_of(const std::filesystem::path& path, const nlohmann::json& expected) {
  const std::string file = path.filename().string();
  const std::string_view prefix = prefix_of(file);
  const StateDict tensors = readers().find(prefix)->second(path);
  const nlohmann::json wanted = expected.value("tensors", nlohmann::json::object());
  const std::string outcome = compare_tensors(tensors, wanted);
  const bool is_listed = prefix != "img" && prefix != "npy" && !wanted.empty();
  return outcome == "ok" && is_listed ? compare_listing(path, wanted) : outcome;
}

}  // namespace

TEST_CASE("files of the format collection give what its manifest says") {
  if (!test_data("oracle/formats")) {
    WARN("CAMEO_TEST_DATA is not set: the format collection is not replayed");
    return;
  }
  const auto is_meant = [](std::string_view file) { return readers().count(prefix_of(file)) > 0; };
  CHECK(replay_formats(is_meant, outcome_of) >= 150);
}
