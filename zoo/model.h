/// A network together with what is needed to use it: class names and preprocessing.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/network.h"
#include "zoo/checkpoints/state_dict.h"
#include "zoo/files.h"
#include "zoo/models/models.h"
#include "zoo/preprocess.h"

namespace cameo::zoo {

struct Model {
  std::string architecture;  ///< its name in the zoo, or any other for a network of its own
  Network network;
  std::vector<std::string> class_names;  ///< in index order; empty when nobody said
  Preprocess preprocess;
};

/// A freshly initialised architecture with the preprocessing and, when the number of classes is the
/// usual one, the class names it is published with. Throws like make_model().
Model create_model(std::string_view architecture, const ModelOptions& options = {});

/// The architecture's preprocessing for an input `[C,H,W]`. Where H and W are not the usual ones,
/// whole pictures are resized to them and values stay as usual. `weights_file` is the name of a
/// public checkpoint, some of which want other sizes; any other name makes no difference.
Preprocess usual_preprocess(const ModelInfo& info, const Shape& input_shape,
                            std::string_view weights_file = {});

/// The extent of axis 1 of the output, 0 where it has none. Throws ShapeError when the network does
/// not take one picture of its input shape.
std::int64_t class_count(const Network& network);

/// The parameters by name, running statistics included; tensors share storage with the network.
StateDict state_dict(const Network& network);

struct LoadReport {
  std::vector<std::string> missing;     ///< in the network, not in the checkpoint
  std::vector<std::string> unexpected;  ///< in the checkpoint, not in the network
  std::vector<std::string> misshapen;   ///< "NAME: expected [..], got [..]"

  bool complete() const { return missing.empty() && unexpected.empty() && misshapen.empty(); }
  /// One line that names the first few of each kind.
  std::string summary() const;
};

/// Sets every parameter that the checkpoint has under its name and in its shape, and says what did
/// not fit. Changes nothing unless everything fits or `allow_partial`.
LoadReport load_state_dict(Network& network, const StateDict& state, bool allow_partial = false);

/// Writes a safetensors file that carries architecture, class names and preprocessing in its
/// metadata; where the architecture is not one of the zoo's (an imported network, one that was cut)
/// also the graph, so that the file says everything. The same model gives the same bytes. Throws as
/// write_safetensors() and graph_to_json() do, ShapeError when the network cannot take one picture.
void save_model(const std::filesystem::path& path, const Model& model);

/// Reads what save_model() wrote. Throws FileError, or FormatError when the file is damaged, was
/// not written by save_model() or does not fit its own architecture.
Model load_model(const std::filesystem::path& path);
/// The same from memory, which is copied; `name` is for messages.
Model decode_model(ByteView bytes, std::string_view name);

/// The small GAP network trained on Scenes that comes with the program.
Model pretrained_model();

}  // namespace cameo::zoo
