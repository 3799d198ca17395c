/// The architectures by name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/network.h"

namespace cameo::zoo {

/// What to build an architecture for.
struct ModelOptions {
  Shape input_shape;         ///< `[C,H,W]`; the architecture's own when empty
  std::int64_t classes = 0;  ///< the architecture's own when 0
  std::uint64_t seed = 0;    ///< of the initial parameters
};

/// An architecture of the zoo.
struct ModelInfo {
  std::string name;
  std::string description;    ///< one line with the paper
  Shape input_shape;          ///< usual `[C,H,W]`
  std::int64_t classes;       ///< usual number
  std::int64_t minimum_size;  ///< smallest height and width that work
  std::string weights;        ///< where public weights come from, or empty
};

/// All of them, in the order to list them.
std::span<const ModelInfo> model_infos();
/// Throws LookupError with close matches.
const ModelInfo& model_info(std::string_view name);

/// A freshly initialised network. Throws LookupError for an unknown name and ArgumentError for an
/// input or number of classes it cannot have.
Network make_model(std::string_view name, const ModelOptions& options = {});

}  // namespace cameo::zoo
