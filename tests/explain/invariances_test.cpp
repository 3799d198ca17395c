// What must not change a map, and what must change it in a known way; over all methods that promise
// it.
#include <catch2/catch.hpp>
#include <set>

#include "core/elementwise.h"
#include "core/parallel.h"
#include "explain/display.h"
#include "explain/registry.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// Few samples, small pieces and, where a method takes it, this batch.
OptionValues quick_options(const std::string& name, const std::string& batch = "16") {
  const OptionValues wanted{{"masks", "6"},    {"cells", "4"},  {"samples", "8"},
                            {"segments", "3"}, {"steps", "3"},  {"permutations", "2"},
                            {"patch", "4"},    {"stride", "4"}, {"iterations", "10"},
                            {"seed", "5"},     {"batch", batch}};
  OptionValues result;
  for (const OptionInfo& option : method_info(name).options) {
    const auto found = wanted.find(option.key);
    if (found != wanted.end()) result.insert(*found);
  }
  return result;
}

Explanation explain_quickly(const Network& network, const Tensor& picture, const std::string& name,
                            const std::string& batch = "16") {
  const Methods methods{make_method(name, quick_options(name, batch))};
  return explain::explain(network, picture, methods,
                          std::vector{Target{.of = find_logits(network), .index = 1}})
      .at(0);
}

/// Methods whose maps are linear in the score.
const std::vector<std::string>& linear_methods() {
  static const std::vector<std::string> names{
      "cam",           "gradcam",  "shapleycam",          "xgradcam",       "layercam",
      "hirescam",      "finercam", "gradcam-elementwise", "counterfactual", "guided",
      "deconvnet",     "saliency", "inputxgradient",      "smoothgrad",     "integrated-gradients",
      "gradient-shap", "deeplift", "channel-shapley",     "occlusion",      "feature-ablation",
      "kernel-shap"};
  return names;
}

double largest(const Tensor& values) {
  double most = 0.0;
  for (const float v : values.data()) most = std::max(most, std::abs(static_cast<double>(v)));
  return most;
}

/// gap_network() with what `change` does to the last layer's weights and biases.
template <typename F>
Network with_last_layer(F change) {
  Network network = gap_network();
  for (const char* name : {"fc.weight", "fc.bias"}) {
    const ValueId id = network.find(name);
    Tensor values = network.node(id).parameter;
    for (float& v : values.mutable_data()) v = change(v, std::string(name) == "fc.bias");
    network.set_parameter(id, values);
  }
  return network;
}

Tensor mirrored(const Tensor& map) {
  Tensor result = map;
  const auto width = static_cast<std::size_t>(map.shape().back());
  for (std::size_t i = 0; i < map.data().size(); ++i) {
    result.mutable_data()[i] = map.data()[i - i % width + (width - 1 - i % width)];
  }
  return result;
}

/// gap_network() with filters that are their own mirror images.
Network symmetric_network() {
  Network network = gap_network();
  for (const char* name : {"conv1.weight", "conv2.weight"}) {
    const ValueId id = network.find(name);
    const Tensor weight = network.node(id).parameter;
    network.set_parameter(id, zip(weight, mirrored(weight), std::plus<>()));
  }
  return network;
}

/// conv relu conv relu gap fc, with one ReLU object for both or one each.
Network relu_network(bool shared) {
  Graph graph({3, 16, 16});
  const auto relu = std::make_shared<const ops::Relu>();
  const auto add_relu = [&](const std::string& name) {
    graph.add(name, shared ? relu : std::make_shared<const ops::Relu>(), {graph.last()});
  };
  graph.conv("conv1", random_tensor({8, 3, 3, 3}, 1), random_tensor({8}, 2));
  add_relu("relu1");
  graph.conv("conv2", random_tensor({6, 8, 3, 3}, 3), random_tensor({6}, 4));
  add_relu("relu2");
  graph.then("gap", ops::GlobalAveragePool());
  graph.then("flatten", ops::Flatten());
  graph.linear("fc", random_tensor({3, 6}, 5), random_tensor({3}, 6));
  return std::move(graph).finish();
}

}  // namespace

TEST_CASE(
    "every method: the same bits again, by any threads and batch, and the network untouched") {
  const Network network = gap_network();
  std::vector<std::vector<float>> before;
  for (const ValueId id : network.parameters())
    before.push_back(values(network.node(id).parameter));
  for (const std::string& name : method_names()) {
    INFO(name);
    const Explanation usual = explain_quickly(network, gap_picture(), name);
    CHECK_FALSE(usual.map.size() == 0);
    CHECK(values(explain_quickly(network, gap_picture(), name).map) == values(usual.map));
    {
      const ThreadLimit limit(3);
      CHECK(values(explain_quickly(network, gap_picture(), name, "5").map) == values(usual.map));
    }
    const ThreadLimit limit(1);
    CHECK(values(explain_quickly(network, gap_picture(), name, "1").signed_map) ==
          values(usual.signed_map));
  }
  std::size_t i = 0;
  for (const ValueId id : network.parameters()) {
    CHECK(values(network.node(id).parameter) == before[i++]);
  }
}

TEST_CASE("a constant added to all logits changes no map") {
  const Network usual = gap_network();
  const Network raised = with_last_layer([](float v, bool bias) { return bias ? v + 3.0F : v; });
  // These share out the score itself, its constant too.
  const std::set<std::string> shares{"ablationcam", "lrp", "deep-taylor", "fullgrad"};
  for (const std::string& name : method_names()) {
    if (shares.contains(name)) continue;
    INFO(name);
    const Explanation a = explain_quickly(usual, gap_picture(), name);
    const Explanation b = explain_quickly(raised, gap_picture(), name);
    CHECK(b.logit == Approx(a.logit + 3.0F));
    CHECK(distance(a.map, b.map) <= 1e-4 * std::max(1e-3, largest(a.map)));
  }
}

TEST_CASE("a score twice as large has maps twice as large, shown alike") {
  const Network usual = gap_network();
  const Network doubled = with_last_layer([](float v, bool) { return 2.0F * v; });
  for (const std::string& name : linear_methods()) {
    INFO(name);
    const Explanation a = explain_quickly(usual, gap_picture(), name);
    const Explanation b = explain_quickly(doubled, gap_picture(), name);
    const Tensor twice = map(a.map, [](float v) { return 2.0F * v; });
    REQUIRE(largest(a.signed_map) > 0.0);
    CHECK(distance(b.map, twice) <= 1e-4 * largest(a.signed_map));
    CHECK(distance(display_map(a, 16, 16).map, display_map(b, 16, 16).map) <= 1e-3);
  }
}

TEST_CASE("a network of mirrored filters explains the mirrored picture by the mirrored map") {
  const Network network = symmetric_network();
  // Without those that draw masks or noise, or cut superpixels in reading order; and without the
  // deconvnet, whose signals go through windows of max pooling that are all 0, to their first
  // place.
  for (const char* name : {"cam",
                           "gradcam",
                           "gradcam++",
                           "shapleycam",
                           "xgradcam",
                           "layercam",
                           "hirescam",
                           "gradcam-elementwise",
                           "finercam",
                           "counterfactual",
                           "eigencam",
                           "eigengradcam",
                           "fullgrad",
                           "guided",
                           "guided-gradcam",
                           "saliency",
                           "inputxgradient",
                           "integrated-gradients",
                           "deeplift",
                           "lrp",
                           "scorecam",
                           "ablationcam",
                           "channel-shapley",
                           "occlusion",
                           "extremal-perturbation"}) {
    INFO(name);
    const Explanation straight = explain_quickly(network, gap_picture(), name);
    const Explanation turned = explain_quickly(network, mirrored(gap_picture()), name);
    CHECK(distance(mirrored(straight.signed_map), turned.signed_map) <=
          1e-3 * largest(straight.signed_map));
  }
}

TEST_CASE("a ReLU object used twice is two ReLUs") {
  const Network shared = relu_network(true);
  const Network separate = relu_network(false);
  for (const char* name : {"guided", "deconvnet", "guided-gradcam", "saliency", "deeplift", "lrp",
                           "deconvnet-unit", "fullgrad", "gradcam"}) {
    INFO(name);
    CHECK(values(explain_quickly(shared, gap_picture(), name).map) ==
          values(explain_quickly(separate, gap_picture(), name).map));
  }
}
