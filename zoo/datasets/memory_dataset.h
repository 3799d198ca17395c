/// A data set held in memory as bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "layers/dataset.h"

namespace cameo::zoo {

class MemoryDataset final : public Dataset {
 public:
  /// `pixels` is `[N,C,H,W]` in 0 … 255 for `image_shape` `[C,H,W]` and N labels. Throws
  /// ArgumentError when they do not fit each other or a label has no name.
  MemoryDataset(Shape image_shape, std::vector<std::uint8_t> pixels, std::vector<int> labels,
                std::vector<std::string> class_names);

  std::size_t size() const override { return labels_.size(); }
  Shape image_shape() const override { return image_shape_; }
  const std::vector<std::string>& class_names() const override { return class_names_; }
  int label(std::size_t index) const override;
  Batch batch(std::span<const std::size_t> indices) const override;

  /// `[C,H,W]` in 0 … 255; valid while the data set lives.
  std::span<const std::uint8_t> pixels(std::size_t index) const;

 private:
  Shape image_shape_;
  std::vector<std::uint8_t> pixels_;
  std::vector<int> labels_;
  std::vector<std::string> class_names_;
};

}  // namespace cameo::zoo
