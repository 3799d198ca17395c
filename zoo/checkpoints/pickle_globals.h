/// The names that a checkpoint's pickle may refer to. Internal to the readers of PyTorch files.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "zoo/checkpoints/dtype.h"

namespace cameo::zoo {

enum class PickleGlobalKind {
  kOrderedDict,
  kRebuildTensor,    ///< torch._utils._rebuild_tensor, up to torch 0.3
  kRebuildTensorV2,  ///< ... with requires_grad and hooks
  kRebuildTensorV3,  ///< ... over an untyped storage, the element type at the end
  kRebuildParameter,
  kRebuildParameterWithState,
  kParameter,
  kSize,     ///< torch.Size, a tuple of extents
  kStorage,  ///< a typed storage's class, or without `type` the untyped one
  kTensor,   ///< a tensor's class; in tar files only
  kDType,
  kDevice,
  kIgnored  ///< stands beside the weights of some files; kept as data, never looked into
};

struct PickleGlobal {
  std::string module;
  std::string name;
  PickleGlobalKind kind;
  std::optional<DType> type = std::nullopt;
};

/// How many arguments a call has.
struct ArgumentCount {
  std::size_t least = 0;
  std::size_t most = 0;
};

/// Of a call of such a global; `most` is below `least` where none is ever called.
ArgumentCount argument_count(PickleGlobalKind kind);

/// True for classes whose objects are made without arguments and given their state afterwards.
bool has_objects(PickleGlobalKind kind);

/// Null for a name that is not on the list; module and name must match to the letter.
const PickleGlobal* find_pickle_global(std::string_view module, std::string_view name);

}  // namespace cameo::zoo
