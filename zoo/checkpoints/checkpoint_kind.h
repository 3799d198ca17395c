/// Telling checkpoints apart by content.
#pragma once

#include <string_view>

#include "zoo/files.h"

namespace cameo::zoo {

enum class CheckpointKind {
  kTorchZip,     ///< torch.save() of torch 1.6 and later
  kTorchStream,  ///< torch 0.1.10 to 1.5
  kTorchTar,     ///< torch 0.1.1 to 0.1.9
  kSafetensors,
  kNpz
};

/// By the first bytes, and for zip archives by the members' names; the file's name is asked only
/// where the bytes say nothing. Throws FormatError naming what the file is instead, where that is
/// known: a Git LFS pointer, a web page, HDF5, gzip, a bare array or pickle.
CheckpointKind detect_checkpoint_kind(ByteView bytes, std::string_view name);

}  // namespace cameo::zoo
