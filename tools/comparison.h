/// Two explanations beside each other.
#pragma once

#include <string>
#include <vector>

#include "tools/explanation_pictures.h"
#include "tools/explanation_run.h"

namespace cameo::tools {

/// A picture under a model.
struct Side {
  const zoo::Model& model;
  const ModelInput& input;
  Tensor behind;  ///< picture_behind()
  std::vector<ExplainResult> results;
};

/// Two results of one method and class, and how their maps differ.
struct Comparison {
  ExplainResult first;
  ExplainResult second;
  Tensor first_values;  ///< `[H,W]`, both at the size of the first picture
  Tensor second_values;
  Tensor difference;              ///< second - first
  double rank_correlation = 0.0;  ///< Spearman, over all pixels
  explain::ValueRange scale;      ///< of both maps
};

/// The first model's targets, as `--target` takes them, for the second: classes are the same by
/// name where both models have names, otherwise by index. Throws LookupError for a class that the
/// second does not have.
std::string targets_for_second(const zoo::Model& first, const zoo::Model& second,
                               const std::vector<ExplainResult>& results);

/// Pairs of results in the order of the first side; methods that only one side has are left out.
/// With `relative` every map is divided by its maximum before.
std::vector<Comparison> compare(const Side& first, const Side& second, const PictureStyle& style,
                                bool relative);

/// Both maps over their pictures on one scale, then the difference, blue where the first is larger
/// and red where the second is.
Tensor comparison_picture(const Comparison& comparison, const Side& first, const Side& second,
                          const PictureStyle& style);

}  // namespace cameo::tools
