#include "zoo/checkpoints/checkpoint.h"

#include <string>

#include "zoo/checkpoints/npz.h"
#include "zoo/checkpoints/pth.h"
#include "zoo/checkpoints/safetensors.h"
#include "zoo/files.h"

namespace cameo::zoo {

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const MappedFile file(path);
  const std::string name = path.string();
  switch (detect_checkpoint_kind(file.bytes(), name)) {
    case CheckpointKind::kSafetensors:
      return decode_safetensors(file.shared(), name);
    case CheckpointKind::kNpz:
      return decode_npz(file.shared(), name);
    default:
      return decode_pth(file.shared(), name);
  }
}

CheckpointListing list_checkpoint(const std::filesystem::path& path) {
  const MappedFile file(path);
  const std::string name = path.string();
  switch (detect_checkpoint_kind(file.bytes(), name)) {
    case CheckpointKind::kSafetensors:
      return list_safetensors(file.shared(), name);
    case CheckpointKind::kNpz:
      return list_npz(file.shared(), name);
    default:
      return list_pth(file.shared(), name);
  }
}

}  // namespace cameo::zoo
