#include "explain/input_x_gradient.h"

#include "core/elementwise.h"
#include "explain/pixel_gradient.h"
#include "explain/relu_rules.h"
#include "explain/warnings.h"

namespace cameo::explain {

const MethodInfo& InputXGradient::info() const {
  static const MethodInfo info{
      .name = "inputxgradient",
      .summary = "every pixel times its gradient",
      .paper = "Shrikumar, Greenside, Shcherbina & Kundaje 2016, Not Just a Black Box",
      .kind = MapKind::kPixel,
  };
  return info;
}

void InputXGradient::prepare(const Network& network, const Shape& /*picture*/, ValueId /*of*/,
                             Request& request) const {
  prepare_pixel_gradient(network, request);
}

Explanation InputXGradient::explain(const Tape& tape, const Target& target) const {
  Explanation result = pixel_gradient(tape, target, info(), standard());
  const Tensor picture = tape.value(tape.network().input()).reshaped(result.map.shape());
  result.map = zip(picture, result.map, [](float value, float slope) { return value * slope; });
  result.signed_map = result.map;
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
