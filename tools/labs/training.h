/// Networks that a lab trains itself.
#pragma once

#include <cstdint>
#include <functional>

#include "layers/dataset.h"
#include "tools/labs/lab.h"
#include "zoo/datasets/scenes/describe.h"
#include "zoo/model.h"

namespace cameo::tools {

struct TrainingPlan {
  std::int64_t epochs = 3;
  double learning_rate = 0.1;  ///< the highest of a one-cycle schedule
  std::uint64_t seed = 0;      ///< of the order
  /// Told, before the first step and after each, how many pictures the network has seen. It may run
  /// the model and must not change it.
  std::function<void(const zoo::Model& model, std::int64_t seen)> on_step{};
};

/// Trains `model` on the pictures, mirrored and moved at random. Its class names become theirs, its
/// preprocessing's mean and standard deviation those of the pictures. Progress goes to stderr.
/// Throws what reading the pictures and training throw.
void train_on(zoo::Model& model, const Dataset& pictures, const TrainingPlan& plan,
              const GlobalOptions& globals);

struct ScenesTraining {
  std::int64_t pictures = 6000;
  zoo::SceneOptions scene{};
  TrainingPlan plan{};  ///< its seed is also that of the pictures and the parameters
};

/// The same with the training split of Scenes. The model is for the ten shapes and pictures of
/// 64×64.
void train_on_scenes(zoo::Model& model, const ScenesTraining& training,
                     const GlobalOptions& globals);
/// The same of a fresh gapnet.
zoo::Model train_on_scenes(const ScenesTraining& training, const GlobalOptions& globals);

}  // namespace cameo::tools
