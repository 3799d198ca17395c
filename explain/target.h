/// Which score of a network is explained.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/network.h"
#include "core/tape.h"

namespace cameo::explain {

/// One class score: entry `index` of the value `of`, which is shaped `[N,K]` or `[N,K,1,1]`. It is
/// a logit, never a softmax output: a probability near 1 has almost no gradient left.
struct Target {
  ValueId of = -1;
  std::int64_t index = 0;
  /// Asks "why `index` rather than `against`": the score is the difference of the two logits.
  std::optional<std::int64_t> against = std::nullopt;
};

/// The logits of a classifier: the network's output, or the input of the Softmax or LogSoftmax that
/// the network ends in (Flatten, Reshape and Dropout after it do not hide it).
ValueId find_logits(const Network& network);

/// K for scores of the given shape. Throws ShapeError unless it is `[N,K]` or `[N,K,1,1]`.
std::int64_t class_count(const Shape& scores);

/// The gradient of the score with respect to the target value: 1 at `index` (and -1 at `against`)
/// for each picture of the batch, shaped like the value. Throws ArgumentError for a class that does
/// not exist, and when the tape did not keep the value.
Tensor seed_for(const Tape& tape, const Target& target);

/// The score of the first picture: the logit, or the difference of two. Throws like seed_for().
float score_of(const Tape& tape, const Target& target);

/// The `count` classes with the highest logits of the first picture, best first (ties: the lower
/// index); fewer when the network has fewer.
std::vector<Target> top_targets(const Tape& tape, ValueId logits, std::int64_t count = 1);
/// The same of one row of scores, for a value `of`.
std::vector<Target> top_targets(std::span<const float> scores, ValueId of, std::int64_t count = 1);

}  // namespace cameo::explain
