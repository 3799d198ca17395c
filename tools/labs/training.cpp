#include "tools/labs/training.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "layers/schedules.h"
#include "layers/sgd.h"
#include "layers/trainer.h"
#include "tools/training.h"
#include "zoo/datasets/scenes/scenes.h"

namespace cameo::tools {

void train_on_scenes(zoo::Model& model, const ScenesTraining& training,
                     const GlobalOptions& globals) {
  constexpr std::int64_t kBatch = 16;
  const zoo::Scenes scenes({.split = zoo::SceneSplit::kTrain,
                            .count = training.pictures,
                            .scene = training.scene,
                            .seed = training.seed});
  model.class_names = scenes.class_names();
  measure_normalization(model, scenes);
  if (training.on_step) training.on_step(model, 0);

  const std::int64_t total = training.pictures * training.epochs;
  Progress progress("training", total, globals.quiet);
  std::int64_t seen = 0;
  TrainOptions options{
      .epochs = training.epochs,
      .batch = kBatch,
      .learning_rate = training.learning_rate,
      .optimizer = std::make_unique<Sgd>(SgdOptions{.nesterov = true, .weight_decay = 5e-4F}),
      .schedule = one_cycle_schedule({.warmup = 0.2}),
      .augmentation = {.horizontal_flip = true, .shift = 4},
      .normalization = normalization_of(model),
      .seed = training.seed};
  options.on_progress = [&](const TrainProgress& step) {
    seen = std::min(total, seen + kBatch);
    if (step.step == step.steps) seen = step.epoch * training.pictures;
    progress.update(seen);
    if (training.on_step) training.on_step(model, seen);
  };
  Trainer(model.network, scenes, std::move(options)).run();
  progress.finish();
}

zoo::Model train_on_scenes(const ScenesTraining& training, const GlobalOptions& globals) {
  zoo::Model model = zoo::create_model("gapnet", {.seed = training.seed});
  train_on_scenes(model, training, globals);
  return model;
}

}  // namespace cameo::tools
