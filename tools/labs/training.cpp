#include "tools/labs/training.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "layers/data_loader.h"
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

void fit_epochs(Network& network, const EpochsPlan& plan,
                const std::function<Examples(const EpochStep&)>& examples,
                const GlobalOptions& globals) {
  constexpr std::int64_t kBatch = 32;
  const std::int64_t batch = std::min(kBatch, plan.pictures);
  const std::int64_t per_epoch = plan.pictures / batch;
  std::vector<std::size_t> order;
  const auto step_of = [&](std::int64_t step) {
    const auto epoch = static_cast<std::uint64_t>(step / per_epoch);
    if (step % per_epoch == 0) {
      order = shuffled_order(static_cast<std::size_t>(plan.pictures), plan.seed, epoch);
    }
    const auto first = order.begin() + step % per_epoch * batch;
    return EpochStep{.epoch = epoch, .pictures = {first, first + batch}};
  };
  Progress progress(plan.title, plan.epochs * per_epoch * batch, globals.quiet);
  fit(network, [&](std::int64_t step) { return examples(step_of(step)); },
      {.steps = plan.epochs * per_epoch,
       .learning_rate = 1.5e-3,
       .schedule = cosine_schedule({.warmup = 0.05}),
       .clip_norm = 5.0,
       .seed = plan.seed,
       .on_step = [&](std::int64_t step, double) { progress.update(step * batch); }});
  progress.finish();
}

}  // namespace cameo::tools
