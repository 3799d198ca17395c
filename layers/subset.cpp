#include "layers/subset.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/random.h"

namespace cameo {

Subset::Subset(std::shared_ptr<const Dataset> whole, std::vector<std::size_t> indices)
    : whole_(std::move(whole)), indices_(std::move(indices)) {
  for (const std::size_t index : indices_) {
    if (index >= whole_->size()) {
      throw ArgumentError("data set: there is no picture " + std::to_string(index) + " of " +
                          std::to_string(whole_->size()));
    }
  }
}

Batch Subset::batch(std::span<const std::size_t> indices) const {
  std::vector<std::size_t> in_whole;
  in_whole.reserve(indices.size());
  for (const std::size_t index : indices) in_whole.push_back(indices_.at(index));
  return whole_->batch(in_whole);
}

Split split_by_class(const std::shared_ptr<const Dataset>& whole, double share,
                     std::uint64_t seed) {
  if (!(share >= 0.0 && share <= 1.0)) {
    throw ArgumentError("data set: the share of a split must be between 0 and 1, got " +
                        std::to_string(share));
  }
  std::map<int, std::vector<std::size_t>> by_class;
  for (std::size_t i = 0; i < whole->size(); ++i) by_class[whole->label(i)].push_back(i);
  std::vector<std::size_t> first;
  std::vector<std::size_t> rest;
  for (auto& [label, indices] : by_class) {
    Random({seed, static_cast<std::uint64_t>(label)}).shuffle(std::span(indices));
    const auto count = std::llround(share * static_cast<double>(indices.size()));
    first.insert(first.end(), indices.begin(), indices.begin() + count);
    rest.insert(rest.end(), indices.begin() + count, indices.end());
  }
  std::sort(first.begin(), first.end());
  std::sort(rest.begin(), rest.end());
  return {.first = Subset(whole, std::move(first)), .rest = Subset(whole, std::move(rest))};
}

}  // namespace cameo
