/// Networks that a lab trains itself.
#pragma once

#include <cstdint>
#include <functional>

#include "tools/labs/lab.h"
#include "zoo/datasets/scenes/describe.h"
#include "zoo/model.h"

namespace cameo::tools {

struct ScenesTraining {
  std::int64_t pictures = 6000;
  std::int64_t epochs = 3;
  double learning_rate = 0.1;  ///< the highest of a one-cycle schedule
  zoo::SceneOptions scene{};
  std::uint64_t seed = 0;  ///< of the pictures, the parameters and the order
  /// Told, before the first step and after each, how many pictures the network has seen. It may run
  /// the model and must not change it.
  std::function<void(const zoo::Model& model, std::int64_t seen)> on_step{};
};

/// Trains `model`, for the ten shapes and pictures of 64×64, on the training split of Scenes,
/// pictures mirrored and moved at random. Its preprocessing's mean and standard deviation become
/// those of the pictures. Progress goes to stderr. Throws what drawing and training throw.
void train_on_scenes(zoo::Model& model, const ScenesTraining& training,
                     const GlobalOptions& globals);
/// The same of a fresh gapnet.
zoo::Model train_on_scenes(const ScenesTraining& training, const GlobalOptions& globals);

}  // namespace cameo::tools
