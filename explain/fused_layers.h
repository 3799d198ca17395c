/// One map from several layers.
#pragma once

#include <string>

#include "explain/explainer.h"

namespace cameo::explain {

/// How the maps of several layers become one.
enum class Fusion { kMean, kMaximum, kProduct };

/// A method at several layers. Each layer's map is divided by its maximum (a blank one stays zero),
/// resized by half pixels to the largest of them and combined place by place; the result is in
/// 0…1, and its signed map is the same. `Explanation::layer` is the first layer's.
class FusedLayers final : public Explainer {
 public:
  /// `parts` are one method, made for each of the layers; throws ArgumentError when there is none.
  FusedLayers(Methods parts, Fusion fusion);
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  Methods parts_;
  Fusion fusion_;
};

}  // namespace cameo::explain
