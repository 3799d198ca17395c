// What the maps of a layer have in common, and the identities between them.
#include "explain/layer_method.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "core/elementwise.h"
#include "core/error.h"
#include "explain/channels.h"
#include "explain/principal_component.h"
#include "explain/registry.h"
#include "explain/resize_map.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

double greatest(const Tensor& map) {
  double most = 0.0;
  for (const float value : map.data()) most = std::max<double>(most, std::abs(value));
  return most;
}

Tensor mirrored(const Tensor& map) {
  Tensor result = map;
  const auto out = result.mutable_data();
  const auto width = map.shape().back();
  for (auto row = out.begin(); row != out.end(); row += width) std::reverse(row, row + width);
  return result;
}

Tensor scaled(const Tensor& map) {
  const float most = *std::max_element(map.data().begin(), map.data().end());
  return cameo::map(map, [most](float v) { return v / most; });
}

}  // namespace

TEST_CASE("HiResCAM, XGrad-CAM and Grad-CAM agree where the gradient is constant over the map") {
  const Network network = gap_network();
  const Tensor expected = explain_with(network, gap_picture(), "gradcam").signed_map;
  for (const char* name : {"hirescam", "xgradcam"}) {
    INFO(name);
    CHECK(distance(explain_with(network, gap_picture(), name).signed_map, expected) <=
          1e-5 * greatest(expected));
  }
}

TEST_CASE("element-wise Grad-CAM is nowhere below HiResCAM, nor LayerCAM after a ReLU") {
  const Network network = gap_network();
  for (const char* layer : {"relu1", "relu2", "conv2"}) {
    const OptionValues at{{"layer", layer}};
    const Tensor hires = explain_with(network, gap_picture(), "hirescam", at).signed_map;
    const Tensor element = explain_with(network, gap_picture(), "gradcam-elementwise", at).map;
    const Tensor layercam = explain_with(network, gap_picture(), "layercam", at).map;
    const double slack = 1e-6 * greatest(element);
    for (std::size_t i = 0; i < hires.data().size(); ++i) {
      CHECK(element.data()[i] >= hires.data()[i] - slack);
      if (std::string_view(layer) != "conv2") {
        CHECK(element.data()[i] == Approx(layercam.data()[i]).margin(slack));
      }
    }
  }
}

TEST_CASE("Grad-CAM++ weighs a channel by its positive gradients over 2 + g times its sum") {
  const Network network = gap_network();
  const ValueId layer = network.find("relu1");
  const Target target{.of = network.output(), .index = 0};
  const Tape tape = forward(network, gap_picture(), {.keep = {layer, target.of}, .wrt = {layer}});
  const Tensor gradient = tape.backward(target.of, seed_for(tape, target)).at(layer);
  const Tensor& activations = tape.value(layer);
  Tensor expected({16, 16});
  for (std::size_t k = 0; k < 8; ++k) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 256; ++i) sum += activations.data()[k * 256 + i];
    double weight = 0.0;
    for (std::size_t i = 0; i < 256; ++i) {
      const double g = gradient.data()[k * 256 + i];
      // Equation 19 before it is simplified.
      if (g > 0.0) weight += g * (g * g / (2.0 * g * g + sum * g * g * g));
    }
    for (std::size_t i = 0; i < 256; ++i) {
      expected.mutable_data()[i] += static_cast<float>(weight * activations.data()[k * 256 + i]);
    }
  }
  const Tensor map =
      explain_with(network, gap_picture(), "gradcam++", {{"layer", "relu1"}}).signed_map;
  CHECK(greatest(expected) > 0.0);
  CHECK(distance(map, expected) <= 1e-5 * greatest(expected));
}

TEST_CASE("a principal component is recovered, with its sign, and explains most") {
  // Channel k is k + 1 times one pattern, plus a smaller second one.
  const Tensor pattern = random_tensor({1, 1, 5, 7}, 31);
  const Tensor other = random_tensor({1, 1, 5, 7}, 32);
  Tensor features({1, 6, 5, 7});
  for (std::size_t i = 0; i < features.data().size(); ++i) {
    const std::size_t k = i / 35;
    features.mutable_data()[i] = static_cast<float>(k + 1) * pattern.data()[i % 35] +
                                 (k % 2 == 0 ? 0.05F : -0.05F) * other.data()[i % 35];
  }
  const Tensor projection = principal_projection(features);
  double mean = 0.0;
  for (const float value : pattern.data()) mean += value / 35.0;
  const double length = std::sqrt(91.0);  // of (1, …, 6)
  for (std::size_t i = 0; i < 35; ++i) {
    CHECK(projection.data()[i] == Approx((pattern.data()[i] - mean) * length).margin(0.15));
  }
  double agreement = 0.0;
  const Tensor sums = channel_sum(features);
  for (std::size_t i = 0; i < 35; ++i) agreement += projection.data()[i] * sums.data()[i];
  CHECK(agreement > 0.0);
  const Tensor opposite = principal_projection(cameo::map(features, [](float v) { return -v; }));
  CHECK(distance(opposite, cameo::map(projection, [](float v) { return -v; })) < 1e-4);

  CHECK(greatest(principal_projection(Tensor({1, 4, 3, 3}, 2.0F))) == 0.0);
  Tensor broken = features;
  broken.mutable_data()[3] = NAN;
  CHECK(std::isnan(principal_projection(broken).data()[0]));
  CHECK_THROWS_AS(principal_projection(Tensor({4, 3, 3})), ShapeError);
}

TEST_CASE("two components of nearly one size are told apart") {
  // Two orthogonal patterns without a mean, 1 % apart in size, each in a channel of its own.
  Tensor features({1, 2, 4, 4});
  for (std::size_t i = 0; i < 16; ++i) {
    features.mutable_data()[i] = i % 2 == 0 ? 1.0F : -1.0F;
    features.mutable_data()[16 + i] = i % 4 < 2 ? 1.01F : -1.01F;
  }
  const Tensor projection = principal_projection(features);
  for (std::size_t i = 0; i < 16; ++i) {
    CHECK(projection.data()[i] == Approx(features.data()[16 + i]).margin(1e-5));
  }
}

TEST_CASE("EigenCAM is the same for every class") {
  const Network network = gap_network();
  const Explanation one = explain_with(network, gap_picture(), "eigencam", {}, 0);
  const Explanation other = explain_with(network, gap_picture(), "eigencam", {}, 4);
  CHECK(values(one.map) == values(other.map));
  CHECK(one.logit != other.logit);
}

TEST_CASE("several layers become one map") {
  const Network network = gap_network();
  const auto fused = [&](const std::string& layers, const std::string& fusion) {
    return explain_with(network, gap_picture(), "layercam", {{"layer", layers}, {"fuse", fusion}});
  };
  const Tensor early = scaled(fused("relu1", "mean").map);
  const Tensor late = resize_map(scaled(fused("relu2", "mean").map), 16, 16);
  const auto check = [&](const std::string& fusion, auto combine) {
    INFO(fusion);
    const Explanation result = fused("relu1, relu2", fusion);
    CHECK(distance(result.map, zip(early, late, combine)) < 1e-6);
    CHECK(result.layer == network.find("relu1"));
  };
  check("mean", [](float a, float b) { return (a + b) / 2.0F; });
  check("max", [](float a, float b) { return std::max(a, b); });
  check("product", [](float a, float b) { return a * b; });
  CHECK_THROWS_AS(fused("relu1,relu2", "sum"), LookupError);
  CHECK_THROWS_AS(fused("relu1,,relu2", "mean"), ArgumentError);
  CHECK_THROWS_AS(fused("relu1,relu9", "mean"), LookupError);
}

TEST_CASE("augmentation smoothing is the mean over six changed pictures") {
  const Network network = gap_network();
  const Tensor picture = gap_picture();
  Tensor expected({8, 8});
  for (const float factor : {0.9F, 1.0F, 1.1F}) {
    const Tensor dimmed = cameo::map(picture, [factor](float v) { return v * factor; });
    add_in_place(expected, explain_with(network, dimmed, "gradcam").map);
    add_in_place(expected, mirrored(explain_with(network, mirrored(dimmed), "gradcam").map));
  }
  expected = cameo::map(expected, [](float v) { return v / 6.0F; });
  const Explanation smooth = explain_with(network, picture, "gradcam", {{"augment", "true"}});
  CHECK(distance(smooth.map, expected) <= 1e-6 * greatest(expected));
  CHECK(smooth.logit == explain_with(network, picture, "gradcam").logit);
  const Explanation of_mirror =
      explain_with(network, mirrored(picture), "gradcam", {{"augment", "true"}});
  CHECK(distance(of_mirror.map, mirrored(smooth.map)) <= 1e-5 * greatest(expected));
  CHECK_THROWS_AS(make_method("gradcam", {{"augment", "yes"}}), ArgumentError);
}

TEST_CASE("the counterfactual map is Grad-CAM of the negated score") {
  const Network network = gap_network();
  const Explanation against = explain_with(network, gap_picture(), "counterfactual");
  const Explanation cam = explain_with(network, gap_picture(), "gradcam");
  CHECK(values(against.signed_map) ==
        values(cameo::map(cam.signed_map, [](float v) { return -v; })));
  CHECK(values(against.map) == values(relu(against.signed_map)));
}

TEST_CASE("Finer-CAM explains the score less the mean of its nearest classes") {
  const Network network = gap_network();
  const Tensor picture = gap_picture();
  std::vector<Target> targets;
  for (std::int64_t i = 0; i < kClasses; ++i)
    targets.push_back({.of = network.output(), .index = i});
  const auto cams =
      explain::explain(network, picture, Methods{make_method("gradcam")}, std::span(targets));
  // The two classes nearest in logit to class 2.
  std::vector<std::size_t> others{0, 1, 3, 4};
  std::sort(others.begin(), others.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(cams[a].logit - cams[2].logit) < std::abs(cams[b].logit - cams[2].logit);
  });
  Tensor expected = cams[2].signed_map;
  for (std::size_t i = 0; i < 2; ++i) {
    add_in_place(expected,
                 cameo::map(cams[others[i]].signed_map, [](float v) { return -0.6F * v / 2.0F; }));
  }
  const Explanation finer =
      explain_with(network, picture, "finercam", {{"references", "2"}, {"strength", "0.6"}}, 2);
  CHECK(distance(finer.signed_map, expected) <= 1e-5 * greatest(expected));
  const Explanation plain = explain_with(network, picture, "finercam", {{"strength", "0"}}, 2);
  CHECK(distance(plain.signed_map, cams[2].signed_map) <= 1e-6 * greatest(cams[2].signed_map));
  CHECK_THROWS_AS(make_method("finercam", {{"references", "0"}}), ArgumentError);
}

TEST_CASE("Smooth Grad-CAM++ without noise is Grad-CAM++, whatever the samples and the batch") {
  const Network network = gap_network();
  const Tensor expected =
      explain_with(network, gap_picture(), "gradcam++", {{"layer", "relu1"}}).signed_map;
  const auto smooth = [&](const OptionValues& options) {
    OptionValues all = options;
    all["layer"] = "relu1";
    return explain_with(network, gap_picture(), "smooth-gradcam++", all).signed_map;
  };
  CHECK(distance(smooth({{"noise", "0"}, {"samples", "3"}}), expected) <=
        1e-5 * greatest(expected));
  const Tensor noisy = smooth({{"samples", "5"}, {"seed", "2"}});
  CHECK(distance(noisy, expected) > 1e-3 * greatest(expected));
  CHECK(values(noisy) == values(smooth({{"samples", "5"}, {"seed", "2"}, {"batch", "2"}})));
}
