// `cameo bench`.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/tools/workspace.h"

namespace cameo::tools {

using Catch::Matchers::Contains;

TEST_CASE("bench times forward, gradient and Grad-CAM") {
  const Workspace workspace;
  const auto result = nlohmann::json::parse(workspace.done(
      {"bench", "--model", "model.safetensors", "--threads", "2", "--repeat", "3", "--json"}));
  for (const char* name : {"forward", "input_gradient", "gradcam"}) {
    INFO(name);
    CHECK(result.at(name).at("min_ms").get<double>() > 0.0);
    CHECK(result.at(name).at("median_ms") >= result.at(name).at("min_ms"));
  }
  CHECK(result.at("threads") == 2);
  CHECK(result.at("peak_gflops").get<double>() > 0.1);
  CHECK(result.at("forward").at("gflops").get<double>() > 0.0);
  CHECK_FALSE(result.contains("layers"));
}

TEST_CASE("bench layer by layer, of a batch, with a training step") {
  const Workspace workspace;
  const auto result = nlohmann::json::parse(
      workspace.done({"bench", "--model", "resnet20_cifar", "--repeat", "1", "--batch", "2",
                      "--only", "forward", "--layers", "--training", "--json"}));
  CHECK(result.at("batch") == 2);
  CHECK(result.at("training_step").at("median_ms").get<double>() > 0.0);
  CHECK_FALSE(result.contains("gradcam"));
  const auto& layers = result.at("layers");
  CHECK(layers.front().at("name") == "relu");
  CHECK(layers.front().at("type") == "Conv+BatchNormalization+Relu");
  CHECK(layers.back().at("type") == "Gemm");
  const std::string table = workspace.done(
      {"bench", "--model", "gapnet", "--repeat", "1", "--input", "3,32,40", "--layers"});
  CHECK_THAT(table, Contains("layer1") && Contains("GFLOP/s") && Contains("gradcam"));
}

TEST_CASE("bench refuses work that it does not know") {
  const Workspace workspace;
  const RunResult result = workspace.run({"bench", "--model", "gapnet", "--only", "forwards"});
  CHECK(result.code == 2);
  CHECK_THAT(result.err, Contains("\"forward\""));
}

}  // namespace cameo::tools
