#include "layers/trainer.h"

#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "core/parallel.h"
#include "layers/adam.h"
#include "layers/sgd.h"
#include "toy.h"

using cameo::EpochRecord;
using cameo::Network;
using cameo::Trainer;
using cameo::TrainOptions;
using cameo::TrainProgress;
using cameo::TrainState;
using cameo::ValueId;
using toy::Stripes;

namespace {

TrainOptions few_epochs(std::int64_t epochs) {
  TrainOptions options;
  options.epochs = epochs;
  options.batch = 8;
  options.learning_rate = 0.05;
  options.normalization = {.mean = {0.4F}, .std = {0.3F}};
  return options;
}

bool same_tensors(const TrainState& a, const TrainState& b) {
  return std::equal(a.tensors.begin(), a.tensors.end(), b.tensors.begin(), b.tensors.end(),
                    [](const auto& x, const auto& y) {
                      return x.first == y.first && toy::same_bits(x.second, y.second);
                    });
}

}  // namespace

TEST_CASE("a small network learns a small problem completely") {
  const Stripes training(90);
  const Stripes validation(60);
  Network network = toy::conv_network();
  TrainOptions options = few_epochs(6);
  options.validation = &validation;
  options.schedule = cameo::cosine_schedule({.warmup = 0.1});
  Trainer trainer(network, training, std::move(options));
  trainer.run();
  const EpochRecord& last = trainer.history().back();
  CHECK(trainer.history().size() == 6);
  CHECK(*last.validation_accuracy == 1.0);
  CHECK(*last.validation_loss < 0.1);
  CHECK(last.train_loss < trainer.history().front().train_loss);
  CHECK(cameo::evaluate(network, validation, {.normalization = {{0.4F}, {0.3F}}}).top1 == 1.0);
}

TEST_CASE("every optimizer learns") {
  const Stripes training(60);
  for (int which = 0; which < 3; ++which) {
    Network network = toy::linear_network();
    TrainOptions options = few_epochs(4);
    options.learning_rate = which == 0 ? 0.05 : 0.01;
    if (which == 1) options.optimizer = std::make_unique<cameo::Adam>();
    if (which == 2) options.optimizer = std::make_unique<cameo::AdamW>();
    Trainer trainer(network, training, std::move(options));
    trainer.run();
    CHECK(trainer.history().back().train_accuracy == 1.0);
  }
}

TEST_CASE("the same seed gives the same bits for any thread count") {
  const Stripes training(50);
  const auto run = [&training](int threads, std::uint64_t seed) {
    const cameo::ThreadLimit limit(threads);
    Network network = toy::conv_network();
    TrainOptions options = few_epochs(2);
    options.seed = seed;
    options.clip_norm = 1.0;
    options.augmentation = {.shift = 1};
    Trainer trainer(network, training, std::move(options));
    trainer.run();
    return trainer.state();
  };
  const TrainState reference = run(1, 3);
  CHECK(same_tensors(run(2, 3), reference));
  CHECK(same_tensors(run(3, 3), reference));
  CHECK_FALSE(same_tensors(run(1, 4), reference));
}

TEST_CASE("progress is reported after every step") {
  const Stripes training(20);
  Network network = toy::linear_network();
  TrainOptions options = few_epochs(2);
  std::vector<TrainProgress> seen;
  options.on_progress = [&seen](const TrainProgress& progress) { seen.push_back(progress); };
  options.schedule = cameo::step_schedule({.milestones = {0.5}, .factor = 0.1});
  Trainer trainer(network, training, std::move(options));
  trainer.run();
  REQUIRE(seen.size() == 6);
  CHECK(seen[0].epoch == 1);
  CHECK(seen[0].step == 1);
  CHECK(seen[0].learning_rate == 0.05);
  CHECK(seen[4].epoch == 2);
  CHECK(seen[4].step == 2);
  CHECK(seen[4].steps == 3);
  CHECK(seen[4].epochs == 2);
  CHECK(seen[4].learning_rate == Approx(0.005));
  CHECK(seen[4].images_per_second > 0.0);
  CHECK(seen[0].seconds_left > 0.0);
  CHECK(seen[5].seconds_left == 0.0);
  CHECK(seen[5].loss == trainer.history()[1].train_loss);
  CHECK(seen[5].accuracy == trainer.history()[1].train_accuracy);
}

TEST_CASE("one step equals a step taken by hand") {
  const Stripes training(6);
  Network network = toy::linear_network();
  Network by_hand = network;
  TrainOptions options;
  options.epochs = 1;
  options.batch = 6;
  options.learning_rate = 0.5;
  options.optimizer = std::make_unique<cameo::Sgd>(cameo::SgdOptions{.momentum = 0.0F});
  Trainer(network, training, std::move(options)).run();

  const std::vector<std::size_t> all{0, 1, 2, 3, 4, 5};
  const cameo::Batch batch = training.batch(all);
  const std::vector<ValueId> wrt = by_hand.parameters(true);
  const cameo::Tape tape = cameo::forward(by_hand, batch.images, {.wrt = wrt, .training = true});
  const cameo::Loss loss = cameo::cross_entropy(tape.output(), batch.labels);
  const cameo::Gradients gradients = tape.backward(by_hand.output(), loss.gradient);
  for (const ValueId id : wrt) {
    const auto before = by_hand.node(id).parameter.data();
    const auto after = network.node(id).parameter.data();
    const auto gradient = gradients.at(id).data();
    for (std::size_t i = 0; i < before.size(); ++i) {
      CHECK(after[i] == Approx(before[i] - 0.5F * gradient[i]).margin(1e-6));
    }
  }
}

TEST_CASE("running statistics follow the batches") {
  const Stripes training(30);
  Network network = toy::conv_network();
  Trainer trainer(network, training, few_epochs(1));
  trainer.run();
  const auto mean = network.node(network.find("1.running_mean")).parameter.data();
  const auto variance = network.node(network.find("1.running_var")).parameter.data();
  CHECK(mean[0] != 0.0F);
  CHECK(variance[0] != 1.0F);
}

TEST_CASE("the best epoch is kept") {
  const Stripes training(30);
  const Stripes validation(30);
  Network network = toy::linear_network();
  TrainOptions options = few_epochs(3);
  options.validation = &validation;
  // The first epoch learns, the later ones destroy.
  options.schedule = [](std::int64_t step, std::int64_t) { return step < 4 ? 1.0 : -20.0; };
  std::vector<TrainState> states;
  options.on_checkpoint = [&states](const TrainState& state) { states.push_back(state); };
  Trainer trainer(network, training, std::move(options));
  CHECK(trainer.best_epoch() == 0);
  CHECK(trainer.best_parameters().empty());
  trainer.run();
  REQUIRE(states.size() == 3);
  CHECK(trainer.best_epoch() == 1);
  const auto best = trainer.best_parameters();
  CHECK(toy::same_bits(best.at("1.weight"), states[0].tensors.at("parameter.1.weight")));
  CHECK_FALSE(toy::same_bits(best.at("1.weight"), states[2].tensors.at("parameter.1.weight")));
}

TEST_CASE("without a validation set the last epoch is the best") {
  Network network = toy::linear_network();
  const Stripes training(30);
  Trainer trainer(network, training, few_epochs(2));
  trainer.run();
  CHECK(trainer.best_epoch() == 2);
  CHECK(toy::same_bits(trainer.best_parameters().at("1.bias"),
                       network.node(network.find("1.bias")).parameter));
}

TEST_CASE("a last batch of one is left out only with batch normalisation") {
  Network with = toy::conv_network();
  Network without = toy::linear_network();
  const Stripes data(17);
  CHECK(Trainer(with, data, few_epochs(1)).steps_per_epoch() == 2);
  CHECK(Trainer(without, data, few_epochs(1)).steps_per_epoch() == 3);
}
