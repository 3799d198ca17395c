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

void train_on(zoo::Model& model, const Dataset& pictures, const TrainingPlan& plan,
              const GlobalOptions& globals) {
  constexpr std::int64_t kBatch = 16;
  model.class_names = pictures.class_names();
  measure_normalization(model, pictures);
  if (plan.on_step) plan.on_step(model, 0);

  const auto count = static_cast<std::int64_t>(pictures.size());
  const std::int64_t total = count * plan.epochs;
  Progress progress("training", total, globals.quiet);
  std::int64_t seen = 0;
  TrainOptions options{
      .epochs = plan.epochs,
      .batch = kBatch,
      .learning_rate = plan.learning_rate,
      .optimizer = std::make_unique<Sgd>(SgdOptions{.nesterov = true, .weight_decay = 5e-4F}),
      .schedule = one_cycle_schedule({.warmup = 0.2}),
      .augmentation = {.horizontal_flip = true, .shift = 4},
      .normalization = normalization_of(model),
      .seed = plan.seed};
  options.on_progress = [&](const TrainProgress& step) {
    seen = std::min(total, seen + kBatch);
    if (step.step == step.steps) seen = step.epoch * count;
    progress.update(seen);
    if (plan.on_step) plan.on_step(model, seen);
  };
  Trainer(model.network, pictures, std::move(options)).run();
  progress.finish();
}

void train_on_scenes(zoo::Model& model, const ScenesTraining& training,
                     const GlobalOptions& globals) {
  const zoo::Scenes scenes({.split = zoo::SceneSplit::kTrain,
                            .count = training.pictures,
                            .scene = training.scene,
                            .seed = training.plan.seed});
  train_on(model, scenes, training.plan, globals);
}

zoo::Model train_on_scenes(const ScenesTraining& training, const GlobalOptions& globals) {
  zoo::Model model = zoo::create_model("gapnet", {.seed = training.plan.seed});
  train_on_scenes(model, training, globals);
  return model;
}

}  // namespace cameo::tools
