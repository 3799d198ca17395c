/// What a checkpoint file holds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace cameo::zoo {

/// Parameters by name ("layer4.1.conv2.weight").
using StateDict = std::map<std::string, Tensor, std::less<>>;

/// Free text by key that a checkpoint carries beside its tensors.
using Metadata = std::map<std::string, std::string, std::less<>>;

struct Checkpoint {
  StateDict tensors;
  Metadata metadata;
};

/// One tensor as a file describes it; `dtype` is spelt as in safetensors ("F32", "BF16", "I64").
struct TensorInfo {
  std::string name;
  std::string dtype;
  Shape shape;
  std::uint64_t bytes = 0;
};

/// A checkpoint's table of contents, without its data.
struct CheckpointListing {
  std::vector<TensorInfo> tensors;  ///< in the order of their data in the file
  Metadata metadata;
};

}  // namespace cameo::zoo
