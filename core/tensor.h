/// Dense float32 tensors.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cameo {

/// Extents, outermost first. Images and feature maps are `[N,C,H,W]`. An empty shape is a scalar.
using Shape = std::vector<std::int64_t>;

/// Number of elements; throws ShapeError when an extent is negative or the product overflows.
std::int64_t element_count(const Shape& shape);

/// "[2,3,224,224]"
std::string to_string(const Shape& shape);

/// Dense float32 values in row-major order (NCHW for images).
///
/// A copy shares storage; a write through a shared copy clones first, so a Tensor behaves like a
/// value. Distinct Tensor objects may be used from different threads even when they share storage;
/// one object must not be written and used at the same time.
class Tensor {
 public:
  /// An empty handle: `defined()` is false and every access throws.
  Tensor() = default;
  explicit Tensor(Shape shape, float fill = 0.0F);
  /// Takes `values` in row-major order; throws ShapeError when their number does not fit.
  Tensor(Shape shape, std::span<const float> values);

  /// Values are indeterminate until written.
  static Tensor uninitialized(Shape shape);
  /// The same, shaped like `x`, for a result that is written element by element as x is read: over
  /// x's own values where no other handle holds them. Throws Error on an empty handle.
  static Tensor in_place_of(Tensor&& x);
  /// Whether in_place_of() would take this memory: it may be written, and by this handle alone.
  bool is_spare() const;

  /// A tensor over memory that it does not own, such as a mapped file: `values` points to as many
  /// floats as `shape` has elements, aligned as a float is, and keeps them alive. They are only
  /// ever read: mutable_data() clones them first.
  static Tensor view_of(Shape shape, std::shared_ptr<const float> values);

  bool defined() const { return storage_ != nullptr; }
  /// Throws Error on an empty handle, like every accessor below.
  const Shape& shape() const;
  std::int64_t size() const;
  std::int64_t dim(std::size_t axis) const;
  std::size_t rank() const { return shape().size(); }

  std::span<const float> data() const;
  /// Writable values; clones first when the storage is shared or a view_of().
  std::span<float> mutable_data();

  /// The same storage under another shape with as many elements; throws ShapeError otherwise.
  Tensor reshaped(Shape shape) const;
  /// True when both handles look at the same storage.
  bool shares_storage(const Tensor& other) const { return storage_ == other.storage_; }

 private:
  struct Storage;
  std::shared_ptr<Storage> storage_;
  Shape shape_;
};

}  // namespace cameo
