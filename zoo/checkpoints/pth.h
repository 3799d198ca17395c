/// Checkpoints that torch.save() wrote: the zip archives of torch 1.6 and later, the stream before,
/// and the tar archives of torch 0.1 in which the first public ResNets are.
#pragma once

#include <filesystem>
#include <string_view>

#include "zoo/checkpoints/state_dict.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// Reads the weights: the saved dict itself, or the one in it under state_dict, model_state_dict,
/// model, net, weights, params or ema. What stands beside them (epoch, optimizer) is not looked
/// into, but texts and numbers become metadata. "module.", "_orig_mod.", "model." and "backbone."
/// are taken off the names when all begin so. Elements of any type become float32; those that are
/// float32, row-major and aligned stay in the mapped file (see MappedFile for what that means).
///
/// Nothing in the file is executed. Throws FileError, or FormatError naming what was refused: whole
/// models, code, sizes that the file does not hold.
Checkpoint read_pth(const std::filesystem::path& path);
/// The same from memory, which is copied unless `bytes` has an owner; `name` is for messages.
Checkpoint decode_pth(const SharedBytes& bytes, std::string_view name);

/// Names, types, shapes and metadata, without touching the elements.
CheckpointListing list_pth(const std::filesystem::path& path);
CheckpointListing list_pth(const SharedBytes& bytes, std::string_view name);

}  // namespace cameo::zoo
