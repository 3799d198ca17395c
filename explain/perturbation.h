/// What the methods that need nothing but scores have in common.
#pragma once

#include "explain/explainer.h"
#include "explain/scores.h"

namespace cameo::explain {

/// Explains by changing the picture and looking at the scores: a network, or any function from
/// pictures to scores. Maps are `[H,W]`, with signs, and have no ReLU.
class Perturbation : public Explainer {
 public:
  /// Nothing: the picture and the network are on every tape.
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const final;
  /// Runs the tape's network again, as often as the method asks.
  Explanation explain(const Tape& tape, const Target& target) const final;

  /// `picture` is `[1,C,H,W]` and not empty (ShapeError); `target.of` is not looked at. Throws
  /// ArgumentError for a class that `scores` does not give, and what `scores` throws.
  Explanation explain_scores(const ScoreFunction& scores, const Tensor& picture,
                             const Target& target) const;

 protected:
  /// The same of a network, for methods that need less than whole runs of it.
  virtual void perturb_network(const Tape& tape, const Target& target, Explanation& result) const;
  /// Sets the map, and at_pixels where that is something else.
  virtual void perturb(const ScoreFunction& scores, const Tensor& picture, const Target& target,
                       Explanation& result) const = 0;

 private:
  Explanation start(const Tensor& picture, const Target& target) const;
};

}  // namespace cameo::explain
