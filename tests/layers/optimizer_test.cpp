#include "layers/optimizer.h"

#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"
#include "layers/adam.h"
#include "layers/gradient_clipping.h"
#include "layers/sgd.h"
#include "toy.h"

using cameo::Gradients;
using cameo::Network;
using cameo::Optimizer;
using cameo::Tensor;
using cameo::ValueId;

namespace {

/// A weight [1,1] and a bias [1], both 1.
Network two_parameters() {
  std::vector<cameo::Node> nodes(3);
  nodes[0].name = "input";
  nodes[1].name = "weight";
  nodes[1].parameter = Tensor({1, 1}, 1.0F);
  nodes[2].name = "bias";
  nodes[2].parameter = Tensor({1}, 1.0F);
  return Network(std::move(nodes), 0, 1, {1, 1, 1});
}

constexpr ValueId kWeight = 1;
constexpr ValueId kBias = 2;

float value(const Network& network, ValueId id) { return network.node(id).parameter.data()[0]; }

/// The weight after each step with the given gradients and rate 0.1.
std::vector<float> weights_after(Optimizer& optimizer, const std::vector<float>& gradients) {
  Network network = two_parameters();
  std::vector<float> weights;
  for (const float g : gradients) {
    optimizer.step(network, {{kWeight, Tensor({1, 1}, g)}}, 0.1F);
    weights.push_back(value(network, kWeight));
  }
  return weights;
}

void check_weights(Optimizer&& optimizer, const std::vector<float>& gradients,
                   const std::vector<double>& expected) {
  const std::vector<float> weights = weights_after(optimizer, gradients);
  REQUIRE(weights.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(weights[i] == Approx(expected[i]).epsilon(1e-6));
  }
}

std::unique_ptr<Optimizer> make(int which) {
  if (which == 0) return std::make_unique<cameo::Sgd>();
  if (which == 1) return std::make_unique<cameo::Adam>();
  return std::make_unique<cameo::AdamW>();
}

Gradients random_gradients(const Network& network, std::uint64_t key) {
  Gradients gradients;
  for (const ValueId id : network.parameters(true)) {
    Tensor gradient(network.node(id).parameter.shape());
    cameo::Random random({key, static_cast<std::uint64_t>(id)});
    for (float& g : gradient.mutable_data()) g = random.normal();
    gradients[id] = gradient;
  }
  return gradients;
}

}  // namespace

TEST_CASE("SGD equals hand-worked steps") {
  check_weights(cameo::Sgd({.momentum = 0.0F}), {0.5F, -0.25F}, {0.95, 0.975});
  check_weights(cameo::Sgd({.momentum = 0.0F, .weight_decay = 0.1F}), {0.5F}, {0.94});
  check_weights(cameo::Sgd({.momentum = 0.9F, .weight_decay = 0.1F}), {0.5F, 0.5F}, {0.94, 0.8266});
  check_weights(cameo::Sgd({.momentum = 0.9F, .nesterov = true, .weight_decay = 0.1F}),
                {0.5F, 0.5F}, {0.886, 0.725566});
}

TEST_CASE("Adam equals hand-worked steps") {
  check_weights(cameo::Adam(), {0.5F, -0.25F}, {0.9, 0.87336634});
  check_weights(cameo::Adam({.weight_decay = 0.1F}), {0.5F, -0.25F}, {0.9, 0.85444140});
}

TEST_CASE("AdamW decays the parameters themselves") {
  check_weights(cameo::AdamW({.weight_decay = 0.1F}), {0.5F, -0.25F}, {0.89, 0.85446634});
}

TEST_CASE("biases and norms can be left undecayed") {
  const Gradients zero{{kWeight, Tensor({1, 1})}, {kBias, Tensor({1})}};
  Network network = two_parameters();
  cameo::Sgd sgd({.weight_decay = 0.5F, .decay_biases_and_norms = false});
  sgd.step(network, zero, 0.1F);
  CHECK(value(network, kWeight) == 0.95F);
  CHECK(value(network, kBias) == 1.0F);
  cameo::AdamW adamw({.weight_decay = 0.5F, .decay_biases_and_norms = false});
  adamw.step(network, zero, 0.1F);
  CHECK(value(network, kWeight) == Approx(0.9025F));
  CHECK(value(network, kBias) == 1.0F);
}

TEST_CASE("a step leaves tensors that share the old values alone") {
  Network network = two_parameters();
  const Tensor before = network.node(kWeight).parameter;
  cameo::Sgd sgd;
  sgd.step(network, {{kWeight, Tensor({1, 1}, 1.0F)}}, 0.1F);
  CHECK(before.data()[0] == 1.0F);
  CHECK(value(network, kWeight) == 0.9F);
}

TEST_CASE("a step works in place when nobody shares the values") {
  Network network = two_parameters();
  const float* const storage = network.node(kWeight).parameter.data().data();
  cameo::Adam adam;
  adam.step(network, {{kWeight, Tensor({1, 1}, 1.0F)}}, 0.1F);
  CHECK(network.node(kWeight).parameter.data().data() == storage);
}

TEST_CASE("optimizer steps do not depend on the thread count") {
  using namespace cameo::layers;
  const auto run = [](int which, int threads) {
    const cameo::ThreadLimit limit(threads);
    Network network =
        toy::build(Sequential(Flatten(), Linear({.out_features = 2000})));  // several pieces
    const std::unique_ptr<Optimizer> optimizer = make(which);
    for (std::uint64_t step = 0; step < 3; ++step) {
      Gradients gradients = random_gradients(network, step);
      cameo::clip_by_global_norm(gradients, cameo::global_norm(gradients), 1.0);
      optimizer->step(network, gradients, 0.1F);
    }
    return network.node(network.find("1.weight")).parameter;
  };
  for (const int which : {0, 1, 2}) {
    const Tensor reference = run(which, 1);
    CHECK(toy::same_bits(run(which, 2), reference));
    CHECK(toy::same_bits(run(which, 3), reference));
  }
}

TEST_CASE("a restored optimizer goes on with the same bits") {
  for (const int which : {0, 1, 2}) {
    Network network = toy::linear_network();
    const std::unique_ptr<Optimizer> first = make(which);
    for (std::uint64_t step = 0; step < 3; ++step) {
      first->step(network, random_gradients(network, step), 0.1F);
    }
    cameo::TrainState state;
    first->save(network, state);
    const std::unique_ptr<Optimizer> second = make(which);
    second->restore(network, state);
    CHECK(second->steps() == 3);
    Network copy = network;
    first->step(network, random_gradients(network, 9), 0.1F);
    second->step(copy, random_gradients(copy, 9), 0.1F);
    for (const ValueId id : network.parameters()) {
      CHECK(toy::same_bits(network.node(id).parameter, copy.node(id).parameter));
    }
  }
}

TEST_CASE("an optimizer refuses the state of another") {
  Network network = toy::linear_network();
  cameo::TrainState state;
  cameo::Adam adam;
  adam.step(network, random_gradients(network, 0), 0.1F);
  adam.save(network, state);
  cameo::AdamW adamw;
  CHECK_THROWS_WITH(adamw.restore(network, state),
                    Catch::Contains("\"adam beta1") && Catch::Contains("\"adamw beta1"));
  cameo::Adam slower({.beta1 = 0.95F});
  CHECK_THROWS_WITH(slower.restore(network, state), Catch::Contains("beta1 0.95"));
  state.tensors.erase("optimizer.exp_avg.1.bias");
  CHECK_THROWS_WITH(adam.restore(network, state), Catch::Contains("exp_avg.1.bias"));
  CHECK(adam.steps() == 1);
}

TEST_CASE("optimizers refuse senseless options") {
  CHECK_THROWS_AS(cameo::Sgd({.momentum = 1.0F}), cameo::ArgumentError);
  CHECK_THROWS_AS(cameo::Sgd({.weight_decay = -1.0F}), cameo::ArgumentError);
  CHECK_THROWS_AS(cameo::Sgd({.momentum = 0.0F, .nesterov = true}), cameo::ArgumentError);
  CHECK_THROWS_AS(cameo::Adam({.beta1 = 1.0F}), cameo::ArgumentError);
  CHECK_THROWS_AS(cameo::Adam({.epsilon = 0.0F}), cameo::ArgumentError);
  Network network = two_parameters();
  cameo::Sgd sgd;
  CHECK_THROWS_AS(sgd.step(network, {{kWeight, Tensor({2})}}, 0.1F), cameo::ShapeError);
  CHECK_THROWS_AS(sgd.step(network, {{0, Tensor({1})}}, 0.1F), cameo::ShapeError);
}

TEST_CASE("clipping scales all gradients to the norm") {
  Gradients gradients{{1, Tensor({2}, std::vector<float>{3, 0})}, {2, Tensor({1}, 4.0F)}};
  CHECK(cameo::global_norm(gradients) == Approx(5.0));
  cameo::clip_by_global_norm(gradients, 5.0, 10.0);
  CHECK(gradients.at(2).data()[0] == 4.0F);
  cameo::clip_by_global_norm(gradients, 5.0, 1.0);
  CHECK(gradients.at(1).data()[0] == Approx(0.6F));
  CHECK(gradients.at(2).data()[0] == Approx(0.8F));
}
