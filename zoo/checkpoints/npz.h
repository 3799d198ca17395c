/// NumPy's .npz: a zip archive of .npy arrays.
#pragma once

#include <filesystem>
#include <string_view>

#include "zoo/checkpoints/state_dict.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// Reads every member NAME.npy as tensor NAME, stored or compressed, by the rules of read_npy().
/// float32 in row-major order that is stored and aligned stays in the mapped file (see MappedFile
/// for what that means). Throws FileError, or FormatError naming the member.
Checkpoint read_npz(const std::filesystem::path& path);
/// The same from memory, which is copied unless it has an owner; `name` is for messages.
Checkpoint decode_npz(const SharedBytes& bytes, std::string_view name);

/// Names, types and shapes; reads the arrays' headers alone.
CheckpointListing list_npz(const std::filesystem::path& path);
CheckpointListing list_npz(const SharedBytes& bytes, std::string_view name);

/// Writes float32 arrays in order of name, stored and aligned to 64 bytes; the same contents give
/// the same bytes. Throws ArgumentError for names that are not UTF-8 or are longer than 65000
/// bytes, and for more than 4 GiB in all; otherwise as AtomicFile does.
void write_npz(const std::filesystem::path& path, const StateDict& tensors);

}  // namespace cameo::zoo
