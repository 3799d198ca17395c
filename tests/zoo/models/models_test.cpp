#include "zoo/models/models.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "core/error.h"
#include "core/ops/global_average_pool.h"
#include "core/random.h"
#include "core/tape.h"

namespace cameo::zoo {

namespace {

Tensor noise(Shape shape) {
  Tensor tensor(std::move(shape));
  Random random(11);
  for (float& value : tensor.mutable_data()) value = random.normal();
  return tensor;
}

std::vector<std::string> parameter_names(const Network& network) {
  std::vector<std::string> names;
  for (const ValueId id : network.parameters()) names.push_back(network.node(id).name);
  return names;
}

bool all_finite(const Tensor& tensor) {
  for (const float value : tensor.data()) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

/// Scores and the gradients of the first by every trainable parameter.
void check_runs(const Network& network, const Tensor& pictures, std::int64_t classes) {
  const std::vector<ValueId> trainable = network.parameters(true);
  const Tape tape = forward(network, pictures, {.wrt = trainable, .training = true, .seed = 5});
  REQUIRE(tape.output().shape() == Shape{pictures.dim(0), classes});
  CHECK(all_finite(tape.output()));
  Tensor seed(tape.output().shape());
  seed.mutable_data()[0] = 1.0F;
  const Gradients gradients = tape.backward(network.output(), seed);
  for (const ValueId id : trainable) {
    INFO(network.node(id).name);
    REQUIRE(gradients.at(id).shape() == network.node(id).parameter.shape());
    CHECK(all_finite(gradients.at(id)));
  }
}

/// The project's own architectures, small enough to run here.
std::vector<ModelInfo> small_models() {
  std::vector<ModelInfo> small;
  for (const ModelInfo& info : model_infos()) {
    if (info.name == "gapnet" || info.name == "nin_small" || info.name == "nin_cifar") {
      small.push_back(info);
    }
  }
  return small;
}

}  // namespace

TEST_CASE("every small model runs forward and backward at its usual and its smallest size") {
  for (const ModelInfo& info : small_models()) {
    INFO(info.name);
    const Network network = make_model(info.name);
    CHECK(network.input_shape() == info.input_shape);
    const std::int64_t channels = info.input_shape[0];
    check_runs(network, noise({2, channels, info.input_shape[1], info.input_shape[2]}),
               info.classes);
    const std::int64_t least = info.minimum_size;
    check_runs(network, noise({2, channels, least, least}), info.classes);
    check_runs(network, noise({2, channels, least + 1, 3 * least + 2}), info.classes);
    check_runs(make_model(info.name, {.input_shape = {channels, least, least}}),
               noise({2, channels, least, least}), info.classes);
  }
}

TEST_CASE("every small model takes other channels and classes") {
  for (const ModelInfo& info : small_models()) {
    INFO(info.name);
    for (const std::int64_t classes : {1, 2, 37}) {
      const Network network =
          make_model(info.name, {.input_shape = {1, 28, 28}, .classes = classes});
      check_runs(network, noise({2, 1, 28, 28}), classes);
    }
  }
}

TEST_CASE("parameter names are unique and the same for every size and seed") {
  for (const ModelInfo& info : model_infos()) {
    INFO(info.name);
    const std::vector<std::string> names =
        parameter_names(make_model(info.name, {.seed = std::nullopt}));
    CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
    const std::int64_t least = info.minimum_size;
    CHECK(names == parameter_names(make_model(info.name, {.input_shape = {3, least + 40, least},
                                                          .classes = 3,
                                                          .seed = std::nullopt})));
  }
  // Files that people have saved depend on these.
  const std::map<std::string, std::pair<std::string, std::string>> ends{
      {"gapnet", {"layer1.0.weight", "fc.bias"}},
      {"nin_small", {"mlpconv1.conv.0.weight", "classes.bias"}},
      {"nin_cifar", {"mlpconv1.conv.weight", "mlpconv3.cccp2.bias"}}};
  for (const auto& [model, names] : ends) {
    const std::vector<std::string> found = parameter_names(make_model(model));
    CHECK(found.front() == names.first);
    CHECK(found.back() == names.second);
  }
}

TEST_CASE("the seed alone decides the initial parameters") {
  for (const ModelInfo& info : small_models()) {
    INFO(info.name);
    const auto first = [&](std::uint64_t seed) {
      const Network network = make_model(info.name, {.seed = seed});
      const auto values = network.node(network.parameters().front()).parameter.data();
      return std::vector<float>(values.begin(), values.end());
    };
    CHECK(first(1) == first(1));
    CHECK(first(1) != first(2));
  }
}

TEST_CASE("every small model averages its last feature map") {
  for (const ModelInfo& info : small_models()) {
    INFO(info.name);
    const Network network = make_model(info.name);
    const Node& pool = network.node(network.find("gap"));
    CHECK(pool.op->type() == ops::GlobalAveragePool().type());
    const std::vector<Shape> shapes = network.infer_shapes({1, 3, 64, 64});
    CHECK(shapes[static_cast<std::size_t>(pool.inputs[0])][2] == 16);
  }
}

TEST_CASE("models that cannot be made") {
  CHECK_THROWS_WITH(make_model("gapnt"), Catch::Matchers::Contains("\"gapnet\""));
  CHECK_THROWS_AS(model_info("vgg"), LookupError);
  for (const ModelInfo& info : model_infos()) {
    INFO(info.name);
    CHECK_THROWS_AS(make_model(info.name, {.classes = -1}), ArgumentError);
    CHECK_THROWS_AS(make_model(info.name, {.input_shape = {3, 64}}), ArgumentError);
    CHECK_THROWS_AS(make_model(info.name, {.input_shape = {0, 64, 64}}), ArgumentError);
    CHECK_THROWS_AS(make_model(info.name, {.input_shape = {3, info.minimum_size - 1, 224}}),
                    ArgumentError);
  }
}

}  // namespace cameo::zoo
