#include "core/tensor.h"

#include <algorithm>
#include <utility>

#include "core/buffer_pool.h"
#include "core/error.h"

namespace cameo {

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 0) throw ShapeError("negative extent in shape " + to_string(shape));
    if (__builtin_mul_overflow(count, extent, &count)) {
      throw ShapeError("shape " + to_string(shape) + " has too many elements");
    }
  }
  return count;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ',';
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

struct Tensor::Storage {
  explicit Storage(std::int64_t count) : size(count) {
    std::int64_t bytes = 0;
    if (__builtin_mul_overflow(count, static_cast<std::int64_t>(sizeof(float)), &bytes)) {
      throw ShapeError("a tensor of " + std::to_string(count) + " elements is too large");
    }
    buffer = take_buffer(static_cast<std::size_t>(bytes));
    writable = static_cast<float*>(buffer.memory);
    values = writable;
  }
  Storage(std::int64_t count, std::shared_ptr<const float> owner)
      : foreign(std::move(owner)), values(foreign.get()), size(count) {}
  ~Storage() { return_buffer(buffer); }
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  std::shared_ptr<const float> foreign;
  Buffer buffer;
  float* writable = nullptr;  // null for foreign values
  const float* values = nullptr;
  std::int64_t size = 0;
};

Tensor Tensor::uninitialized(Shape shape) {
  Tensor result;
  result.storage_ = std::make_shared<Storage>(element_count(shape));
  result.shape_ = std::move(shape);
  return result;
}

bool Tensor::is_spare() const {
  return defined() && storage_.use_count() == 1 && storage_->writable != nullptr;
}

Tensor Tensor::in_place_of(Tensor&& x) {
  return x.is_spare() ? std::move(x) : uninitialized(x.shape());
}

Tensor Tensor::view_of(Shape shape, std::shared_ptr<const float> values) {
  const std::int64_t count = element_count(shape);
  if (values == nullptr && count > 0) throw ArgumentError("view_of: no values");
  Tensor result;
  result.storage_ = std::make_shared<Storage>(count, std::move(values));
  result.shape_ = std::move(shape);
  return result;
}

Tensor::Tensor(Shape shape, float fill) : Tensor(uninitialized(std::move(shape))) {
  std::fill_n(storage_->writable, storage_->size, fill);
}

Tensor::Tensor(Shape shape, std::span<const float> values)
    : Tensor(uninitialized(std::move(shape))) {
  if (static_cast<std::int64_t>(values.size()) != storage_->size) {
    throw ShapeError("tensor of shape " + to_string(shape_) + " needs " +
                     std::to_string(storage_->size) + " values, got " +
                     std::to_string(values.size()));
  }
  std::copy(values.begin(), values.end(), storage_->writable);
}

const Shape& Tensor::shape() const {
  if (!defined()) throw Error("tensor: use of an empty handle");
  return shape_;
}

std::int64_t Tensor::size() const {
  if (!defined()) throw Error("tensor: use of an empty handle");
  return storage_->size;
}

std::int64_t Tensor::dim(std::size_t axis) const {
  if (axis >= shape().size()) {
    throw ShapeError("tensor of shape " + to_string(shape_) + " has no axis " +
                     std::to_string(axis));
  }
  return shape_[axis];
}

std::span<const float> Tensor::data() const {
  return {defined() ? storage_->values : nullptr, static_cast<std::size_t>(size())};
}

std::span<float> Tensor::mutable_data() {
  const auto count = static_cast<std::size_t>(size());
  if (!is_spare()) {
    auto clone = std::make_shared<Storage>(storage_->size);
    std::copy_n(storage_->values, count, clone->writable);
    storage_ = std::move(clone);
  }
  return {storage_->writable, count};
}

Tensor Tensor::reshaped(Shape shape) const {
  if (element_count(shape) != size()) {
    throw ShapeError("cannot view " + to_string(shape_) + " as " + to_string(shape));
  }
  Tensor result = *this;
  result.shape_ = std::move(shape);
  return result;
}

}  // namespace cameo
