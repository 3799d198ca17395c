/// Labelled pictures.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace cameo {

/// Pictures `[N,C,H,W]` with values in 0 … 1 and one class index each.
struct Batch {
  Tensor images;
  std::vector<int> labels;
};

/// A fixed, ordered set of labelled pictures of one size. Safe to read from several threads.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::size_t size() const = 0;
  /// `[C,H,W]`
  virtual Shape image_shape() const = 0;
  /// In index order.
  virtual const std::vector<std::string>& class_names() const = 0;
  virtual int label(std::size_t index) const = 0;
  /// Throws FormatError or FileError when a picture's file cannot be read.
  virtual Batch batch(std::span<const std::size_t> indices) const = 0;
};

}  // namespace cameo
