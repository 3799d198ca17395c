// Every method on captum's One_Conv network, whose results are published with captum's own tests.
#include <catch2/catch.hpp>

#include "explain/cam.h"
#include "explain/explainer.h"
#include "explain/grad_cam.h"
#include "explain/guided_grad_cam.h"
#include "explain/registry.h"
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
