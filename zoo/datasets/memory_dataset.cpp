#include "zoo/datasets/memory_dataset.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"

namespace cameo::zoo {

MemoryDataset::MemoryDataset(Shape image_shape, std::vector<std::uint8_t> pixels,
                             std::vector<int> labels, std::vector<std::string> class_names)
    : image_shape_(std::move(image_shape)),
      pixels_(std::move(pixels)),
      labels_(std::move(labels)),
      class_names_(std::move(class_names)) {
  const auto image_bytes = static_cast<std::size_t>(element_count(image_shape_));
  if (image_shape_.size() != 3 || image_bytes == 0 ||
      pixels_.size() != image_bytes * labels_.size()) {
    throw ArgumentError("MemoryDataset: " + std::to_string(pixels_.size()) + " bytes do not hold " +
                        std::to_string(labels_.size()) + " pictures of shape " +
                        to_string(image_shape_));
  }
  const auto has_name = [this](int label) {
    return label >= 0 && label < std::ssize(class_names_);
  };
  if (!std::all_of(labels_.begin(), labels_.end(), has_name)) {
    throw ArgumentError("MemoryDataset: a label outside its " +
                        std::to_string(class_names_.size()) + " classes");
  }
}

int MemoryDataset::label(std::size_t index) const {
  if (index >= labels_.size()) {
    throw ArgumentError("a data set of " + std::to_string(labels_.size()) + " has no picture " +
                        std::to_string(index));
  }
  return labels_[index];
}

std::span<const std::uint8_t> MemoryDataset::pixels(std::size_t index) const {
  label(index);
  const std::size_t image_bytes = pixels_.size() / labels_.size();
  return std::span(pixels_).subspan(index * image_bytes, image_bytes);
}

Batch MemoryDataset::batch(std::span<const std::size_t> indices) const {
  Batch batch;
  for (const std::size_t index : indices) batch.labels.push_back(label(index));
  Shape shape = image_shape_;
  shape.insert(shape.begin(), std::ssize(indices));
  batch.images = Tensor::uninitialized(std::move(shape));
  float* const out = batch.images.mutable_data().data();
  const std::int64_t image_size = element_count(image_shape_);
  parallel_for(
      std::ssize(indices), 1 + (1 << 16) / image_size, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          const auto source = pixels(indices[static_cast<std::size_t>(i)]);
          std::transform(source.begin(), source.end(), out + i * image_size,
                         [](std::uint8_t level) { return static_cast<float>(level) / 255.0F; });
        }
      });
  return batch;
}

}  // namespace cameo::zoo
