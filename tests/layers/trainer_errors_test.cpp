#include <catch2/catch.hpp>
#include <cmath>
#include <memory>
#include <stdexcept>

#include "core/error.h"
#include "layers/sgd.h"
#include "layers/trainer.h"
#include "toy.h"

using cameo::Network;
using cameo::Tensor;
using cameo::Trainer;
using cameo::TrainOptions;
using toy::Stripes;

namespace {

TrainOptions small_run() {
  TrainOptions options;
  options.epochs = 2;
  options.batch = 4;
  return options;
}

/// What the constructor says after `change` to sensible options.
template <typename Change>
std::string refusal(Change change) {
  const Stripes data(12);
  Network network = toy::linear_network();
  TrainOptions options = small_run();
  change(options);
  try {
    const Trainer trainer(network, data, std::move(options));
  } catch (const cameo::ArgumentError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a trainer says what is wrong with its options") {
  using Catch::Contains;
  CHECK(refusal([](TrainOptions&) {}) == "accepted");
  CHECK_THAT(refusal([](TrainOptions& o) { o.batch = 13; }),
             Contains("1 to 12") && Contains("got 13"));
  CHECK_THAT(refusal([](TrainOptions& o) { o.batch = 0; }), Contains("got 0"));
  CHECK_THAT(refusal([](TrainOptions& o) { o.epochs = 0; }), Contains("epoch"));
  CHECK_THAT(refusal([](TrainOptions& o) { o.learning_rate = 0; }), Contains("learning rate"));
  CHECK_THAT(refusal([](TrainOptions& o) { o.learning_rate = NAN; }), Contains("learning rate"));
  CHECK_THAT(refusal([](TrainOptions& o) { o.label_smoothing = 1; }), Contains("smoothing"));
  CHECK_THAT(refusal([](TrainOptions& o) { o.clip_norm = -1; }), Contains("clip"));
  CHECK_THAT(refusal([](TrainOptions& o) { o.evaluation_batch = 0; }), Contains("evaluation"));
  CHECK_THAT(refusal([](TrainOptions& o) { o.augmentation.shift = 6; }), Contains("shift"));
  CHECK_THAT(refusal([](TrainOptions& o) {
               o.normalization.mean = {1, 2};
             }),
             Contains("normalization"));
  const Stripes empty(0);
  CHECK_THAT(refusal([&empty](TrainOptions& o) { o.validation = &empty; }), Contains("empty"));
}

TEST_CASE("a trainer refuses data it cannot learn from") {
  Network network = toy::linear_network();
  CHECK_THROWS_AS(Trainer(network, Stripes(0), small_run()), cameo::ArgumentError);
  CHECK_THROWS_AS(Trainer(network, Stripes(9, {}), small_run()), cameo::ArgumentError);
  CHECK_THROWS_AS(Trainer(network, Stripes(9, {"one"}), small_run()), cameo::ArgumentError);
  Network fixed = toy::build(cameo::layers::Sequential(cameo::layers::Flatten()));
  CHECK_THROWS_AS(Trainer(fixed, Stripes(9, std::vector<std::string>(36, "x")), small_run()),
                  cameo::ArgumentError);
}

TEST_CASE("a loss that is not finite stops the run, naming epoch and step") {
  Stripes data(12);
  data.not_a_number = 5;
  Network network = toy::linear_network();
  Trainer trainer(network, data, small_run());
  CHECK_THROWS_AS(trainer.run(), cameo::RunError);
  CHECK_THROWS_WITH(trainer.run(), Catch::Contains("loss is not finite") &&
                                       Catch::Contains("epoch 1, step") && Catch::Contains("of 3"));
  const auto weight = network.node(network.find("1.weight")).parameter.data();
  CHECK(std::all_of(weight.begin(), weight.end(), [](float w) { return std::isfinite(w); }));
}

TEST_CASE("a gradient that is not finite stops the run, naming the parameter") {
  using namespace cameo::layers;
  // The loss is finite, but the gradient of the first weight is (1e30)².
  Network network = toy::build(Sequential(Flatten(), Linear({.out_features = 1, .bias = false}),
                                          Linear({.out_features = 3, .bias = false})));
  network.set_parameter(network.find("1.weight"), Tensor({1, 36}, 1e-30F));
  network.set_parameter(network.find("2.weight"),
                        Tensor({3, 1}, std::vector<float>{3e38F, -3e38F, 0}));
  const Stripes data(12);
  TrainOptions options = small_run();
  options.normalization = {.mean = {0.0F}, .std = {1e-10F}};
  Trainer trainer(network, data, std::move(options));
  CHECK_THROWS_WITH(trainer.run(),
                    Catch::Contains("\"1.weight\"") && Catch::Contains("epoch 1, step 1"));
}

TEST_CASE("a validation loss that is not finite stops the run") {
  Stripes validation(12);
  validation.not_a_number = 3;
  const Stripes data(12);
  Network network = toy::linear_network();
  TrainOptions options = small_run();
  options.validation = &validation;
  Trainer trainer(network, data, std::move(options));
  CHECK_THROWS_WITH(trainer.run(),
                    Catch::Contains("validation loss") && Catch::Contains("after epoch 1"));
}

TEST_CASE("the data set's exception ends the run") {
  Stripes data(12);
  data.broken = 7;
  Network network = toy::linear_network();
  Trainer trainer(network, data, small_run());
  CHECK_THROWS_WITH(trainer.run(), "picture 7");
}

TEST_CASE("a failing checkpoint ends the run and leaves a usable state") {
  const Stripes data(12);
  Network network = toy::linear_network();
  TrainOptions options = small_run();
  bool disk_full = true;
  options.on_checkpoint = [&disk_full](const cameo::TrainState&) {
    if (disk_full) throw cameo::RunError("the disk is full");
  };
  Trainer trainer(network, data, std::move(options));
  CHECK_THROWS_WITH(trainer.run(), "the disk is full");
  CHECK(trainer.history().size() == 1);
  disk_full = false;
  trainer.run();
  CHECK(trainer.history().size() == 2);

  Network undisturbed = toy::linear_network();
  Trainer(undisturbed, data, small_run()).run();
  CHECK(toy::same_bits(network.node(network.find("1.weight")).parameter,
                       undisturbed.node(undisturbed.find("1.weight")).parameter));
}
