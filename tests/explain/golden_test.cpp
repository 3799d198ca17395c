// Every method on captum's One_Conv network, whose results are published with captum's own tests.
#include <algorithm>
#include <catch2/catch.hpp>

#include "core/elementwise.h"
#include "core/error.h"
#include "explain/cam.h"
#include "explain/explainer.h"
#include "explain/grad_cam.h"
#include "explain/guided_grad_cam.h"
#include "explain/presets.h"
#include "explain/registry.h"
#include "explain/resize_map.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

constexpr double kTolerance = 1e-5;

Explanation explain_one_conv(std::shared_ptr<const Explainer> method) {
  const Network network = one_conv_network();
  const Target target{.of = find_logits(network), .index = 0};
  const Methods methods{std::move(method)};
  return explain::explain(network, one_conv_picture(), methods, std::vector{target}).at(0);
}

void check_map(const Tensor& map, const std::vector<float>& expected) {
  const Shape shape = expected.size() == 4 ? Shape{2, 2} : Shape{1, 4, 4};
  INFO("got " << Catch::StringMaker<std::vector<float>>::convert(values(map)));
  CHECK(distance(map, tensor(shape, expected)) <= kTolerance);
}

Tensor stretched(const Tensor& values) {
  const auto [low, high] = std::minmax_element(values.data().begin(), values.data().end());
  const float least = *low;
  const float range = *high - least;
  return cameo::map(values, [&](float v) { return (v - least) / (range + 1e-7F); });
}

/// A map of relu1 as pytorch-grad-cam finishes it: to 0…1, resized to the picture, to 0…1 again.
void check_finished(const std::string& name, const std::vector<float>& expected,
                    OptionValues options = {}) {
  INFO(name);
  options["layer"] = "relu1";
  const Tensor map = explain_one_conv(make_method(name, options)).map;
  const Tensor finished = stretched(resize_map(stretched(map), 4, 4));
  check_map(finished.reshaped({1, 4, 4}), expected);
}

}  // namespace

TEST_CASE("golden: the score is the output after its ReLU") {
  const Explanation result = explain_one_conv(make_method("saliency"));
  CHECK(result.logit == Approx(54.0F).margin(kTolerance));
  CHECK(result.warnings.empty());
}

TEST_CASE("golden: Grad-CAM") {
  const Explanation at_relu = explain_one_conv(make_method("gradcam", {{"layer", "relu1"}}));
  check_map(at_relu.map, {0, 4, 28, 32.5});
  check_map(at_relu.signed_map, {0, 4, 28, 32.5});
  check_map(explain_one_conv(make_method("gradcam", {{"layer", "conv1"}})).map,
            {11.25, 13.5, 20.25, 22.5});
  check_map(explain_one_conv(make_method("gradcam")).map, {0, 4, 28, 32.5});
}

TEST_CASE("golden: maps from a layer") {
  const auto at_relu = [](std::string_view name) {
    return explain_one_conv(make_method(name, {{"layer", "relu1"}})).map;
  };
  // g is 1 1 1 1 and 1 -1 -1 -1; the sums of A are 75 and 21: w = 4/77 and 1/23.
  check_map(at_relu("gradcam++"), {0, 0.2077922, 1.8712592, 2.7300960});
  const auto plus_plus = [](const std::string& weights) {
    return explain_one_conv(make_method("gradcam++", {{"layer", "relu1"}, {"weights", weights}}))
        .map;
  };
  check_map(plus_plus("pytorch-grad-cam"), {0, 0.207792, 1.871259, 2.730096});
  check_map(plus_plus("torch-cam"), {0, 16, 130, 175});
  // The shares divided by their sum: every weight is 1.
  check_map(plus_plus("official"), {0, 4, 37, 55});
  check_map(at_relu("xgradcam"), {0, 4, 25, 25});
  check_map(at_relu("hirescam"), {0, 4, 25, 25});
  check_map(at_relu("layercam"), {0, 4, 31, 40});
  check_map(at_relu("gradcam-elementwise"), {0, 4, 31, 40});
}

TEST_CASE("golden: principal components, which agree in sign with the sum of the channels") {
  const Explanation eigen = explain_one_conv(make_method("eigencam", {{"layer", "relu1"}}));
  CHECK(distance(eigen.signed_map, tensor({2, 2}, {-19.4419, -15.6549, 11.8392, 23.2576})) < 1e-4);
  check_map(eigen.map, {0, 0, eigen.signed_map.data()[2], eigen.signed_map.data()[3]});
}

TEST_CASE("golden: pytorch-grad-cam's finished maps") {
  for (const char* name : {"gradcam", "shapleycam"})
    check_finished(name, {0, .030769F, .092308F, .123077F, .215385F, .247115F, .310577F, .342308F,
                          .646154F, .679808F, .747115F, .780769F, .861538F, .896154F, .965384F, 1});
  check_finished("gradcam++",
                 {0, .019028F, .057084F, .076112F, .171355F, .205287F, .273152F, .307084F, .514064F,
                  .577805F, .705287F, .769028F, .685419F, .764064F, .921355F, 1});
  for (const char* name : {"xgradcam", "hirescam"}) {
    check_finished(
        name, {0, .04F, .12F, .16F, .25F, .28F, .34F, .37F, .75F, .76F, .78F, .79F, 1, 1, 1, 1});
  }
  for (const char* name : {"layercam", "gradcam-elementwise"}) {
    check_finished(name, {0, .025F, .075F, .1F, .19375F, .226562F, .292187F, .325F, .58125F,
                          .629687F, .726562F, .775F, .775F, .83125F, .94375F, 1});
  }
  for (const char* name : {"eigencam", "eigengradcam"}) {
    check_finished(name, {0, 0, 0, 0, .127261F, .157946F, .219315F, .25F, .381783F, .473837F,
                          .657946F, .75F, .509043F, .631783F, .877261F, 1});
  }
  check_finished("gradcam",
                 {0, 0, 0, 0, .139478F, .167108F, .222369F, .25F, .418433F, .501325F, .667108F,
                  .75F, .557911F, .668433F, .889478F, 1},
                 {{"eigen-smooth", "true"}});
}

TEST_CASE(
    "golden: pytorch-grad-cam's finished maps of methods that score channels, by its preset") {
  const auto options = [](std::string_view method) {
    return with_preset(find_preset("pytorch-grad-cam"), method, {});
  };
  check_finished("scorecam",
                 {0, .025F, .075F, .1F, .19375F, .226562F, .292187F, .325F, .58125F, .629687F,
                  .726562F, .775F, .775F, .83125F, .94375F, 1},
                 options("scorecam"));
  check_finished("ablationcam",
                 {0, .029268F, .087805F, .117073F, .209756F, .241768F, .305793F, .337805F, .629268F,
                  .666768F, .741768F, .779268F, .839024F, .879268F, .959756F, 1},
                 options("ablationcam"));
}

TEST_CASE("presets set what their programs do otherwise, and give way to options") {
  const auto map_of = [](std::string_view preset, std::string_view method, OptionValues given) {
    return explain_one_conv(make_method(method, with_preset(find_preset(preset), method, given)))
        .map;
  };
  check_map(map_of("torch-cam", "gradcam++", {{"layer", "relu1"}}), {0, 16, 130, 175});
  check_map(map_of("torch-cam", "gradcam++", {{"layer", "relu1"}, {"weights", "pytorch-grad-cam"}}),
            {0, 0.207792, 1.871259, 2.730096});
  check_map(map_of("captum", "guided-gradcam", {{"layer", "relu1"}}),
            {0, 0, 4, 4, 0, 0, 12, 8, 28, 84, 97.5, 65, 28, 56, 65, 32.5});
  check_map(map_of("captum", "occlusion", {{"patch", "2"}, {"stride", "1"}}).reshaped({1, 4, 4}),
            {7, 8, 6.5, 4, 15.5, 20.75, 22.25, 18.5, 30, 39.25, 44.25, 40, 36, 45, 50.5, 47});
  // The softmax leaves the second channel next to nothing.
  for (const char* name : {"pytorch-grad-cam", "torch-cam"}) {
    CHECK(distance(map_of(name, "scorecam", {{"layer", "relu1"}}), tensor({2, 2}, {0, 4, 31, 40})) <
          1e-4);
  }
  check_map(map_of("paper", "ablationcam", {{"layer", "relu1"}}),
            {0, 4, 31 - 6 * 21.0F / 54, 40 - 15 * 21.0F / 54});
  CHECK(find_preset("pytorch-grad-cam").display.scaling == Scaling::kMinMax);
  CHECK(find_preset("captum").signed_maps);
  CHECK_THROWS_AS(find_preset("captom"), LookupError);
  for (const std::string& name : preset_names()) {
    INFO(name);
    for (const auto& [method, options] : find_preset(name).options) {
      CHECK_NOTHROW(make_method(method, options));
    }
  }
}

TEST_CASE("golden: pixel methods") {
  check_map(explain_one_conv(make_method("saliency")).map,
            {0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0});
  check_map(explain_one_conv(make_method("inputxgradient")).map,
            {0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0});
  check_map(explain_one_conv(make_method("guided")).map,
            {0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1});
  check_map(explain_one_conv(make_method("deconvnet")).map,
            {2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1});
}

TEST_CASE("golden: guided Grad-CAM") {
  check_map(explain_one_conv(
                make_method("guided-gradcam", {{"layer", "relu1"}, {"upsampling", "nearest"}}))
                .map,
            {0, 0, 4, 4, 0, 0, 12, 8, 28, 84, 97.5, 65, 28, 56, 65, 32.5});
  check_map(explain_one_conv(make_method("guided-gradcam", {{"layer", "relu1"}})).map,
            {0, 1, 3, 4, 7, 24.09375, 30.28125, 22.25, 21, 66.28125, 72.84375, 50.75, 28, 58.25,
             62.75, 32.5});
}

TEST_CASE("golden: CAM says what the One_Conv head is and what it needs") {
  const Network network = one_conv_network();
  Request request;
  CHECK_THROWS_WITH(Cam().prepare(network, {1, 1, 4, 4}, network.output(), request),
                    Catch::Contains("global average pooling") && Catch::Contains("Relu \"relu2\""));
}
