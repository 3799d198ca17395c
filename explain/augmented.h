/// Maps averaged over changed pictures.
#pragma once

#include "explain/explainer.h"

namespace cameo::explain {

/// Augmentation smoothing, as pytorch-grad-cam does it: a method's maps of the preprocessed picture
/// and its mirror image, each times 0.9, 1 and 1.1, mirrored back and averaged. Needs six runs of
/// the network of its own.
class Augmented final : public Explainer {
 public:
  /// Throws ArgumentError without a method.
  explicit Augmented(std::shared_ptr<const Explainer> method);
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  Methods method_;
};

}  // namespace cameo::explain
