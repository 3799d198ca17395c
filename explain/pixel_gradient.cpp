#include "explain/pixel_gradient.h"

#include <array>

#include "explain/relu_rules.h"
#include "explain/warnings.h"

namespace cameo::explain {

void prepare_pixel_gradient(const Network& network, Request& request) {
  request.wrt.push_back(network.input());
}

Explanation pixel_gradient(const Tape& tape, const Target& target, const MethodInfo& method,
                           const VjpOverrides& rules) {
  const Network& network = tape.network();
  const std::array<ValueId, 1> wrt{network.input()};
  const Gradients gradients = tape.backward(target.of, seed_for(tape, target), rules, wrt);
  const Tensor& gradient = gradients.at(network.input());
  const Shape& shape = picture_shape(tape);
  Explanation result{.method = method.name,
                     .kind = MapKind::kPixel,
                     .map = gradient.reshaped({shape[1], shape[2], shape[3]}),
                     .signed_map = {},
                     .layer = network.input(),
                     .target = target,
                     .logit = score_of(tape, target),
                     .warnings = {}};
  result.signed_map = result.map;
  warn_about_gradient(result, gradient);
  if (!rules.empty()) {
    const auto uncovered = ops_without_rule(network, tape.backward_order(target.of, wrt));
    result.warnings.insert(result.warnings.end(), uncovered.begin(), uncovered.end());
  }
  return result;
}

Explanation pixel_contributions(const Tape& tape, const Target& target, const MethodInfo& method,
                                std::span<const double> values, double start_score) {
  const Shape& shape = picture_shape(tape);
  Explanation result{.method = method.name,
                     .kind = MapKind::kPixel,
                     .map = Tensor({shape[1], shape[2], shape[3]}),
                     .signed_map = {},
                     .layer = tape.network().input(),
                     .target = target,
                     .logit = score_of(tape, target),
                     .warnings = {}};
  const std::span<float> out = result.map.mutable_data();
  double total = 0.0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<float>(values[i]);
    total += values[i];
  }
  result.signed_map = result.map;
  warn_about_map(result);
  note_completeness(result, total, result.logit - start_score);
  return result;
}

}  // namespace cameo::explain
