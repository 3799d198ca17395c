/// Scores and gradients of pictures that a method makes up.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/network.h"
#include "core/tensor.h"
#include "explain/target.h"

namespace cameo::explain {

/// Pictures for the network, made when they are needed: picture i of 0 … count-1 is what `fill`
/// writes for i, C·H·W preprocessed values. `fill` is called from several threads.
struct PictureSeries {
  Shape shape;  ///< of one, `[1,C,H,W]`
  std::int64_t count = 0;
  std::int64_t batch = 8;  ///< gradients in memory at once
  std::function<void(std::int64_t index, std::span<float> picture)> fill;
};

/// One picture of a series after its run.
struct SampleGradient {
  std::int64_t index = 0;
  std::span<const float> gradient;  ///< of its score by the value `at`
};

/// Hands the gradient of every picture's score by the value `at` (the network's input, or a layer)
/// to `take`, in the order of the series and from the calling thread. Each picture is a run of its
/// own, several at once, so that the bits do not depend on the batch.
void for_each_gradient(const Network& network, const Target& target, ValueId at,
                       const PictureSeries& series,
                       const std::function<void(const SampleGradient&)>& take);

/// The mean of the pictures' scores.
double mean_score(const Network& network, const Target& target, const PictureSeries& series);

}  // namespace cameo::explain
