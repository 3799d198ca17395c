// docs/models.md says what the registry says.
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "layers/summary.h"
#include "zoo/checkpoint_hash.h"
#include "zoo/models/models.h"

namespace cameo::zoo {

namespace {

std::string in_thousands(std::int64_t count) {
  std::string digits = std::to_string(count);
  for (auto i = static_cast<std::int64_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<std::size_t>(i), " ");
  }
  return digits;
}

std::string decimal(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string architecture_row(const ModelInfo& info) {
  const Network network = make_model(info.name, {.seed = std::nullopt});
  std::int64_t parameters = 0;
  for (const ValueId id : network.parameters(true)) parameters += network.node(id).parameter.size();
  const std::int64_t side = info.input_shape[1];
  const double multiply_add_count =
      static_cast<double>(multiply_adds(network, {1, info.input_shape[0], side, side}));
  return "| `" + info.name + "` | " + info.description + " | " + std::to_string(side) + " | " +
         std::to_string(info.minimum_size) + " | " + std::to_string(info.classes) + " | " +
         in_thousands(parameters) + " | " + decimal("%.0f", multiply_add_count * 1e-6) + " | " +
         info.preprocess + " |";
}

std::string checkpoint_row(const ModelInfo& info, const PublicCheckpoint& checkpoint) {
  return "| `" + info.name + "` | [" + checkpoint.file + "](" + checkpoint.address + ") | " +
         sha256_prefix(checkpoint.file) + " | " +
         (checkpoint.top1 > 0 ? decimal("%.2f", checkpoint.top1) : "") + " | " +
         (checkpoint.resize > 0 ? std::to_string(checkpoint.resize) : "") + " |";
}

/// The rows of tables that begin with a name in backquotes.
std::multiset<std::string> documented_rows() {
  std::multiset<std::string> rows;
  std::ifstream file(std::filesystem::path(CAMEO_SOURCE_DIR) / "docs/models.md");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| `")) rows.insert(line);
  }
  return rows;
}

}  // namespace

TEST_CASE("docs/models.md lists every architecture and every public checkpoint") {
  std::multiset<std::string> documented = documented_rows();
  const auto check_listed = [&](const std::string& row) {
    INFO(row);
    const auto found = documented.find(row);
    CHECK(found != documented.end());
    if (found != documented.end()) documented.erase(found);
  };
  for (const ModelInfo& info : model_infos()) {
    check_listed(architecture_row(info));
    for (const PublicCheckpoint& checkpoint : info.checkpoints) {
      check_listed(checkpoint_row(info, checkpoint));
    }
  }
  for (const std::string& row : documented) {
    INFO(row);
    CHECK(false);
  }
}

}  // namespace cameo::zoo
