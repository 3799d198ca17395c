/// Networks that a lab trains itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "layers/fit.h"
#include "tools/labs/lab.h"
#include "zoo/datasets/scenes/describe.h"
#include "zoo/model.h"

namespace cameo::tools {

struct ScenesTraining {
  std::int64_t pictures = 6000;
  std::int64_t epochs = 3;
  zoo::SceneOptions scene{};
  std::uint64_t seed = 0;  ///< of the pictures, the parameters and the order
  /// Told, before the first step and after each, how many pictures the network has seen. It may run
  /// the model and must not change it.
  std::function<void(const zoo::Model& model, std::int64_t seen)> on_step{};
};

/// A fresh gapnet trained on the training split of Scenes, pictures mirrored and moved at random.
/// Progress goes to stderr. Throws what drawing and training throw.
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
