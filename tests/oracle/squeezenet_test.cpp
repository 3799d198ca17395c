// SqueezeNet 1.0 with real ImageNet weights on one photograph, against double precision.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "core/tape.h"
#include "explain/grad_cam.h"
#include "explain/target.h"
#include "layers/evaluation.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/model.h"
#include "zoo/models/adapt_state_dict.h"

namespace cameo::zoo {

namespace {

constexpr const char* kArchitecture = "squeezenet1_0";
constexpr std::int64_t kBullMastiff = 243;
constexpr std::int64_t kTigerCat = 282;

std::optional<std::filesystem::path> oracle(const std::string& file) {
  return test_data("oracle/squeezenet1_0_imagenet/" + file);
}

Model load() {
  Model model = create_model(kArchitecture, {.seed = std::nullopt});
  const auto weights = test_data("weights/squeezenet1_0-imagenet.pth");
  REQUIRE(weights.has_value());
  const StateDict tensors = adapt_state_dict(kArchitecture, read_checkpoint(*weights).tensors);
  REQUIRE(load_state_dict(model.network, tensors).complete());
  model.preprocess.crop = 227;
  return model;
}

/// The greatest difference over the greatest expected magnitude.
double relative_difference(std::span<const float> actual, std::span<const float> expected) {
  REQUIRE(actual.size() == expected.size());
  double greatest = 0.0;
  double difference = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    greatest = std::max(greatest, std::abs(static_cast<double>(expected[i])));
    difference = std::max(difference, std::abs(static_cast<double>(actual[i]) - expected[i]));
  }
  return difference / greatest;
}

Tensor logits(const Model& model, const Tensor& picture) {
  const ValueId output = model.network.output();
  return as_logits(forward(model.network, picture, {.keep = {output}}).value(output));
}

std::vector<double> probabilities(const Tensor& scores) {
  std::vector<double> values(scores.data().begin(), scores.data().end());
  const double most = *std::max_element(values.begin(), values.end());
  double sum = 0.0;
  for (double& value : values) sum += value = std::exp(value - most);
  for (double& value : values) value /= sum;
  return values;
}

/// The expected probabilities of the first five classes, in order.
constexpr std::pair<std::size_t, double> kTopFive[] = {
    {243, 0.960496}, {242, 0.0145174}, {282, 0.00627786}, {246, 0.00436224}, {254, 0.00419061}};

void check_top_five(const Model& model, const std::filesystem::path& picture, double tolerance) {
  const PreparedImage prepared = apply(model.preprocess, read_image(picture));
  const std::vector<double> actual = probabilities(logits(model, prepared.input));
  std::vector<std::size_t> order(actual.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::partial_sort(order.begin(), order.begin() + 5, order.end(),
                    [&](std::size_t a, std::size_t b) { return actual[a] > actual[b]; });
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(order[i] == kTopFive[i].first);
    CHECK(std::abs(actual[kTopFive[i].first] - kTopFive[i].second) < tolerance);
  }
}

void check_grad_cam(const Model& model, const std::string& layer) {
  INFO(layer);
  const auto method = std::make_shared<const explain::GradCam>(explain::GradCamOptions{layer});
  const std::vector<std::shared_ptr<const explain::Explainer>> methods{method};
  const ValueId of = explain::find_logits(model.network);
  const std::vector<explain::Target> targets{{.of = of, .index = kBullMastiff},
                                             {.of = of, .index = kTigerCat}};
  const Tensor input = read_npy(*oracle("input.npy"));
  const Tensor expected = read_npy(*oracle("expected/gradcam__" + layer + ".npy"));
  const std::vector<explain::Explanation> maps =
      explain::explain(model.network, input, methods, targets);
  const std::size_t size = expected.data().size() / targets.size();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    CHECK(relative_difference(maps[i].map.data(), expected.data().subspan(i * size, size)) < 1e-4);
  }
}

}  // namespace

TEST_CASE("SqueezeNet with ImageNet weights") {
  if (!oracle("case.json")) {
    WARN("CAMEO_TEST_DATA is not set: nothing is compared");
    return;
  }
  const Model model = load();
  CHECK(relative_difference(logits(model, read_npy(*oracle("input.npy"))).data(),
                            read_npy(*oracle("expected/logits.npy")).data()) < 1e-4);
  check_top_five(model, *oracle("images/cat_dog_full.png"), 0.01);
  check_top_five(model, *test_data("photos/cat_dog.jpg"), 0.03);
  check_grad_cam(model, "features.12");
  check_grad_cam(model, "classifier.1");
}

}  // namespace cameo::zoo
