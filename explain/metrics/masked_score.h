/// What the part of a picture that a map highlights is worth by itself: average drop and increase,
/// and ADCC.
#pragma once

#include "core/tensor.h"
#include "explain/explainer.h"
#include "explain/scores.h"

namespace cameo::explain {

/// The picture `[1,C,H,W]` where the map `[H,W]` is 1, `backdrop` where it is 0, in proportion
/// between. Throws ShapeError where shapes do not fit.
Tensor masked_picture(const Tensor& picture, const Tensor& relevance, const Tensor& backdrop);

/// A score of the picture and of what its map leaves.
struct MaskedScore {
  double whole = 0.0;
  double masked = 0.0;

  /// max(0, whole - masked)/whole: the share of the score that is lost; 0 where the score is not
  /// positive (Chattopadhay et al. 2018, Grad-CAM++, there in percent of pictures'
  /// mean).
  double drop() const;
  /// Does the map alone score higher than the picture?
  bool increase() const { return masked > whole; }
};

MaskedScore masked_score(const ScoreFunction& scores, const Tensor& picture, const Tensor& masked,
                         const Target& target, const ScoringOptions& options);

/// The terms of ADCC, each 0 … 1 (Poppi, Cornia, Baraldi & Cucchiara 2021, Revisiting the
/// Evaluation of Class Activation Mapping).
struct Adcc {
  double coherency = 0.0;   ///< does the map of what the map leaves look the same?
  double complexity = 0.0;  ///< the map's mean: how much it highlights
  double drop = 0.0;        ///< MaskedScore::drop()

  /// The harmonic mean of coherency, 1 - complexity and 1 - drop.
  double value() const;
};

/// (Pearson's correlation of the two maps + 1)/2; 0 where one of them is constant.
double coherency(const Tensor& map, const Tensor& map_of_masked);

/// The mean of the map's absolute values.
double complexity(const Tensor& map);

}  // namespace cameo::explain
