#include "layers/modules.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/tape.h"
#include "toy.h"

using namespace cameo::layers;
using cameo::Builder;
using cameo::Network;
using cameo::Shape;
using cameo::Tensor;
using cameo::ValueId;

namespace {

using Names = std::vector<std::string>;

Network build(const Module& module, const Shape& picture, std::string_view name = "") {
  Builder builder;
  const ValueId input = builder.input("input", picture);
  const ValueId output = module.build(builder, name, input);
  return std::move(builder).finish(output);
}

Names parameter_names(const Network& network) {
  Names names;
  for (const ValueId id : network.parameters()) names.push_back(network.node(id).name);
  return names;
}

Names op_names(const Network& network) {
  Names names;
  for (const cameo::Node& node : network.nodes()) {
    if (node.op) names.push_back(node.name);
  }
  return names;
}

Shape output_shape(const Network& network) {
  Shape input{2};
  input.insert(input.end(), network.input_shape().begin(), network.input_shape().end());
  return network.infer_shapes(input).at(static_cast<std::size_t>(network.output()));
}

Shape parameter_shape(const Network& network, std::string_view name) {
  return network.node(network.find(name)).parameter.shape();
}

Residual basic_block(std::int64_t channels, std::int64_t stride, Sequential shortcut = {}) {
  return Residual(
      Sequential()
          .add("conv1",
               Conv2d({.out_channels = channels, .stride = stride, .padding = 1, .bias = false}))
          .add("bn1", BatchNorm2d())
          .add("relu", Relu())
          .add("conv2", Conv2d({.out_channels = channels, .padding = 1, .bias = false}))
          .add("bn2", BatchNorm2d()),
      std::move(shortcut));
}

}  // namespace

TEST_CASE("a Sequential's names equal PyTorch's") {
  const Network network = build(Sequential(Conv2d({.out_channels = 8}), Relu(), MaxPool2d(),
                                           Flatten(), Linear({.out_features = 5, .bias = false})),
                                {3, 10, 10}, "features");
  CHECK(op_names(network) ==
        Names{"features.0", "features.1", "features.2", "features.3", "features.4"});
  CHECK(parameter_names(network) ==
        Names{"features.0.weight", "features.0.bias", "features.4.weight"});
  CHECK(parameter_shape(network, "features.0.weight") == Shape{8, 3, 3, 3});
  CHECK(parameter_shape(network, "features.4.weight") == Shape{5, 128});
  CHECK(output_shape(network) == Shape{2, 5});
}

TEST_CASE("a residual network's names equal torchvision's") {
  const Sequential shortcut(Conv2d({.out_channels = 8, .kernel = 1, .stride = 2, .bias = false}),
                            BatchNorm2d());
  const Sequential layer1(basic_block(4, 1));
  const Sequential layer2(basic_block(8, 2, shortcut));
  const Network network = build(Sequential()
                                    .add("layer1", layer1)
                                    .add("layer2", layer2)
                                    .add("avgpool", GlobalAveragePool())
                                    .add("flatten", Flatten())
                                    .add("fc", Linear({.out_features = 10})),
                                {4, 8, 8});
  CHECK(parameter_names(network) == Names{"layer1.0.conv1.weight",
                                          "layer1.0.bn1.weight",
                                          "layer1.0.bn1.bias",
                                          "layer1.0.bn1.running_mean",
                                          "layer1.0.bn1.running_var",
                                          "layer1.0.conv2.weight",
                                          "layer1.0.bn2.weight",
                                          "layer1.0.bn2.bias",
                                          "layer1.0.bn2.running_mean",
                                          "layer1.0.bn2.running_var",
                                          "layer2.0.conv1.weight",
                                          "layer2.0.bn1.weight",
                                          "layer2.0.bn1.bias",
                                          "layer2.0.bn1.running_mean",
                                          "layer2.0.bn1.running_var",
                                          "layer2.0.conv2.weight",
                                          "layer2.0.bn2.weight",
                                          "layer2.0.bn2.bias",
                                          "layer2.0.bn2.running_mean",
                                          "layer2.0.bn2.running_var",
                                          "layer2.0.downsample.0.weight",
                                          "layer2.0.downsample.1.weight",
                                          "layer2.0.downsample.1.bias",
                                          "layer2.0.downsample.1.running_mean",
                                          "layer2.0.downsample.1.running_var",
                                          "fc.weight",
                                          "fc.bias"});
  CHECK(op_names(network) ==
        Names{"layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu", "layer1.0.conv2", "layer1.0.bn2",
              "layer1.0.add", "layer1.0", "layer2.0.conv1", "layer2.0.bn1", "layer2.0.relu",
              "layer2.0.conv2", "layer2.0.bn2", "layer2.0.downsample.0", "layer2.0.downsample.1",
              "layer2.0.add", "layer2.0", "avgpool", "flatten", "fc"});
  CHECK(output_shape(network) == Shape{2, 10});
}

TEST_CASE("running statistics are not trainable") {
  const Network network = build(conv_bn_relu({.out_channels = 2}), {1, 5, 5}, "stem");
  CHECK(op_names(network) == Names{"stem.0", "stem.1", "stem.2"});
  Names trainable;
  for (const ValueId id : network.parameters(true)) trainable.push_back(network.node(id).name);
  CHECK(trainable == Names{"stem.0.weight", "stem.1.weight", "stem.1.bias"});
  CHECK(network.node(network.find("stem.1.running_var")).parameter.data()[1] == 1.0F);
  CHECK(network.node(network.find("stem.1.weight")).parameter.data()[0] == 1.0F);
}

TEST_CASE("options reach the ops") {
  CHECK(output_shape(build(Conv2d({.out_channels = 6,
                                   .kernel = {3, 5},
                                   .stride = {1, 2},
                                   .padding = {1, 0},
                                   .dilation = {2, 1},
                                   .groups = 2}),
                           {4, 9, 11}, "conv")) == Shape{2, 6, 7, 4});
  CHECK(parameter_shape(build(Conv2d({.out_channels = 6, .groups = 2}), {4, 9, 9}, "conv"),
                        "conv.weight") == Shape{6, 2, 3, 3});
  CHECK(output_shape(build(MaxPool2d({.kernel = 3, .stride = 2, .ceil_mode = true}), {1, 8, 8},
                           "pool")) == Shape{2, 1, 4, 4});
  CHECK(output_shape(build(MaxPool2d({.kernel = 3}), {1, 9, 9}, "pool")) == Shape{2, 1, 3, 3});
  CHECK(output_shape(build(AveragePool2d({.kernel = 2, .padding = 1}), {1, 8, 8}, "pool")) ==
        Shape{2, 1, 5, 5});
}

TEST_CASE("element-wise modules compute their functions") {
  const Tensor x({1, 1, 1, 2}, std::vector<float>{-1.0F, 2.0F});
  const auto values = [&x](const Module& module) {
    const Network network = build(module, {1, 1, 2}, "f");
    const Tensor y = cameo::forward(network, x).output();
    return std::vector<float>(y.data().begin(), y.data().end());
  };
  CHECK(values(Relu()) == std::vector<float>{0.0F, 2.0F});
  CHECK(values(LeakyRelu(0.5F)) == std::vector<float>{-0.5F, 2.0F});
  CHECK(values(Sigmoid())[0] == Approx(0.26894142));
  CHECK(values(Tanh())[1] == Approx(0.96402758));
  CHECK(values(Dropout(0.9F)) == std::vector<float>{-1.0F, 2.0F});
}

TEST_CASE("an average pool counts its padding as PyTorch does") {
  const Tensor x({1, 1, 2, 2}, 4.0F);
  const auto corner = [&x](bool count) {
    const Network network = build(
        AveragePool2d({.kernel = 2, .padding = 1, .count_include_pad = count}), {1, 2, 2}, "pool");
    return cameo::forward(network, x).output().data()[0];
  };
  CHECK(corner(true) == 1.0F);
  CHECK(corner(false) == 4.0F);
}

TEST_CASE("modules refuse what does not fit, by full name") {
  CHECK_THROWS_WITH(build(Sequential(Linear({.out_features = 3})), {1, 4, 4}, "head"),
                    Catch::Contains("\"head.0\"") && Catch::Contains("Flatten"));
  CHECK_THROWS_WITH(build(Conv2d({.out_channels = 4, .groups = 3}), {4, 5, 5}, "conv"),
                    Catch::Contains("\"conv\"") && Catch::Contains("3 groups"));
  CHECK_THROWS_AS(build(Conv2d({}), {4, 5, 5}, "conv"), cameo::ArgumentError);
  CHECK_THROWS_AS(build(Linear({}), {4}, "fc"), cameo::ArgumentError);
  CHECK_THROWS_AS(build(Sequential(Flatten(), BatchNorm2d()), {4, 5, 5}, "x"), cameo::ShapeError);
  CHECK_THROWS_WITH(build(Residual(Sequential(Conv2d({.out_channels = 1}))), {1, 5, 5}, "block"),
                    Catch::Contains("\"block.add\""));
  CHECK_THROWS_AS(build(Conv2d({.out_channels = 1, .kernel = 7}), {1, 5, 5}, "conv"),
                  cameo::ShapeError);
}

TEST_CASE("Embedding and Lstm have PyTorch's parameters") {
  const Network words = build(Embedding({.words = 7, .features = 3}), {1, 2}, "emb");
  CHECK(parameter_names(words) == Names{"emb.weight"});
  CHECK(parameter_shape(words, "emb.weight") == Shape{7, 3});
  CHECK(output_shape(words) == Shape{2, 1, 2, 3});

  Builder builder;
  const ValueId input = builder.input("input", {4, 3});
  const Network lstm = std::move(builder).finish(Lstm({.hidden = 5}).build(builder, "lstm", input));
  CHECK(parameter_names(lstm) ==
        Names{"lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0"});
  CHECK(parameter_shape(lstm, "lstm.weight_ih_l0") == Shape{20, 3});
  CHECK(parameter_shape(lstm, "lstm.weight_hh_l0") == Shape{20, 5});
  CHECK(parameter_shape(lstm, "lstm.bias_hh_l0") == Shape{20});
  float largest = 0.0F;
  for (const ValueId id : lstm.parameters()) {
    for (const float v : lstm.node(id).parameter.data()) largest = std::max(largest, std::abs(v));
  }
  CHECK(largest <= 1.0F / std::sqrt(5.0F));
  CHECK(largest > 0.9F / std::sqrt(5.0F));
  CHECK_THROWS_AS(build(Lstm({.hidden = 5}), {1, 4, 3}, "lstm"), cameo::ShapeError);
  CHECK_THROWS_AS(build(Lstm({}), {4, 3}, "lstm"), cameo::ArgumentError);
  CHECK_THROWS_AS(build(Embedding({.words = 7}), {2}, "emb"), cameo::ArgumentError);
}
