/// A model from the names and files of a command line.
#pragma once

#include <string>

#include "tools/console.h"
#include "zoo/model.h"

namespace cameo::tools {

/// Whether a --model or an operand is a file rather than the name of an architecture.
bool names_a_file(const std::string& model);

/// Whether the file is a model by itself: ONNX, or a .safetensors that cameo saved; otherwise it
/// is a checkpoint that needs an architecture. Throws what the readers throw.
bool is_whole_model(const std::string& path);

/// A file that is a model by itself. Class names and preprocessing that an ONNX file cannot tell
/// are guessed from its input and classes, and the guess is told on stderr. Throws what the readers
/// throw, and ArgumentError for a checkpoint that needs an architecture.
zoo::Model read_model_file(const std::string& path, const GlobalOptions& globals);

/// The tensors of a file that is a model by itself.
zoo::CheckpointListing list_model_file(const std::string& path);

struct WeightsChoice {
  std::string file;
  bool allow_partial = false;  ///< load what fits, tell the rest on stderr
};

/// An architecture of the zoo with weights from any kind of checkpoint. The number of classes is
/// the checkpoint's. Throws what the readers throw; LookupError for an unknown architecture,
/// FormatError for a public checkpoint whose bytes are not the published ones, and ArgumentError
/// for weights that do not fit.
zoo::Model read_zoo_model(const std::string& architecture, const WeightsChoice& weights,
                          const GlobalOptions& globals);

/// Weights into a model that there is. Throws the same.
void load_weights(zoo::Model& model, const WeightsChoice& weights, const GlobalOptions& globals);

}  // namespace cameo::tools
