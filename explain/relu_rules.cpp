#include "explain/relu_rules.h"

#include <array>
#include <string_view>

#include "core/elementwise.h"

namespace cameo::explain {

VjpOverrides standard() { return {}; }

VjpOverrides deconvnet() {
  return {{"Relu", [](const VjpContext& ctx) { ctx.input_grads[0] = relu(ctx.grad); }}};
}

VjpOverrides guided() {
  // The output is positive exactly where the input is.
  return {{"Relu", [](const VjpContext& ctx) {
             ctx.input_grads[0] = zip(ctx.output, ctx.grad, [](float y, float g) {
               return y > 0.0F && !(g <= 0.0F) ? g : 0.0F;
             });
           }}};
}

std::vector<std::string> ops_without_rule(const Network& network,
                                          std::span<const ValueId> visited) {
  constexpr std::array<std::string_view, 2> kRectifiers{"Clip", "LeakyRelu"};
  std::vector<std::string> warnings;
  for (const std::string_view type : kRectifiers) {
    std::string first;
    std::size_t count = 0;
    for (const ValueId id : visited) {
      if (network.node(id).op->type() != type) continue;
      first = network.node(id).name;
      ++count;
    }
    if (count == 0) continue;
    warnings.push_back(std::string(type) + " has no ReLU rule: " + std::to_string(count) +
                       " of them keep their own gradient, the first is \"" + first + "\"");
  }
  return warnings;
}

}  // namespace cameo::explain
