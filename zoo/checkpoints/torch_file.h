/// PyTorch's three containers, opened: what was saved, and where its storages lie. Internal to
/// pth.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "zoo/checkpoints/dtype.h"
#include "zoo/checkpoints/pickle.h"
#include "zoo/files.h"

namespace cameo::zoo {

/// A run of elements in the file that tensors look at.
struct TorchStorage {
  std::optional<DType> type;  ///< of its elements; an untyped storage counts bytes
  std::uint64_t count = 0;
  /// The elements, `bytes()` of them; throws FormatError when they are damaged.
  std::function<SharedBytes()> load;

  std::uint64_t element_bytes() const { return type ? size_of(*type) : 1; }
  /// Not more than the file holds once the file is opened.
  std::uint64_t bytes() const { return count * element_bytes(); }
};

/// Part of a storage, in its elements.
struct TorchStorageView {
  std::string key;
  std::optional<DType> type;
  std::uint64_t count = 0;  ///< of the whole storage
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// A tensor as the file claims it: nothing is checked against its storage yet.
struct TorchTensor {
  DType type = DType::kF32;
  TorchStorageView storage;
  std::int64_t offset = 0;  ///< in elements from the view's begin, like strides
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
};

struct TorchFile {
  std::string name;
  std::uint64_t file_bytes = 0;
  SharedBytes pickle;       ///< what `document` refers to
  PickleDocument document;  ///< what was saved
  std::map<std::string, TorchStorage, std::less<>> storages;
  std::map<std::string, TorchTensor, std::less<>> tensors;  ///< by persistent id, in tar files
  ByteOrder order = ByteOrder::kLittle;
};

/// All throw FormatError for a container that breaks its rules; every storage that the pickle
/// mentions is then there, with the size that the pickle claims.
TorchFile open_torch_zip(const SharedBytes& file, std::string_view name);
TorchFile open_torch_stream(const SharedBytes& file, std::string_view name);
TorchFile open_torch_tar(const SharedBytes& file, std::string_view name);

/// True for the first bytes of the stream that torch wrote before 1.6.
bool is_torch_stream(ByteView start);

/// The storage that the persistent id of a stream or zip file names:
/// ('storage', class, key, location, count[, view]).
TorchStorageView parse_storage_id(const PickleDocument& document, const PickleValue& persistent,
                                  std::string_view name);

/// The storages that a pickle mentions, by key; throws FormatError when two mentions differ.
std::map<std::string, TorchStorage, std::less<>> mentioned_storages(const PickleDocument& document,
                                                                    std::string_view name);

}  // namespace cameo::zoo
