/// Scores of many pictures: all that black-box methods ask of a model.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/network.h"
#include "core/tape.h"
#include "explain/target.h"

namespace cameo::explain {

/// Pictures `[N,C,H,W]` to scores `[N,K]`: a network, a program, any function. A row must not
/// depend on the other rows. Called from one thread at a time.
using ScoreFunction = std::function<Tensor(const Tensor& pictures)>;

/// Told after every batch how many of how many pictures are scored, in the thread that explains.
using ProgressFunction = std::function<void(std::int64_t done, std::int64_t total)>;

/// The value `of` for every picture. Each picture is a run of its own, many at once, so a row has
/// the bits that forward() gives the picture alone, whatever the batch. The network must outlive
/// the function.
ScoreFunction scores_of(const Network& network, ValueId of);

/// The same from a layer on: takes values of `layer` in place of pictures and what passes it by
/// from `tape`, which must outlive the function and be of a request with keep_for_scores().
ScoreFunction scores_from_layer(const Tape& tape, ValueId layer, ValueId of);
/// Asks for the values of the layer and of what passes it by.
void keep_for_scores(const Network& network, ValueId layer, ValueId of, Request& request);

/// Which number is read out of a row of scores.
enum class Output {
  kLogit,        ///< the score as it is; a difference where the target names two classes
  kProbability,  ///< after a softmax over the row; likewise
};

/// "logit", "probability"
std::vector<std::string> output_names();
/// Throws LookupError with close matches.
Output find_output(std::string_view name);

/// A softmax; of no values none.
std::vector<double> softmax(std::vector<double> values);

/// Throws ArgumentError for a class that the row does not have.
double score_in_row(std::span<const float> row, const Target& target, Output output);

/// Writes picture `index`, `[C,H,W]`; called from many threads at once.
using PictureWriter = std::function<void(std::int64_t index, std::span<float> picture)>;

struct ScoringOptions {
  Output output = Output::kLogit;
  std::int64_t batch = 16;  ///< pictures in memory at once; the results do not depend on it
  ProgressFunction progress{};
};

/// The target's score of `count` pictures of the shape `[1,C,H,W]`, written and scored batch by
/// batch. Throws ArgumentError for a batch below 1, ShapeError when `scores` gives anything but a
/// row per picture.
std::vector<double> score_pictures(const ScoreFunction& scores, const Shape& picture,
                                   std::int64_t count, const PictureWriter& write,
                                   const Target& target, const ScoringOptions& options);

}  // namespace cameo::explain
