/// Checkpoints in safetensors (https://github.com/huggingface/safetensors, format section).
#pragma once

#include <filesystem>
#include <string_view>

#include "zoo/checkpoints/state_dict.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// Reads every tensor as float32 (BOOL, integers, F16, BF16, F32, F64; FormatError for the rarer
/// types). Every rule of the format is enforced before anything is allocated: strict JSON without
/// repeated keys, shapes that fill their byte ranges, ranges that cover the file without gap,
/// overlap or trailing bytes. Tensors that are float32 and aligned stay in the mapped file (see
/// MappedFile for what that means). Throws FileError, or FormatError naming the tensor.
Checkpoint read_safetensors(const std::filesystem::path& path);
/// The same from memory, which is copied unless it has an owner; `name` is for messages.
Checkpoint decode_safetensors(const SharedBytes& bytes, std::string_view name);
Checkpoint decode_safetensors(ByteView bytes, std::string_view name);

/// Names, types, shapes and metadata; reads the header alone, and accepts every type of the format.
CheckpointListing list_safetensors(const std::filesystem::path& path);
CheckpointListing list_safetensors(const SharedBytes& bytes, std::string_view name);

/// Writes float32 tensors in order of name; the same contents give the same bytes. Throws
/// ArgumentError for a name or text that is not UTF-8, otherwise as AtomicFile does.
void write_safetensors(const std::filesystem::path& path, const StateDict& tensors,
                       const Metadata& metadata = {});

}  // namespace cameo::zoo
