/// Tensors of PyTorch files: what rebuilds them, and their values. Internal to pth.cpp.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "core/tensor.h"
#include "zoo/checkpoints/expansion.h"
#include "zoo/checkpoints/torch_file.h"

namespace cameo::zoo {

/// True for what a tensor or Parameter was saved as.
bool is_torch_tensor(const TorchFile& file, const PickleValue& value);

/// Takes apart a value for which is_torch_tensor() holds. Throws FormatError naming `tensor` when
/// its extents do not lie within its storage.
TorchTensor parse_torch_tensor(const TorchFile& file, const PickleValue& value,
                               std::string_view tensor);

/// Turns tensors into float32. Row-major float32 elements that lie aligned in a file are viewed;
/// others are converted, equal parts of one storage once. Not for use from several threads.
class TorchTensorReader {
 public:
  explicit TorchTensorReader(const TorchFile& file);

  /// Throws FormatError when the storage is damaged, or when all that was converted passes
  /// an ExpansionBudget.
  Tensor read(const TorchTensor& tensor, std::string_view name);

 private:
  using Part = std::tuple<std::string, std::uint64_t, DType, Shape, std::vector<std::int64_t>>;

  const SharedBytes& load(const std::string& key);
  Tensor make(const TorchTensor& tensor, std::uint64_t first, std::string_view name);

  const TorchFile& file_;
  ExpansionBudget budget_;
  std::map<std::string, SharedBytes, std::less<>> loaded_;
  std::map<Part, Tensor> made_;
};

}  // namespace cameo::zoo
