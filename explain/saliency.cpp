#include "explain/saliency.h"

#include "explain/pixel_gradient.h"
#include "explain/relu_rules.h"
#include "explain/warnings.h"

namespace cameo::explain {

const MethodInfo& Saliency::info() const {
  static const MethodInfo info{
      .name = "saliency",
      .summary = "the gradient of the score at every pixel",
      .paper = "Simonyan, Vedaldi & Zisserman 2014, Deep Inside Convolutional Networks, section 3",
      .kind = MapKind::kPixel,
  };
  return info;
}

void Saliency::prepare(const Network& network, const Shape& /*picture*/, ValueId /*of*/,
                       Request& request) const {
  prepare_pixel_gradient(network, request);
}

Explanation Saliency::explain(const Tape& tape, const Target& target) const {
  Explanation result = pixel_gradient(tape, target, info(), standard());
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
