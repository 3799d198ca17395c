/// Parts of data sets.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "layers/dataset.h"

namespace cameo {

/// Chosen pictures of another data set, in the given order; an index may come twice. Shares
/// ownership of the whole and keeps its class names.
class Subset final : public Dataset {
 public:
  /// Throws ArgumentError for an index outside the whole.
  Subset(std::shared_ptr<const Dataset> whole, std::vector<std::size_t> indices);

  std::size_t size() const override { return indices_.size(); }
  Shape image_shape() const override { return whole_->image_shape(); }
  const std::vector<std::string>& class_names() const override { return whole_->class_names(); }
  int label(std::size_t index) const override { return whole_->label(indices_.at(index)); }
  Batch batch(std::span<const std::size_t> indices) const override;

  /// Into the whole.
  const std::vector<std::size_t>& indices() const { return indices_; }

 private:
  std::shared_ptr<const Dataset> whole_;
  std::vector<std::size_t> indices_;
};

struct Split {
  Subset first;
  Subset rest;
};

/// Puts `share`, 0 … 1, of every class (rounded) into `first`, chosen by `seed`; both parts keep
/// the whole's order. Throws ArgumentError for another share.
Split split_by_class(const std::shared_ptr<const Dataset>& whole, double share, std::uint64_t seed);

}  // namespace cameo
