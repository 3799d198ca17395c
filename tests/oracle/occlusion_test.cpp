// Occlusion, and the deconvnet of a unit, against results computed in double precision by another
// implementation, for public weights; skipped without them.
#include "explain/occlusion.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "explain/deconvnet_unit.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/model.h"
#include "zoo/models/adapt_state_dict.h"

namespace cameo::zoo {

namespace {

/// A folder with case.json, input.npy and expected/.
class Oracle {
 public:
  explicit Oracle(std::filesystem::path folder)
      : folder_(std::move(folder)), input_(read_npy(folder_ / "input.npy")) {
    std::ifstream(folder_ / "case.json") >> description_;
  }

  const nlohmann::json& description() const { return description_; }

  Network network(const std::string& architecture) const {
    Network network = make_model(architecture, {.seed = std::nullopt});
    const std::filesystem::path file = folder_ / description_.at("checkpoint").get<std::string>();
    const LoadReport report =
        load_state_dict(network, adapt_state_dict(architecture, read_checkpoint(file).tensors));
    INFO(report.summary());
    REQUIRE(report.complete());
    return network;
  }

  Tensor picture(std::int64_t index) const {
    const std::int64_t size = input_.size() / input_.dim(0);
    return Tensor({1, input_.dim(1), input_.dim(2), input_.dim(3)},
                  input_.data().subspan(static_cast<std::size_t>(index * size),
                                        static_cast<std::size_t>(size)));
  }

  /// Row `row` of the array against the expected one, by the case's own tolerances.
  void check_row(const std::string& array, std::int64_t row, const Tensor& actual) const {
    const nlohmann::json& rule = description_.at("arrays").at(array);
    const Tensor expected = read_npy(folder_ / rule.at("file").get<std::string>());
    const std::int64_t size = expected.size() / expected.dim(0);
    REQUIRE(actual.size() == size);
    const auto truth = expected.data().subspan(static_cast<std::size_t>(row * size),
                                               static_cast<std::size_t>(size));
    double greatest = 0.0;
    double difference = 0.0;
    double norm = 0.0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const double error = std::abs(static_cast<double>(actual.data()[i]) - truth[i]);
      greatest = std::max(greatest, error);
      difference += error * error;
      norm += static_cast<double>(truth[i]) * truth[i];
    }
    CHECK(greatest <= rule.at("atol").get<double>());
    CHECK(std::sqrt(difference / norm) <= rule.at("rel_l2_tol").get<double>());
  }

 private:
  std::filesystem::path folder_;
  nlohmann::json description_;
  Tensor input_;
};

std::optional<Oracle> find_oracle(const std::string& name) {
  const auto folder = test_data("oracle/" + name);
  if (folder) return Oracle(*folder);
  WARN("CAMEO_TEST_DATA is not set: " + name + " is not run");
  return std::nullopt;
}

void check_occlusion(const std::string& name, const std::string& architecture) {
  const std::optional<Oracle> oracle = find_oracle(name);
  if (!oracle) return;
  const Network network = oracle->network(architecture);
  const nlohmann::json& rule = oracle->description().at("occlusion");
  REQUIRE(rule.at("fill") == 0.0);
  const explain::Methods methods{std::make_shared<const explain::Occlusion>(
      explain::OcclusionOptions{.patch = rule.at("patch").get<std::int64_t>(),
                                .stride = rule.at("stride").get<std::int64_t>()})};
  std::int64_t row = 0;
  for (const nlohmann::json& pair : oracle->description().at("pairs")) {
    const std::vector<explain::Target> target{
        {.of = network.output(), .index = pair.at(1).get<std::int64_t>()}};
    INFO(name << " row " << row);
    oracle->check_row(
        "occlusion", row++,
        explain::explain(network, oracle->picture(pair.at(0)), methods, target).at(0).map);
  }
}

}  // namespace

TEST_CASE("occlusion of ResNet-20 is the oracle's") {
  check_occlusion("cifar10_resnet20", "resnet20_cifar");
}

TEST_CASE("occlusion of ResNet-32 is the oracle's") {
  check_occlusion("cifar10_resnet32", "resnet32_cifar");
}

TEST_CASE("occlusion of SqueezeNet is the oracle's", "[slow]") {
  check_occlusion("squeezenet1_0_imagenet", "squeezenet1_0");
}

TEST_CASE("the deconvnet of SqueezeNet's strongest unit is the oracle's") {
  const std::optional<Oracle> oracle = find_oracle("squeezenet1_0_imagenet");
  if (!oracle) return;
  const Network network = oracle->network("squeezenet1_0");
  const explain::DeconvnetUnitOptions options{.layer = "features.12", .unit_start = true};
  const ValueId layer = network.find("features.12");
  const Tape tape = forward(network, oracle->picture(0), {.keep = {layer}});
  const auto position =
      oracle->description().at("info").at("unit_position_nchw").at("features.12").get<Shape>();
  CHECK(explain::find_unit(tape.value(layer), options) ==
        explain::Unit{position.at(1), position.at(2), position.at(3)});
  const explain::Methods methods{std::make_shared<const explain::DeconvnetUnit>(options)};
  const std::vector<explain::Target> target{{.of = network.output(), .index = 0}};
  oracle->check_row("deconvnet_unit__features.12", 0,
                    explain::explain(network, oracle->picture(0), methods, target).at(0).map);
}

}  // namespace cameo::zoo
