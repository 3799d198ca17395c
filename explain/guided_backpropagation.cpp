#include "explain/guided_backpropagation.h"

#include "explain/pixel_gradient.h"
#include "explain/relu_rules.h"
#include "explain/warnings.h"

namespace cameo::explain {

const MethodInfo& GuidedBackpropagation::info() const {
  static const MethodInfo info{
      .name = "guided",
      .summary =
          "guided backpropagation: the gradient through active ReLUs, its positive parts alone",
      .paper = "Springenberg, Dosovitskiy, Brox & Riedmiller 2015, Striving for Simplicity",
      .kind = MapKind::kPixel,
  };
  return info;
}

void GuidedBackpropagation::prepare(const Network& network, const Shape& /*picture*/,
                                    ValueId /*of*/, Request& request) const {
  prepare_pixel_gradient(network, request);
}

Explanation GuidedBackpropagation::explain(const Tape& tape, const Target& target) const {
  Explanation result = pixel_gradient(tape, target, info(), guided());
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
