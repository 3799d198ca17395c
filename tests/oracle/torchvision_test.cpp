// What compare_torchvision.py runs on the files of export_torchvision.py.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/tape.h"
#include "explain/grad_cam.h"
#include "explain/relu_rules.h"
#include "explain/target.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/model.h"
#include "zoo/models/adapt_state_dict.h"
#include "zoo/onnx/onnx.h"

namespace cameo::zoo {

namespace {

Network weights_in_zoo_network(const std::string& architecture, const std::filesystem::path& path) {
  Network network = make_model(architecture, {.seed = std::nullopt});
  const LoadReport report =
      load_state_dict(network, adapt_state_dict(architecture, read_checkpoint(path).tensors));
  INFO(report.summary());
  REQUIRE(report.complete());
  return network;
}

Network read_network(const std::string& architecture, const std::filesystem::path& path) {
  return path.extension() == ".onnx" ? read_onnx(path) : weights_in_zoo_network(architecture, path);
}

Tensor first_picture(const Tensor& pictures) {
  const auto size = static_cast<std::size_t>(pictures.size() / pictures.dim(0));
  return Tensor({1, pictures.dim(1), pictures.dim(2), pictures.dim(3)},
                pictures.data().first(size));
}

/// The greatest difference over the greatest expected value.
double relative_difference(const Tensor& actual, const Tensor& expected) {
  REQUIRE(actual.size() == expected.size());
  double greatest = 0.0;
  double difference = 0.0;
  for (std::size_t i = 0; i < expected.data().size(); ++i) {
    const double value = expected.data()[i];
    greatest = std::max(greatest, std::abs(value));
    difference = std::max(difference, std::abs(actual.data()[i] - value));
    if (!std::isfinite(actual.data()[i])) return HUGE_VAL;
  }
  return greatest > 0.0 ? difference / greatest : difference;
}

/// The norm of the difference over the expected norm: a rectifier whose input is within rounding of
/// 0 may open in one precision and close in another, which a few pixels feel.
double relative_norm(const Tensor& actual, const Tensor& expected) {
  REQUIRE(actual.size() == expected.size());
  double norm = 0.0;
  double difference = 0.0;
  for (std::size_t i = 0; i < expected.data().size(); ++i) {
    const double value = expected.data()[i];
    norm += value * value;
    difference += std::pow(actual.data()[i] - value, 2);
  }
  return norm > 0.0 ? std::sqrt(difference / norm) : std::sqrt(difference);
}

struct Case {
  std::string architecture;
  std::int64_t index;
  double tolerance;
  double gradient_tolerance;
  StateDict expected;
};

void check_scores(const Network& network, const Case& oracle, const std::string& prefix) {
  const Tape tape = forward(network, oracle.expected.at(prefix + "input"));
  CHECK(relative_difference(tape.output(), oracle.expected.at(prefix + "logits")) <
        oracle.tolerance);
}

void check_picture_gradients(const Network& network, const Case& oracle) {
  const Tensor picture = first_picture(oracle.expected.at("input"));
  const Tape tape =
      forward(network, picture, {.keep = {network.output()}, .wrt = {network.input()}});
  const Tensor seed = explain::seed_for(tape, {.of = network.output(), .index = oracle.index});
  const std::pair<const char*, VjpOverrides> rules[] = {{"standard", explain::standard()},
                                                        {"deconvnet", explain::deconvnet()},
                                                        {"guided", explain::guided()}};
  for (const auto& [name, rule] : rules) {
    INFO(name);
    const Gradients gradients = tape.backward(network.output(), seed, rule);
    CHECK(relative_norm(gradients.at(network.input()), oracle.expected.at(name)) <
          oracle.gradient_tolerance);
  }
}

void check_grad_cam(const Network& network, const std::string& layer, const Case& oracle) {
  const explain::Methods methods{
      std::make_shared<explain::GradCam>(explain::GradCamOptions{.layer = layer})};
  const explain::Target target{.of = network.output(), .index = oracle.index};
  const explain::Explanation explanation =
      explain::explain(network, first_picture(oracle.expected.at("input")), methods, {{target}})
          .front();
  CHECK(relative_difference(explanation.signed_map, oracle.expected.at("gradcam")) <
        oracle.tolerance);
}

}  // namespace

TEST_CASE("an architecture computes what torchvision's does", "[.torchvision]") {
  const char* const folder_name = std::getenv("CAMEO_ORACLE_DIR");
  REQUIRE(folder_name != nullptr);
  const std::filesystem::path folder = folder_name;
  std::ifstream file(folder / "case.json");
  const nlohmann::json json = nlohmann::json::parse(file);
  const Case oracle{.architecture = json.at("name"),
                    .index = json.at("index"),
                    .tolerance = json.at("tolerance"),
                    .gradient_tolerance = json.at("gradient_tolerance"),
                    .expected = read_checkpoint(folder / "expected.npz").tensors};
  for (const auto& entry : json.at("files")) {
    const auto name = entry.at("file").get<std::string>();
    INFO(oracle.architecture << " from " << name);
    const Network network = read_network(oracle.architecture, folder / name);
    check_scores(network, oracle, "");
    if (name.ends_with(".pth")) check_scores(network, oracle, "other_");
    if (!oracle.expected.contains("gradcam")) continue;
    check_picture_gradients(network, oracle);
    check_grad_cam(network, entry.at("layer"), oracle);
  }
}

TEST_CASE("every architecture of torchvision is compared with it") {
  std::set<std::string> compared;
  std::ifstream file(std::filesystem::path(CAMEO_SOURCE_DIR) / "tests/oracle/architectures.txt");
  for (std::string line; std::getline(file, line);) compared.insert(line.substr(0, line.find(' ')));
  for (const ModelInfo& info : model_infos()) {
    INFO(info.name);
    const bool from_torchvision =
        std::any_of(info.checkpoints.begin(), info.checkpoints.end(), [](const auto& checkpoint) {
          return checkpoint.address.starts_with("https://download.pytorch.org/");
        });
    CHECK(from_torchvision == (compared.count(info.name) == 1));
  }
}

}  // namespace cameo::zoo
