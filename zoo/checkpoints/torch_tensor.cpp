#include "zoo/checkpoints/torch_tensor.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/error.h"

namespace cameo::zoo {

namespace {

constexpr std::size_t kMaxRank = 64;

[[noreturn]] void fail(const TorchFile& file, std::string_view tensor, const std::string& what) {
  throw FormatError(file.name, -1, "tensor \"" + std::string(tensor) + "\" " + what);
}

bool is_rebuild(PickleGlobalKind kind) {
  return kind == PickleGlobalKind::kRebuildTensor || kind == PickleGlobalKind::kRebuildTensorV2 ||
         kind == PickleGlobalKind::kRebuildTensorV3;
}

bool is_parameter(PickleGlobalKind kind) {
  return kind == PickleGlobalKind::kParameter || kind == PickleGlobalKind::kRebuildParameter ||
         kind == PickleGlobalKind::kRebuildParameterWithState;
}

/// The tensor within a Parameter; Parameter(...) has it in the state that BUILD gave it, the
/// rebuild functions as first argument.
const PickleValue& parameter_data(const TorchFile& file, const PickleValue& parameter,
                                  std::string_view tensor) {
  const PickleDocument& document = file.document;
  const bool by_state = parameter.global->kind == PickleGlobalKind::kParameter;
  const bool complete = !by_state || parameter.items.size() == 2;
  const PickleValue* parts = complete ? &document.at(parameter.items[by_state ? 1 : 0]) : nullptr;
  if (parts == nullptr || parts->kind != PickleKind::kTuple || parts->items.empty()) {
    fail(file, tensor, "is a Parameter without data");
  }
  return document.at(parts->items[0]);
}

/// A tuple or torch.Size of integers from 0 on.
std::vector<std::int64_t> parse_extents(const TorchFile& file, const PickleValue& value,
                                        std::string_view tensor) {
  const PickleDocument& document = file.document;
  const PickleValue* tuple = &value;
  if (value.kind == PickleKind::kObject && value.global->kind == PickleGlobalKind::kSize) {
    tuple = &document.at(document.at(value.items[0]).items[0]);
  }
  if (tuple->kind != PickleKind::kTuple && tuple->kind != PickleKind::kList) {
    fail(file, tensor, "has sizes or strides that are no tuple");
  }
  if (tuple->items.size() > kMaxRank) fail(file, tensor, "has more than 64 dimensions");
  std::vector<std::int64_t> extents;
  for (const PickleId id : tuple->items) {
    const PickleValue& extent = document.at(id);
    if (extent.kind != PickleKind::kInt || extent.integer < 0) {
      fail(file, tensor, "has a size or stride that is no number from 0 on");
    }
    extents.push_back(extent.integer);
  }
  return extents;
}

TorchTensor parse_rebuild(const TorchFile& file, const PickleValue& call, std::string_view tensor) {
  const PickleDocument& document = file.document;
  const std::vector<PickleId>& arguments = document.at(call.items[0]).items;
  const PickleValue& storage = document.at(arguments[0]);
  const PickleValue& offset = document.at(arguments[1]);
  if (storage.kind != PickleKind::kPersistent) fail(file, tensor, "has no storage");
  if (offset.kind != PickleKind::kInt || offset.integer < 0) {
    fail(file, tensor, "has an offset that is no number from 0 on");
  }
  TorchTensor result{.storage = parse_storage_id(document, storage, file.name),
                     .offset = offset.integer,
                     .shape = parse_extents(file, document.at(arguments[2]), tensor),
                     .strides = parse_extents(file, document.at(arguments[3]), tensor)};
  std::optional<DType> type = result.storage.type;
  if (call.global->kind == PickleGlobalKind::kRebuildTensorV3) {
    const PickleValue& named = document.at(arguments[6]);
    if (named.kind != PickleKind::kGlobal || named.global->kind != PickleGlobalKind::kDType) {
      fail(file, tensor, "has no element type");
    }
    type = named.global->type;
  }
  if (!type) fail(file, tensor, "has an untyped storage and no element type");
  result.type = *type;
  return result;
}

/// The elements of the storage as the tensor's type sees them, from the view's begin on.
std::uint64_t visible_elements(const TorchFile& file, const TorchTensor& tensor,
                               std::string_view name) {
  if (!tensor.storage.type) {
    if (tensor.storage.offset != 0) fail(file, name, "looks at part of an untyped storage");
    return tensor.storage.length / size_of(tensor.type);
  }
  if (*tensor.storage.type != tensor.type) {
    fail(file, name, "has another element type than its storage");
  }
  return tensor.storage.length;
}

void check_extents(const TorchFile& file, const TorchTensor& tensor, std::string_view name) {
  if (tensor.shape.size() != tensor.strides.size()) {
    fail(file, name,
         "has as many sizes as " + std::to_string(tensor.shape.size()) + ", strides " +
             std::to_string(tensor.strides.size()));
  }
  if (!checked_count(tensor.shape, sizeof(double))) {
    fail(file, name, "has the impossible shape " + to_string(tensor.shape));
  }
  const auto elements = static_cast<std::int64_t>(visible_elements(file, tensor, name));
  if (std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end()) return;
  std::int64_t last = tensor.offset;
  bool fits = true;
  for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    std::int64_t step = 0;
    fits = fits && !__builtin_mul_overflow(tensor.shape[axis] - 1, tensor.strides[axis], &step) &&
           !__builtin_add_overflow(last, step, &last);
  }
  if (!fits || last >= elements) {
    fail(file, name,
         "of shape " + to_string(tensor.shape) + " passes the end of its storage of " +
             std::to_string(elements) + " elements");
  }
}

/// True when the elements lie one after the other in row-major order.
bool is_contiguous(const TorchTensor& tensor) {
  std::int64_t expected = 1;
  for (std::size_t axis = tensor.shape.size(); axis-- > 0;) {
    if (tensor.shape[axis] == 1) continue;
    if (tensor.strides[axis] != expected) return false;
    expected *= tensor.shape[axis];
  }
  return true;
}

/// Calls visit(offset in elements) for each element in row-major order.
template <typename Visit>
void for_each_offset(const TorchTensor& tensor, const Visit& visit) {
  std::vector<std::int64_t> index(tensor.shape.size(), 0);
  std::int64_t offset = 0;
  for (std::int64_t count = element_count(tensor.shape); count > 0; --count) {
    visit(static_cast<std::uint64_t>(offset));
    for (std::size_t axis = index.size(); axis-- > 0;) {
      offset += tensor.strides[axis];
      if (++index[axis] < tensor.shape[axis]) break;
      offset -= tensor.strides[axis] * tensor.shape[axis];
      index[axis] = 0;
    }
  }
}

/// Converts strided elements, some thousand at a time.
Tensor gather(const TorchTensor& tensor, ByteView elements, ByteOrder order) {
  constexpr std::size_t kPieceElements = 4096;
  const std::size_t element_bytes = size_of(tensor.type);
  Tensor result = Tensor::uninitialized(tensor.shape);
  std::span<float> values = result.mutable_data();
  Bytes piece(kPieceElements * element_bytes);
  std::size_t waiting = 0;
  const auto flush = [&] {
    convert_to_float32(tensor.type, order, ByteView(piece).first(waiting * element_bytes),
                       values.first(waiting));
    values = values.subspan(waiting);
    waiting = 0;
  };
  for_each_offset(tensor, [&](std::uint64_t offset) {
    std::memcpy(&piece[waiting * element_bytes], &elements[offset * element_bytes], element_bytes);
    if (++waiting == kPieceElements) flush();
  });
  flush();
  return result;
}

}  // namespace

bool is_torch_tensor(const TorchFile& file, const PickleValue& value) {
  if (value.kind == PickleKind::kPersistent) {
    return file.document.at(value.items[0]).kind == PickleKind::kString;  // in tar files
  }
  return value.kind == PickleKind::kObject &&
         (is_rebuild(value.global->kind) || is_parameter(value.global->kind));
}

TorchTensor parse_torch_tensor(const TorchFile& file, const PickleValue& value,
                               std::string_view tensor) {
  const PickleValue* data = &value;
  if (value.kind == PickleKind::kObject && is_parameter(value.global->kind)) {
    data = &parameter_data(file, value, tensor);
  }
  TorchTensor result;
  if (data->kind == PickleKind::kPersistent) {
    const auto found = file.tensors.find(file.document.at(data->items[0]).text);
    if (found == file.tensors.end()) fail(file, tensor, "is not in the file");
    result = found->second;
  } else if (data->kind == PickleKind::kObject && is_rebuild(data->global->kind)) {
    result = parse_rebuild(file, *data, tensor);
  } else {
    fail(file, tensor, "is a Parameter of something else than a tensor");
  }
  check_extents(file, result, tensor);
  return result;
}

TorchTensorReader::TorchTensorReader(const TorchFile& file)
    : file_(file), budget_(file.file_bytes) {}

Tensor TorchTensorReader::read(const TorchTensor& tensor, std::string_view name) {
  const std::uint64_t first = tensor.storage.offset + static_cast<std::uint64_t>(tensor.offset);
  const Part part(tensor.storage.key, first, tensor.type, tensor.shape, tensor.strides);
  const auto known = made_.find(part);
  if (known != made_.end()) return known->second;
  Tensor made = make(tensor, first, name);
  made_.emplace(part, made);
  return made;
}

Tensor TorchTensorReader::make(const TorchTensor& tensor, std::uint64_t first,
                               std::string_view name) {
  const auto count = static_cast<std::uint64_t>(element_count(tensor.shape));
  if (count == 0) return Tensor(tensor.shape);
  const std::uint64_t element_bytes = size_of(tensor.type);
  const SharedBytes& storage = load(tensor.storage.key);
  const SharedBytes elements{storage.bytes.subspan(first * element_bytes), storage.owner};
  const bool contiguous = is_contiguous(tensor);
  if (contiguous) {
    auto view = view_elements(tensor.type, file_.order, elements, tensor.shape);
    if (view) return *std::move(view);
  }
  if (!budget_.take(count * sizeof(float))) {
    fail(file_, name, "of shape " + to_string(tensor.shape) + " is too large for this file");
  }
  if (contiguous) return view_or_convert(tensor.type, file_.order, elements, tensor.shape);
  return gather(tensor, elements.bytes, file_.order);
}

const SharedBytes& TorchTensorReader::load(const std::string& key) {
  const auto known = loaded_.find(key);
  if (known != loaded_.end()) return known->second;
  return loaded_.emplace(key, file_.storages.find(key)->second.load()).first->second;
}

}  // namespace cameo::zoo
