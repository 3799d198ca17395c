#include "zoo/gap_head.h"

#include <catch2/catch.hpp>
#include <set>

#include "core/error.h"
#include "core/random.h"
#include "core/tape.h"
#include "zoo/model.h"
#include "zoo/models/models.h"

namespace cameo::zoo {

namespace {

Tensor noise(Shape shape) {
  Tensor tensor(std::move(shape));
  Random random(3);
  for (float& value : tensor.mutable_data()) value = random.normal();
  return tensor;
}

std::set<std::string> names_of(const Network& network) {
  std::set<std::string> names;
  for (const Node& node : network.nodes()) names.insert(node.name);
  return names;
}

}  // namespace

TEST_CASE("a GAP head replaces what comes behind a layer") {
  const Network whole = make_model("resnet20_cifar");
  const Network cut = add_gap_head(whole, "layer2", {.classes = 3, .channels = 8});
  const ValueId layer = cut.find("layer2");
  const Tensor pictures = noise({2, 3, 32, 32});
  const Tape tape =
      forward(cut, pictures, {.keep = {layer, cut.output()}, .wrt = cut.parameters(true)});
  CHECK(tape.output().shape() == Shape{2, 3});
  // The part that stays computes what it computed, from the same storage.
  const ValueId before = whole.find("layer2");
  const Tape original = forward(whole, pictures, {.keep = {before}});
  CHECK(std::equal(tape.value(layer).data().begin(), tape.value(layer).data().end(),
                   original.value(before).data().begin()));
  CHECK(cut.node(cut.find("conv1.weight")).parameter.data().data() ==
        whole.node(whole.find("conv1.weight")).parameter.data().data());
  const std::set<std::string> names = names_of(cut);
  CHECK(names.count("layer3.0.conv1.weight") == 0);
  CHECK(names.count("linear.weight") == 0);
  CHECK(cut.node(cut.find("gap_head.conv.weight")).parameter.shape() == Shape{8, 32, 3, 3});
  CHECK(cut.node(cut.find("gap_head.fc.weight")).parameter.shape() == Shape{3, 8});
  CHECK(cut.input_shape() == whole.input_shape());
  // Ready for training: everything gets a gradient.
  const Gradients gradients = tape.backward(cut.output(), Tensor({2, 3}, 1.0F));
  CHECK(gradients.size() == cut.parameters(true).size());
}

TEST_CASE("only what leads to the layer stays") {
  const Network network = make_model("squeezenet1_1");
  const Network cut = add_gap_head(network, "features.4.squeeze_activation", {.classes = 2});
  CHECK_FALSE(cut.contains("features.4.expand1x1.weight"));
  CHECK(cut.contains("features.3.expand3x3.weight"));
  const Network again = add_gap_head(cut, "features.3", {.classes = 5, .channels = 4, .kernel = 1});
  CHECK(forward(again, noise({1, 3, 40, 40})).output().shape() == Shape{1, 5});
}

TEST_CASE("the zoo's GAP networks are their uncut networks with a head") {
  const std::pair<const char*, std::pair<const char*, const char*>> pairs[] = {
      {"alexnet_gap", {"alexnet", "features.11"}},
      {"vgg16_gap", {"vgg16", "features.29"}},
      {"googlenet_gap", {"googlenet", "inception4e"}}};
  for (const auto& [gap, source] : pairs) {
    INFO(gap);
    const Network network = make_model(gap, {.classes = 7, .seed = std::nullopt});
    const Network cut = add_gap_head(make_model(source.first, {.seed = std::nullopt}),
                                     source.second, {.classes = 7, .seed = std::nullopt});
    REQUIRE(network.nodes().size() == cut.nodes().size());
    for (std::size_t i = 0; i < cut.nodes().size(); ++i) {
      CHECK(network.nodes()[i].name == cut.nodes()[i].name);
      CHECK(network.nodes()[i].inputs == cut.nodes()[i].inputs);
    }
  }
}

TEST_CASE("the seed decides a head's parameters") {
  const Network network = make_model("gapnet");
  const auto head = [&](std::uint64_t seed) {
    const Network cut =
        add_gap_head(network, "layer6", {.classes = 4, .channels = 2, .seed = seed});
    const auto values = cut.node(cut.find("gap_head.fc.weight")).parameter.data();
    return std::vector<float>(values.begin(), values.end());
  };
  CHECK(head(1) == head(1));
  CHECK(head(1) != head(2));
}

TEST_CASE("GAP heads that cannot be made") {
  const Network network = make_model("gapnet");
  CHECK_THROWS_WITH(add_gap_head(network, "layr6", {.classes = 2}),
                    Catch::Matchers::Contains("layer6"));
  CHECK_THROWS_WITH(add_gap_head(network, "fc", {.classes = 2}),
                    Catch::Matchers::Contains("feature map") && Catch::Matchers::Contains("fc"));
  CHECK_THROWS_AS(add_gap_head(network, "layer1.0.weight", {.classes = 2}), ArgumentError);
  CHECK_THROWS_AS(add_gap_head(network, "layer6", {}), ArgumentError);
  CHECK_THROWS_AS(add_gap_head(network, "layer6", {.classes = 2, .channels = 0}), ArgumentError);
  CHECK_THROWS_AS(add_gap_head(network, "layer6", {.classes = 2, .kernel = 2}), ArgumentError);
  const Network once = add_gap_head(network, "layer6", {.classes = 2});
  CHECK_THROWS_AS(add_gap_head(once, "gap_head.relu", {.classes = 2}), ArgumentError);
}

}  // namespace cameo::zoo
