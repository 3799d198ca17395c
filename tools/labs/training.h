/// Networks that a lab trains itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "layers/dataset.h"
#include "layers/fit.h"
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

struct EpochsPlan {
  std::string title;  ///< of the progress on stderr
  std::int64_t pictures = 0;
  std::int64_t epochs = 1;
  std::uint64_t seed = 0;  ///< of the order and of dropout
};

/// Which pictures a step sees.
struct EpochStep {
  std::uint64_t epoch;
  std::vector<std::size_t> pictures;
};

/// fit() by Adam over batches of 32 pictures, in a new order every epoch; a last batch that is not
/// full is left out. Throws what fit() throws.
void fit_epochs(Network& network, const EpochsPlan& plan,
                const std::function<Examples(const EpochStep&)>& examples,
                const GlobalOptions& globals);

}  // namespace cameo::tools
