#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "core/error.h"
#include "layers/adam.h"
#include "layers/sgd.h"
#include "layers/trainer.h"
#include "toy.h"

using cameo::Network;
using cameo::Trainer;
using cameo::TrainOptions;
using cameo::TrainState;
using toy::Stripes;

namespace {

/// Everything that carries state: momentum or moments, running statistics, dropout, augmentation, a
/// schedule, clipping, a partial last batch and a validation set.
struct Run {
  Run(int optimizer, std::vector<TrainState>* checkpoints) {
    TrainOptions options;
    options.epochs = 3;
    options.batch = 8;
    options.learning_rate = 0.02;
    if (optimizer == 0) {
      options.optimizer =
          std::make_unique<cameo::Sgd>(cameo::SgdOptions{.nesterov = true, .weight_decay = 1e-3F});
    } else {
      options.optimizer = std::make_unique<cameo::AdamW>();
    }
    options.schedule = cameo::one_cycle_schedule();
    options.augmentation = {.horizontal_flip = true, .shift = 1, .crop_padding = 1, .cutout = 2};
    options.normalization = {.mean = {0.4F}, .std = {0.3F}};
    options.label_smoothing = 0.1F;
    options.clip_norm = 0.5;
    options.seed = 11;
    options.validation = &validation;
    options.checkpoint_steps = 1;
    if (checkpoints != nullptr) {
      options.on_checkpoint = [checkpoints](const TrainState& s) { checkpoints->push_back(s); };
    }
    trainer = std::make_unique<Trainer>(network, training, std::move(options));
  }

  Stripes training{29};
  Stripes validation{14};
  Network network = toy::conv_network();
  std::unique_ptr<Trainer> trainer;
};

bool is_time(std::string_view key) { return key.ends_with("seconds"); }

/// All but the clock.
void check_same(const TrainState& a, const TrainState& b) {
  REQUIRE(a.tensors.size() == b.tensors.size());
  for (const auto& [name, tensor] : a.tensors) {
    INFO(name);
    CHECK(toy::same_bits(tensor, b.tensors.at(name)));
  }
  REQUIRE(a.values.size() == b.values.size());
  for (const auto& [key, value] : a.values) {
    if (!is_time(key)) CHECK(key + "=" + value == key + "=" + b.values.at(key));
  }
}

TrainState tampered(const TrainState& state, const std::string& key, const std::string& value) {
  TrainState copy = state;
  copy.values.at(key) = value;
  return copy;
}

}  // namespace

TEST_CASE("a run resumed at any step ends with the bits of one never interrupted") {
  const int optimizer = GENERATE(0, 1);
  std::vector<TrainState> checkpoints;
  Run whole(optimizer, &checkpoints);
  const TrainState beginning = whole.trainer->state();
  whole.trainer->run();
  const TrainState end = whole.trainer->state();
  REQUIRE(checkpoints.size() == 3 * 4 + 3);  // every step and every epoch
  checkpoints.insert(checkpoints.begin(), beginning);
  for (const TrainState& checkpoint : checkpoints) {
    Run resumed(optimizer, nullptr);
    resumed.trainer->restore(checkpoint);
    check_same(resumed.trainer->state(), checkpoint);
    resumed.trainer->run();
    check_same(resumed.trainer->state(), end);
    CHECK(resumed.trainer->history().size() == 3);
  }
}

TEST_CASE("a checkpoint does not change while training goes on") {
  std::vector<TrainState> checkpoints;
  Run run(0, &checkpoints);
  run.trainer->run();
  CHECK_FALSE(toy::same_bits(checkpoints[0].tensors.at("parameter.0.weight"),
                             checkpoints[1].tensors.at("parameter.0.weight")));
  CHECK(checkpoints[0].integer("epoch.steps") == 1);
  CHECK(checkpoints[1].integer("epoch.steps") == 2);
}

TEST_CASE("checkpoints by the clock leave the result alone") {
  const Stripes training(29);
  const auto weight_and_checkpoints = [&training](double seconds) {
    Network network = toy::linear_network();
    TrainOptions options;
    options.epochs = 1;
    options.batch = 10;
    options.checkpoint_seconds = seconds;
    int checkpoints = 0;
    options.on_checkpoint = [&checkpoints](const TrainState&) { ++checkpoints; };
    Trainer(network, training, std::move(options)).run();
    return std::pair(network.node(network.find("1.weight")).parameter, checkpoints);
  };
  const auto [never, one] = weight_and_checkpoints(0.0);
  const auto [always, four] = weight_and_checkpoints(1e-9);
  CHECK(one == 1);
  CHECK(four == 4);
  CHECK(toy::same_bits(never, always));
}

TEST_CASE("a state of another run is refused and changes nothing") {
  std::vector<TrainState> checkpoints;
  Run run(0, &checkpoints);
  run.trainer->run();
  const TrainState& good = checkpoints[5];

  Run other(0, nullptr);
  const TrainState before = other.trainer->state();
  const auto refused = [&other](const TrainState& state) {
    CHECK_THROWS_AS(other.trainer->restore(state), cameo::ArgumentError);
  };
  CHECK_THROWS_WITH(other.trainer->restore(tampered(good, "settings.batch", "16")),
                    Catch::Contains("batch \"16\"") && Catch::Contains("this run has \"8\""));
  refused(tampered(good, "settings.seed", "12"));
  refused(tampered(good, "epochs_done", "4"));
  refused(tampered(good, "epochs_done", "-1"));
  refused(tampered(good, "epoch.steps", "5"));
  refused(tampered(good, "epoch.steps", "0"));
  refused(tampered(good, "epoch.loss", "much"));
  refused(tampered(good, "best_epoch", "0"));
  refused(tampered(good, "best_epoch", "2"));
  refused(tampered(good, "history.1.train_loss", ""));
  refused(tampered(good, "optimizer.description", "adam"));
  refused(tampered(good, "optimizer.steps", "x"));
  for (const char* name :
       {"parameter.0.weight", "best.1.running_mean", "optimizer.momentum.6.bias"}) {
    TrainState missing = good;
    REQUIRE(missing.tensors.erase(name) == 1);
    refused(missing);
    TrainState misshapen = good;
    misshapen.tensors.at(name) = cameo::Tensor({7});
    refused(misshapen);
  }
  refused(TrainState{});
  check_same(other.trainer->state(), before);
  CHECK_NOTHROW(other.trainer->restore(good));
}
