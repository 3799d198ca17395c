/// The architectures by name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/network.h"

namespace cameo::zoo {

/// What to build an architecture for.
struct ModelOptions {
  Shape input_shape;         ///< `[C,H,W]`; the architecture's own when empty
  std::int64_t classes = 0;  ///< the architecture's own when 0
  /// Of the initial parameters; without one they are indeterminate and cost nothing, for callers
  /// that set every one of them or look at shapes alone.
  std::optional<std::uint64_t> seed = 0;
};

/// A file of weights that its authors publish.
struct PublicCheckpoint {
  std::string file;         ///< what is behind the last '-' of its stem begins its SHA-256
  std::string address;      ///< where it is published
  double top1 = 0.0;        ///< published accuracy in per cent; 0: none published
  std::int64_t resize = 0;  ///< the short side it wants pictures resized to; 0: the model's usual
};

/// An architecture of the zoo.
struct ModelInfo {
  std::string name;
  std::string description;          ///< one line with the paper
  Shape input_shape;                ///< usual `[C,H,W]`
  std::int64_t classes;             ///< usual number
  std::int64_t minimum_size;        ///< smallest height and width that work
  std::string preprocess = "unit";  ///< the name for preprocess_preset()
  std::string class_names{};        ///< the name for known_class_names(), or empty
  std::vector<PublicCheckpoint> checkpoints{};
  std::string built_in_weights{};  ///< the data set that weights in the program are for, or empty
};

/// All of them, in the order to list them.
std::span<const ModelInfo> model_infos();
/// Throws LookupError with close matches.
const ModelInfo& model_info(std::string_view name);

/// A freshly initialised network. Throws LookupError for an unknown name and ArgumentError for an
/// input or number of classes it cannot have.
Network make_model(std::string_view name, const ModelOptions& options = {});

}  // namespace cameo::zoo
