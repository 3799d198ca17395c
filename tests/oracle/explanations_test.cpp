// Explanations of public networks against the arrays of a reference in double precision, found
// through CAMEO_TEST_DATA.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "explain/explainer.h"
#include "explain/registry.h"
#include "explain/resize_map.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/model.h"
#include "zoo/models/adapt_state_dict.h"

namespace cameo::zoo {

namespace {

enum class Stage { kMap, kSigned, kResized };

/// How one array of a case is made with Cameo.
struct Recipe {
  std::string method;
  explain::OptionValues options;
  Stage stage = Stage::kSigned;
  bool any_sign = false;
};

/// What the array's name up to "__" stands for; the rest names the layer.
const std::map<std::string, Recipe, std::less<>>& recipes() {
  static const std::map<std::string, Recipe, std::less<>> table{
      {"saliency", {.method = "saliency"}},
      {"guided", {.method = "guided"}},
      {"deconvnet", {.method = "deconvnet"}},
      {"cam_raw", {.method = "cam"}},
      {"cam_classmap_postrelu", {.method = "cam"}},
      {"gradcam", {.method = "gradcam", .stage = Stage::kMap}},
      {"gradcam_raw", {.method = "gradcam"}},
      {"gradcam_up", {.method = "gradcam", .stage = Stage::kResized}},
      {"gradcampp_raw", {.method = "gradcam++", .options = {{"weights", "pytorch-grad-cam"}}}},
      {"xgradcam_raw", {.method = "xgradcam"}},
      {"hirescam_raw", {.method = "hirescam"}},
      {"layercam_raw", {.method = "layercam"}},
      {"eigencam_raw", {.method = "eigencam", .any_sign = true}},
      {"ig", {.method = "integrated-gradients", .options = {{"rule", "midpoint"}}}},
  };
  return table;
}

/// Arrays that are no explanation, or of no method here.
bool is_something_else(const std::string& array) {
  return array == "logits" || array == "pair_logit" || array == "occlusion" ||
         array == "cam_classmap_prerelu" || array.starts_with("deconvnet_unit");
}

Recipe recipe_for(const std::string& array) {
  const std::size_t underscores = array.find("__");
  Recipe recipe = recipes().at(array.substr(0, underscores));
  const bool layered = recipe.method != "cam" && underscores != std::string::npos;
  if (layered) recipe.options["layer"] = array.substr(underscores + 2);
  return recipe;
}

/// Entry `index` of the first axis, which stays as an axis of one.
Tensor row_of(const Tensor& rows, std::int64_t index) {
  Shape shape = rows.shape();
  const auto size = static_cast<std::size_t>(rows.size() / shape[0]);
  shape[0] = 1;
  return Tensor(shape, rows.data().subspan(static_cast<std::size_t>(index) * size, size));
}

struct Difference {
  double greatest = 0.0;
  double relative_norm = 0.0;
};

Difference difference_of(const Tensor& actual, const Tensor& expected, double sign) {
  REQUIRE(actual.size() == expected.size());
  Difference result;
  double error = 0.0;
  double norm = 0.0;
  for (std::size_t i = 0; i < expected.data().size(); ++i) {
    const double value = expected.data()[i];
    const double distance = std::abs(sign * actual.data()[i] - value);
    // Written so that NaN counts.
    if (!(distance <= result.greatest)) result.greatest = distance;
    error += distance * distance;
    norm += value * value;
  }
  result.relative_norm = std::sqrt(norm > 0.0 ? error / norm : error);
  return result;
}

struct OracleCase {
  std::filesystem::path folder;
  nlohmann::json json;
  Network network;
  Tensor pictures;

  explain::Explanation explain(const Recipe& recipe, std::int64_t pair) const {
    const nlohmann::json& pairs = json.at("pairs").at(static_cast<std::size_t>(pair));
    const explain::Target target{.of = explain::find_logits(network), .index = pairs.at(1)};
    const explain::Methods methods{explain::make_method(recipe.method, recipe.options)};
    return explain::explain(network, row_of(pictures, pairs.at(0)), methods, {{target}}).at(0);
  }
};

OracleCase open_case(const std::filesystem::path& folder) {
  std::ifstream file(folder / "case.json");
  const nlohmann::json json = nlohmann::json::parse(file);
  std::string architecture = json.at("arch");
  if (json.at("kind") == "cifar10") architecture += "_cifar";
  Network network = make_model(architecture, {.seed = std::nullopt});
  const std::filesystem::path checkpoint = folder / json.at("checkpoint").get<std::string>();
  const LoadReport report =
      load_state_dict(network, adapt_state_dict(architecture, read_checkpoint(checkpoint).tensors));
  INFO(report.summary());
  REQUIRE(report.complete());
  return {.folder = folder,
          .json = json,
          .network = std::move(network),
          .pictures = read_npy(folder / "input.npy")};
}

Tensor at_stage(const explain::Explanation& explanation, Stage stage, const Shape& picture) {
  if (stage == Stage::kMap) return explanation.map;
  if (stage == Stage::kSigned) return explanation.signed_map;
  return explain::resize_map(explanation.map, picture[2], picture[3]);
}

void check_array(const OracleCase& oracle, const std::string& name, const nlohmann::json& info) {
  const Recipe recipe = recipe_for(name);
  const Tensor expected = read_npy(oracle.folder / info.at("file").get<std::string>());
  const auto pairs = static_cast<std::int64_t>(oracle.json.at("pairs").size());
  // Some arrays hold the first of several pairs only.
  const std::int64_t step = pairs / expected.dim(0);
  for (std::int64_t row = 0; row < expected.dim(0); ++row) {
    const explain::Explanation explanation = oracle.explain(recipe, row * step);
    const Tensor actual = at_stage(explanation, recipe.stage, oracle.pictures.shape());
    Difference difference = difference_of(actual, row_of(expected, row), 1.0);
    if (recipe.any_sign && difference.relative_norm > 1.0) {
      difference = difference_of(actual, row_of(expected, row), -1.0);
    }
    INFO(oracle.folder.filename().string() << ": " << name << ", row " << row);
    CHECK(difference.greatest <= info.at("atol").get<double>());
    CHECK(difference.relative_norm <= info.at("rel_l2_tol").get<double>());
  }
}

void check_case(const std::string& name) {
  const std::optional<std::filesystem::path> folder = test_data("oracle/" + name);
  if (!folder) {
    WARN("CAMEO_TEST_DATA is not set: " << name << " is not explained");
    return;
  }
  const OracleCase oracle = open_case(*folder);
  for (const auto& [array, info] : oracle.json.at("arrays").items()) {
    if (!is_something_else(array)) check_array(oracle, array, info);
  }
}

}  // namespace

TEST_CASE("explanations of SqueezeNet are the reference's") {
  check_case("squeezenet1_0_imagenet");
}

TEST_CASE("explanations of ResNet-20 are the reference's") { check_case("cifar10_resnet20"); }

TEST_CASE("explanations of ResNet-32 are the reference's") { check_case("cifar10_resnet32"); }

}  // namespace cameo::zoo
