// `cameo bench`.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/tools/workspace.h"

namespace cameo::tools {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

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

TEST_CASE("bench draws how time grows with batch, size and threads") {
  const Workspace workspace;
  const auto result = nlohmann::json::parse(workspace.done(
      {"bench", "--model", "nin_small", "--input", "1,28,28", "--repeat", "1", "--threads", "2",
       "--only", "forward", "--scaling", "scaling.svg", "--json"}));
  const auto& scaling = result.at("scaling");
  CHECK(scaling.at("batch").size() == 7);
  CHECK(scaling.at("batch").back().at("at") == 64);
  CHECK(scaling.at("size").front().at("at") == 96);
  CHECK(scaling.at("size").back().at("at") == 1024);
  CHECK(scaling.at("threads").size() == 2);
  CHECK(scaling.at("threads").back().at("min_ms").get<double>() > 0.0);
  const zoo::Bytes file = zoo::read_file(workspace / "scaling.svg");
  const std::string svg(file.begin(), file.end());
  CHECK_THAT(svg, StartsWith("<svg") && Contains("nin_small: ms a picture") && Contains("threads"));
}

TEST_CASE("bench refuses charts that it cannot write, before it measures anything") {
  const Workspace workspace;
  const RunResult result =
      workspace.run({"bench", "--model", "gapnet", "--scaling", "missing/scaling.svg"});
  CHECK(result.code == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains("missing/scaling.svg"));
}

TEST_CASE("bench refuses work that it does not know") {
  const Workspace workspace;
  const RunResult result = workspace.run({"bench", "--model", "gapnet", "--only", "forwards"});
  CHECK(result.code == 2);
  CHECK_THAT(result.err, Contains("\"forward\""));
}

}  // namespace cameo::tools
