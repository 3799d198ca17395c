/// The ONNX project's own tests, and what docs/onnx.md says of them.
#include "tests/zoo/onnx/conformance.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <utility>

#include "zoo/onnx/op_table.h"

using namespace cameo::zoo;

namespace {

constexpr std::array<const char*, 4> kSuites{"node", "pytorch-converted", "pytorch-operator",
                                             "simple"};

/// Every case of every suite, run once.
const std::map<std::string, std::vector<CaseResult>>& all_results() {
  static const auto kResults = [] {
    std::map<std::string, std::vector<CaseResult>> results;
    for (const char* const suite : kSuites) results[suite] = run_conformance(suite);
    return results;
  }();
  return kResults;
}

std::string documentation() {
  std::stringstream text;
  text << std::ifstream(std::string(CAMEO_SOURCE_DIR) + "/docs/onnx.md").rdbuf();
  return text.str();
}

/// The operators of the documented table, and how many cases with each are said to pass.
std::map<std::string, int> documented_operators() {
  const std::regex row("\\n\\| `(\\w+)` \\| [^|]* \\| (\\d+) \\|");
  const std::string text = documentation();
  std::map<std::string, int> operators;
  for (std::sregex_iterator match(text.begin(), text.end(), row), end; match != end; ++match) {
    CHECK(operators.emplace((*match)[1], std::stoi((*match)[2])).second);
  }
  return operators;
}

/// Equal for cases that are refused for the same reason: no names, no numbers.
std::string general(const std::string& reason) {
  const std::string node = std::regex_replace(reason, std::regex("^node \"[^\"]*\" "), "");
  const std::string unnamed = std::regex_replace(node, std::regex("\"[^\"]*\""), "…");
  return std::regex_replace(unnamed, std::regex("rank \\d+"), "rank …");
}

/// Of refusals, the operators that are not supported.
std::vector<std::string> missing_operators(const CaseResult& result) {
  std::vector<std::string> missing;
  if (result.reason.find("operators that are not supported") == std::string::npos) return missing;
  for (const std::string& type : result.operators) {
    if (onnx::find_op("", type) == nullptr) missing.push_back(type);
  }
  return missing;
}

/// The part of docs/onnx.md that says how many cases pass and why the others do not.
std::string figures() {
  std::ostringstream text;
  std::map<std::string, int> reasons;
  std::map<std::string, int> missing;
  text << "| suite | passed | refused |\n| --- | --- | --- |\n";
  for (const auto& [suite, results] : all_results()) {
    const auto passed = std::count_if(results.begin(), results.end(),
                                      [](const CaseResult& result) { return result.passed; });
    text << "| " << suite << " | " << passed << " | "
         << results.size() - static_cast<std::size_t>(passed) << " |\n";
    for (const CaseResult& result : results) {
      const std::vector<std::string> types = missing_operators(result);
      for (const std::string& type : types) ++missing[type];
      if (!result.passed && types.empty()) ++reasons[general(result.reason)];
    }
  }
  text << "\n| refused because | cases |\n| --- | --- |\n";
  for (const auto& [reason, count] : reasons) text << "| " << reason << " | " << count << " |\n";
  text << "\nOperators that are not supported, with the number of cases they appear in:\n";
  const char* separator = "";
  for (const auto& [type, count] : missing) {
    text << std::exchange(separator, ",\n") << "`" << type << "` " << count;
  }
  return text.str();
}

void write_log(const char* path) {
  std::ofstream log(path);
  for (const auto& [suite, results] : all_results()) {
    for (const CaseResult& result : results) {
      log << (result.passed ? "passed" : "refused") << '\t' << result.name << '\t' << result.reason
          << '\n';
    }
  }
  log << figures() << '\n';
}

}  // namespace

TEST_CASE("the ONNX project's operator tests pass or are refused with a reason") {
  if (!has_conformance_data()) {
    WARN("libonnx-testdata is not installed: ONNX's own tests are not run");
    return;
  }
  for (const auto& [suite, results] : all_results()) {
    CHECK(results.size() >= 23);
    for (const CaseResult& result : results) {
      INFO(result.name << ": " << result.reason);
      CHECK((result.passed || result.refused));
      CHECK(result.passed == result.reason.empty());
    }
  }
}

TEST_CASE("docs/onnx.md lists the operators that are read, and no others") {
  std::map<std::string, int> documented = documented_operators();
  for (const onnx::OpRow& row : onnx::all_ops()) {
    INFO(row.type);
    CHECK(documented.erase(std::string(row.type)) == 1);
  }
  CHECK(documented.empty());
}

TEST_CASE("docs/onnx.md says what passes and what is refused") {
  if (!has_conformance_data()) {
    WARN("libonnx-testdata is not installed: the documented figures are not checked");
    return;
  }
  if (const char* const path = std::getenv("CAMEO_ONNX_CONFORMANCE_LOG")) write_log(path);
  std::map<std::string, int> passed;
  for (const auto& [suite, results] : all_results()) {
    for (const CaseResult& result : results) {
      if (!result.passed) continue;
      for (const std::string& type : result.operators) ++passed[type];
    }
  }
  for (const auto& [type, count] : documented_operators()) {
    INFO(type);
    CHECK(count == passed[type]);
  }
  CHECK_THAT(documentation(), Catch::Contains(figures()));
}
