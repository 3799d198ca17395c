/// One entry point for every kind of checkpoint.
#pragma once

#include <filesystem>

#include "zoo/checkpoints/checkpoint_kind.h"
#include "zoo/checkpoints/state_dict.h"

namespace cameo::zoo {

/// Reads a PyTorch, safetensors or .npz checkpoint, told apart by content. Throws FileError, or
/// FormatError naming what is wrong with the file or what else it is.
Checkpoint read_checkpoint(const std::filesystem::path& path);

/// Names, types, shapes and metadata, without reading the elements. Throws the same.
CheckpointListing list_checkpoint(const std::filesystem::path& path);

}  // namespace cameo::zoo
