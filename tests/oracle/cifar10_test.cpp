// The public CIFAR-10 ResNets over the test pictures, against predictions made elsewhere.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "core/tape.h"
#include "layers/evaluation.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/datasets/cifar10_bin.h"
#include "zoo/model.h"
#include "zoo/models/adapt_state_dict.h"

namespace cameo::zoo {

namespace {

struct PublicResNet {
  const char* name;
  const char* architecture;
  const char* weights;
  std::size_t lossless_right;  ///< of the first 846 pictures as CIFAR-10 has them
};

constexpr PublicResNet kNetworks[] = {
    {"resnet20", "resnet20_cifar", "weights/resnet20-12fca82f.th", 776},
    {"resnet32", "resnet32_cifar", "weights/resnet32-d509ac18.th", 787},
};

Model load(const PublicResNet& network) {
  Model model = create_model(network.architecture, {.seed = std::nullopt});
  const StateDict tensors =
      adapt_state_dict(network.architecture, read_checkpoint(*test_data(network.weights)).tensors);
  REQUIRE(load_state_dict(model.network, tensors).complete());
  return model;
}

/// `[N,10]`
Tensor logits(const Model& model, const Tensor& pictures) {
  const Tape tape = forward(model.network, normalize(model.preprocess, pictures),
                            {.keep = {model.network.output()}});
  return as_logits(tape.value(model.network.output()));
}

std::vector<std::size_t> every(std::size_t step, std::size_t count) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < count; i += step) indices.push_back(i);
  return indices;
}

std::size_t best_class(std::span<const float> scores) {
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

/// The predicted class of each of the pictures.
std::vector<std::size_t> predictions(const Model& model, const Dataset& data,
                                     std::span<const std::size_t> indices) {
  constexpr std::size_t kBatch = 100;
  std::vector<std::size_t> classes;
  for (std::size_t begin = 0; begin < indices.size(); begin += kBatch) {
    const Tensor scores = logits(
        model, data.batch(indices.subspan(begin, std::min(kBatch, indices.size() - begin))).images);
    for (std::size_t i = 0; i < scores.data().size(); i += 10) {
      classes.push_back(best_class(scores.data().subspan(i, 10)));
    }
  }
  return classes;
}

std::size_t differing(const std::vector<std::size_t>& actual, const Tensor& expected,
                      std::span<const std::size_t> indices) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    count += static_cast<float>(actual[i]) != expected.data()[indices[i]] ? 1 : 0;
  }
  return count;
}

void compare_predictions(std::size_t step) {
  const MemoryDataset data = read_cifar10_bin(*test_data("data/cifar10-test.bin"));
  const std::vector<std::size_t> indices = every(step, data.size());
  for (const PublicResNet& network : kNetworks) {
    INFO(network.name);
    const Tensor expected =
        read_npy(*test_data(std::string("oracle/predictions/") + network.name + "_pred.npy"));
    CHECK(differing(predictions(load(network), data, indices), expected, indices) == 0);
  }
}

}  // namespace

TEST_CASE("public CIFAR-10 networks predict what they should") {
  if (!test_data("oracle/predictions")) {
    WARN("CAMEO_TEST_DATA is not set: nothing is compared");
    return;
  }
  compare_predictions(50);
}

TEST_CASE("public CIFAR-10 networks predict what they should, all pictures", "[slow]") {
  if (!test_data("oracle/predictions")) {
    WARN("CAMEO_TEST_DATA is not set: nothing is compared");
    return;
  }
  compare_predictions(1);
}

TEST_CASE("ResNet-20's logits") {
  const auto file = test_data("oracle/predictions/resnet20_logits_every10th_f32.npy");
  if (!file) {
    WARN("CAMEO_TEST_DATA is not set: nothing is compared");
    return;
  }
  const MemoryDataset data = read_cifar10_bin(*test_data("data/cifar10-test.bin"));
  const Tensor expected = read_npy(*file);
  const Model model = load(kNetworks[0]);
  double greatest = 0.0;
  for (std::size_t begin = 0; begin < 1000; begin += 100) {
    std::vector<std::size_t> indices(100);
    for (std::size_t i = 0; i < 100; ++i) indices[i] = 10 * (begin + i);
    const Tensor scores = logits(model, data.batch(indices).images);
    for (std::size_t i = 0; i < 1000; ++i) {
      const double difference = scores.data()[i] - expected.data()[begin * 10 + i];
      greatest = std::max(greatest, std::abs(difference));
    }
  }
  CHECK(greatest < 1e-3);
}

TEST_CASE("on lossless pictures the CIFAR-10 networks are as right as published", "[slow]") {
  const auto file = test_data("data/cifar10-raw-first846.png");
  if (!file) {
    WARN("CAMEO_TEST_DATA is not set: nothing is compared");
    return;
  }
  constexpr std::size_t kPictures = 846;
  const Image strip = read_image(*file, {.max_side = 32768});
  REQUIRE(strip.height == 32 * static_cast<std::int64_t>(kPictures));
  const Tensor labels = read_npy(*test_data("oracle/predictions/raw_test_first846_labels.npy"));
  Tensor pictures({static_cast<std::int64_t>(kPictures), 3, 32, 32});
  const std::span<float> values = pictures.mutable_data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto x = static_cast<std::int64_t>(i % 32);
    const auto y = static_cast<std::int64_t>(i / 32 % 32 + i / 3072 * 32);
    values[i] = static_cast<float>(strip.at(x, y)[i / 1024 % 3]) / 255.0F;
  }
  for (const PublicResNet& network : kNetworks) {
    INFO(network.name);
    const Tensor scores = logits(load(network), pictures);
    std::size_t right = 0;
    for (std::size_t i = 0; i < kPictures; ++i) {
      const std::size_t predicted = best_class(scores.data().subspan(10 * i, 10));
      right += static_cast<float>(predicted) == labels.data()[i] ? 1 : 0;
    }
    CHECK(right == network.lossless_right);
  }
}

}  // namespace cameo::zoo
