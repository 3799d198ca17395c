/// Class scores as people read them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cameo::tools {

struct Score {
  std::int64_t index = 0;
  double logit = 0.0;
  double probability = 0.0;  ///< softmax over all classes
};

/// One per logit, in index order.
std::vector<Score> softmax_scores(std::span<const float> logits);
/// The `count` highest, best first; of equals the lower index first. NaN ranks last.
std::vector<Score> best_scores(std::span<const float> logits, std::int64_t count);

}  // namespace cameo::tools
