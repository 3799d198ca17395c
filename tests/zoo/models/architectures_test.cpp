// The architectures that public weights exist for: their parameters are an interface.
#include <catch2/catch.hpp>
#include <map>

#include "core/error.h"
#include "core/random.h"
#include "core/tape.h"
#include "layers/summary.h"
#include "zoo/models/models.h"

namespace cameo::zoo {

namespace {

/// Shapes and names alone: no parameter is ever touched.
Network unset(std::string_view name, ModelOptions options = {}) {
  options.seed = std::nullopt;
  return make_model(name, options);
}

std::int64_t trainable_count(const Network& network) {
  std::int64_t count = 0;
  for (const ValueId id : network.parameters(true)) count += network.node(id).parameter.size();
  return count;
}

Shape shape_at(const Network& network, std::string_view name, const Shape& input) {
  return network.infer_shapes(input)[static_cast<std::size_t>(network.find(name))];
}

Shape output_shape(const Network& network, const Shape& input) {
  return network.infer_shapes(input)[static_cast<std::size_t>(network.output())];
}

Tensor noise(Shape shape) {
  Tensor tensor(std::move(shape));
  Random random(11);
  for (float& value : tensor.mutable_data()) value = random.normal();
  return tensor;
}

struct Published {
  const char* name;
  std::int64_t parameters;         ///< as torchvision or the authors give it
  double giga_multiply_adds;       ///< as torchvision gives it; 0: not given
  const char* last_feature_map;    ///< as a PyTorch user calls it
  Shape feature_shape;             ///< for one picture of the usual size
  std::vector<const char*> names;  ///< keys of the public state_dict
};

const std::vector<Published>& published() {
  static const std::vector<Published> list = {
      {"alexnet",
       61100840,
       0.71,
       "features.12",
       {1, 256, 6, 6},
       {"features.0.weight", "features.10.bias", "classifier.1.weight", "classifier.6.bias"}},
      {"vgg11", 132863336, 7.61, "features.20", {1, 512, 7, 7}, {"features.18.weight"}},
      {"vgg11_bn", 132868840, 7.61, "features.28", {1, 512, 7, 7}, {"features.26.running_var"}},
      {"vgg13", 133047848, 11.31, "features.24", {1, 512, 7, 7}, {"features.22.bias"}},
      {"vgg13_bn", 133053736, 11.31, "features.34", {1, 512, 7, 7}, {"features.32.weight"}},
      {"vgg16",
       138357544,
       15.47,
       "features.29",
       {1, 512, 14, 14},
       {"features.0.weight", "features.28.bias", "classifier.0.weight", "classifier.6.weight"}},
      {"vgg16_bn", 138365992, 15.47, "features.42", {1, 512, 14, 14}, {"features.41.running_mean"}},
      {"vgg19", 143667240, 19.63, "features.36", {1, 512, 7, 7}, {"features.34.weight"}},
      {"vgg19_bn", 143678248, 19.63, "features.52", {1, 512, 7, 7}, {"features.50.weight"}},
      {"resnet18",
       11689512,
       1.81,
       "layer4",
       {1, 512, 7, 7},
       {"conv1.weight", "bn1.running_mean", "layer2.0.downsample.0.weight",
        "layer2.0.downsample.1.bias", "layer4.1.conv2.weight", "layer4.1.bn2.weight", "fc.bias"}},
      {"resnet34", 21797672, 3.66, "layer4.2.relu_1", {1, 512, 7, 7}, {"layer3.5.bn2.bias"}},
      {"resnet50",
       25557032,
       4.09,
       "layer4.2.relu_2",
       {1, 2048, 7, 7},
       {"layer1.0.downsample.0.weight", "layer4.2.conv3.weight", "layer4.2.bn3.running_var"}},
      {"resnet101", 44549160, 7.80, "layer4.2", {1, 2048, 7, 7}, {"layer3.22.conv2.weight"}},
      {"resnet152", 60192808, 11.51, "layer3.35", {1, 1024, 14, 14}, {"layer2.7.conv2.weight"}},
      {"resnext50_32x4d", 25028904, 4.23, "layer4", {1, 2048, 7, 7}, {"layer4.2.conv3.weight"}},
      {"wide_resnet50_2", 68883240, 11.40, "layer4", {1, 2048, 7, 7}, {"layer4.2.conv3.weight"}},
      // He et al. 2016, table 6, in thousands: 270, 460, 660, 850 and 1700.
      {"resnet20_cifar",
       269722,
       0,
       "layer3",
       {1, 64, 8, 8},
       {"conv1.weight", "layer3.2.bn2.running_var", "linear.weight", "linear.bias"}},
      {"resnet32_cifar", 464154, 0, "layer3.4.relu_1", {1, 64, 8, 8}, {"layer2.4.conv1.weight"}},
      {"resnet44_cifar", 658586, 0, "layer2", {1, 32, 16, 16}, {"layer1.6.conv1.weight"}},
      {"resnet56_cifar", 853018, 0, "layer1", {1, 16, 32, 32}, {"layer1.8.conv1.weight"}},
      {"resnet110_cifar", 1727962, 0, "layer3", {1, 64, 8, 8}, {"layer1.17.conv1.weight"}},
      {"squeezenet1_0",
       1248424,
       0.82,
       "features.12",
       {1, 512, 13, 13},
       {"features.0.weight", "features.3.squeeze.bias", "features.12.expand3x3.weight",
        "classifier.1.weight"}},
      {"squeezenet1_1",
       1235496,
       0.35,
       "features.12.expand3x3_activation",
       {1, 256, 13, 13},
       {"features.12.expand1x1.weight", "classifier.1.bias"}},
      {"googlenet",
       6624904,
       1.50,
       "inception5b",
       {1, 1024, 7, 7},
       {"conv1.conv.weight", "inception3a.branch2.1.bn.running_var",
        "inception5b.branch4.1.conv.weight", "fc.bias"}},
      // torchvision's 27161264 count the auxiliary classifier.
      {"inception_v3",
       23834568,
       5.71,
       "Mixed_7c",
       {1, 2048, 8, 8},
       {"Conv2d_1a_3x3.conv.weight", "Mixed_5b.branch3x3dbl_3.bn.weight",
        "Mixed_6a.branch3x3.conv.weight", "Mixed_6e.branch7x7dbl_5.bn.running_mean",
        "Mixed_7a.branch7x7x3_4.conv.weight", "Mixed_7c.branch3x3dbl_3b.conv.weight", "fc.weight"}},
      {"densenet121",
       7978856,
       2.83,
       "features",
       {1, 1024, 7, 7},
       {"features.conv0.weight", "features.denseblock1.denselayer1.norm1.weight",
        "features.denseblock4.denselayer16.conv2.weight", "features.transition3.norm.running_var",
        "features.norm5.bias", "classifier.weight"}},
      {"densenet161", 28681000, 7.73, "relu", {1, 2208, 7, 7}, {"features.norm5.weight"}},
      {"densenet169",
       14149480,
       3.36,
       "features.denseblock4",
       {1, 1664, 7, 7},
       {"features.denseblock3.denselayer32.conv2.weight"}},
      {"densenet201",
       20013928,
       4.29,
       "features.denseblock3",
       {1, 1792, 14, 14},
       {"features.denseblock3.denselayer48.conv2.weight"}},
      {"mobilenet_v2",
       3504872,
       0.30,
       "features.18",
       {1, 1280, 7, 7},
       {"features.0.0.weight", "features.1.conv.1.weight", "features.17.conv.1.1.running_var",
        "features.17.conv.3.bias", "features.18.1.weight", "classifier.1.bias"}},
      {"mobilenet_v3_small",
       2542856,
       0.06,
       "features.12",
       {1, 576, 7, 7},
       {"features.1.block.1.fc1.weight", "features.11.block.3.1.weight", "classifier.3.bias"}},
      {"mobilenet_v3_large",
       5483032,
       0.22,
       "features",
       {1, 960, 7, 7},
       {"features.4.block.2.fc2.bias", "features.15.block.3.0.weight", "classifier.0.weight"}},
      {"shufflenet_v2_x0_5",
       1366792,
       0.04,
       "conv5",
       {1, 1024, 7, 7},
       {"conv1.0.weight", "stage2.0.branch1.2.weight", "stage4.3.branch2.6.running_mean",
        "conv5.1.bias", "fc.weight"}},
      {"shufflenet_v2_x1_0",
       2278604,
       0.145,
       "stage4",
       {1, 464, 7, 7},
       {"stage3.7.branch2.3.weight"}},
      {"shufflenet_v2_x1_5",
       3503624,
       0.30,
       "stage3.7",
       {1, 352, 14, 14},
       {"stage2.3.branch2.0.weight"}},
      {"shufflenet_v2_x2_0",
       7393996,
       0.58,
       "conv5.2",
       {1, 2048, 7, 7},
       {"stage2.3.branch2.0.weight"}},
      {"mnasnet0_5",
       2218512,
       0.10,
       "layers",
       {1, 1280, 7, 7},
       {"layers.0.weight", "layers.7.bias", "layers.8.0.layers.0.weight",
        "layers.13.0.layers.7.running_var", "layers.14.weight", "classifier.1.weight"}},
      {"mnasnet0_75",
       3170208,
       0.215,
       "layers.16",
       {1, 1280, 7, 7},
       {"layers.12.3.layers.6.weight"}},
      {"mnasnet1_0", 4383312, 0.31, "layers.13", {1, 320, 7, 7}, {"layers.12.3.layers.6.weight"}},
      {"mnasnet1_3", 6282256, 0.53, "layers.12", {1, 248, 7, 7}, {"layers.12.3.layers.6.weight"}},
      {"efficientnet_b0",
       5288548,
       0.39,
       "features.8",
       {1, 1280, 7, 7},
       {"features.0.0.weight", "features.1.0.block.1.fc1.bias",
        "features.7.0.block.3.1.running_var", "features.8.1.weight", "classifier.1.bias"}},
      // No published numbers: the uncut network's up to the cut, then 9·C·1024 + 1024 and 1025000.
      {"alexnet_gap",
       2469696 + 9 * 256 * 1024 + 1024 + 1025000,
       0,
       "gap_head.relu",
       {1, 1024, 13, 13},
       {"features.10.weight", "gap_head.conv.weight", "gap_head.fc.bias"}},
      {"vgg16_gap",
       14714688 + 9 * 512 * 1024 + 1024 + 1025000,
       0,
       "gap_head.relu",
       {1, 1024, 14, 14},
       {"features.28.weight", "gap_head.conv.weight"}},
      {"googlenet_gap",
       3273920 + 9 * 832 * 1024 + 1024 + 1025000,
       0,
       "inception4e",
       {1, 832, 14, 14},
       {"inception4e.branch4.1.bn.bias", "gap_head.fc.weight"}},
      {"nin_imagenet",
       7595176,
       0,
       "mlpconv4",
       {1, 1000, 6, 6},
       {"mlpconv1.conv.weight", "mlpconv4.cccp2.bias"}},
  };
  return list;
}

}  // namespace

TEST_CASE("architectures have the published parameters, names and feature maps") {
  for (const Published& expected : published()) {
    INFO(expected.name);
    const ModelInfo& info = model_info(expected.name);
    const Network network = unset(expected.name);
    CHECK(trainable_count(network) == expected.parameters);
    Shape input = info.input_shape;
    input.insert(input.begin(), 1);
    CHECK(shape_at(network, expected.last_feature_map, input) == expected.feature_shape);
    CHECK(output_shape(network, input) == Shape{1, info.classes});
    for (const char* name : expected.names) {
      INFO(name);
      REQUIRE(network.contains(name));
      CHECK(network.node(network.find(name)).is_parameter());
    }
    if (expected.giga_multiply_adds > 0) {
      CHECK(static_cast<double>(multiply_adds(network, input)) * 1e-9 ==
            Approx(expected.giga_multiply_adds).margin(0.0051));
    }
  }
}

TEST_CASE("every architecture with public weights is checked above") {
  std::map<std::string, bool> known;
  for (const Published& expected : published()) known[expected.name] = true;
  for (const ModelInfo& info : model_infos()) {
    INFO(info.name);
    CHECK((info.checkpoints.empty() || known.count(info.name) == 1));
  }
}

TEST_CASE("other input sizes down to the smallest, other channels and classes") {
  for (const Published& expected : published()) {
    INFO(expected.name);
    const std::int64_t least = model_info(expected.name).minimum_size;
    const Network network = unset(expected.name);
    for (const Shape& input :
         {Shape{1, 3, least, least}, Shape{2, 3, least + 13, least + 40}, Shape{1, 3, 256, 320}}) {
      CHECK(output_shape(network, input) == Shape{input[0], model_info(expected.name).classes});
    }
    const Network other =
        unset(expected.name, {.input_shape = {1, least, least + 9}, .classes = 3});
    CHECK(output_shape(other, {1, 1, least, least + 9}) == Shape{1, 3});
    CHECK_THROWS_AS(unset(expected.name, {.input_shape = {3, least - 1, 224}}), ArgumentError);
  }
}

TEST_CASE("small architectures run and are differentiable") {
  for (const char* name :
       {"resnet18", "resnet20_cifar", "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_small",
        "shufflenet_v2_x0_5", "mnasnet0_5", "efficientnet_b0", "googlenet", "densenet121"}) {
    INFO(name);
    const Network network = make_model(name, {.classes = 7});
    const Tensor pictures = noise({2, 3, 40, 33});
    const Tape tape =
        forward(network, pictures, {.wrt = network.parameters(true), .training = true});
    REQUIRE(tape.output().shape() == Shape{2, 7});
    const Gradients gradients = tape.backward(network.output(), Tensor({2, 7}, 1.0F));
    for (const ValueId id : network.parameters(true)) {
      INFO(network.node(id).name);
      const Tensor& gradient = gradients.at(id);
      CHECK(std::any_of(gradient.data().begin(), gradient.data().end(),
                        [](float value) { return value != 0.0F; }));
    }
  }
}

TEST_CASE("without a seed a network has its shape but costs no memory") {
  const Network network = unset("vgg19");
  CHECK(trainable_count(network) == 143667240);
  CHECK(network.parameters().size() == unset("vgg19").parameters().size());
}

}  // namespace cameo::zoo
