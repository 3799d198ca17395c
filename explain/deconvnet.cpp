#include "explain/deconvnet.h"

#include "explain/pixel_gradient.h"
#include "explain/relu_rules.h"
#include "explain/warnings.h"

namespace cameo::explain {

const MethodInfo& Deconvnet::info() const {
  static const MethodInfo info{
      .name = "deconvnet",
      .summary = "the gradient, with negative parts dropped at every ReLU",
      .paper = "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks",
      .kind = MapKind::kPixel,
  };
  return info;
}

void Deconvnet::prepare(const Network& network, const Shape& /*picture*/, ValueId /*of*/,
                        Request& request) const {
  prepare_pixel_gradient(network, request);
}

Explanation Deconvnet::explain(const Tape& tape, const Target& target) const {
  Explanation result = pixel_gradient(tape, target, info(), deconvnet());
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
