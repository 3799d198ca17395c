#include "explain/perturbation.h"

#include <algorithm>

#include "core/error.h"
#include "explain/warnings.h"

namespace cameo::explain {

void Perturbation::prepare(const Network& /*network*/, const Shape& /*picture*/, ValueId /*of*/,
                           Request& /*request*/) const {}

Explanation Perturbation::start(const Tensor& picture, const Target& target) const {
  if (picture.rank() != 4 || picture.dim(0) != 1 || picture.size() == 0) {
    throw ShapeError("method \"" + info().name + "\": expected one picture [1,C,H,W], got " +
                     to_string(picture.shape()));
  }
  Explanation result;
  result.method = info().name;
  result.kind = MapKind::kLayer;
  result.target = target;
  return result;
}

Explanation Perturbation::explain(const Tape& tape, const Target& target) const {
  const Network& network = tape.network();
  Explanation result = start(tape.value(network.input()), target);
  result.logit = score_of(tape, target);
  result.layer = network.input();
  perturb_network(tape, target, result);
  result.signed_map = result.map;
  warn_about_map(result);
  return result;
}

void Perturbation::perturb_network(const Tape& tape, const Target& target,
                                   Explanation& result) const {
  const Network& network = tape.network();
  perturb(scores_of(network, target.of), tape.value(network.input()), target, result);
}

Explanation Perturbation::explain_scores(const ScoreFunction& scores, const Tensor& picture,
                                         const Target& target) const {
  Explanation result = start(picture, target);
  result.logit = static_cast<float>(score_pictures(scores, picture.shape(), 1,
                                                   [&](std::int64_t, std::span<float> out) {
                                                     std::copy(picture.data().begin(),
                                                               picture.data().end(), out.begin());
                                                   },
                                                   target, {})
                                        .front());
  perturb(scores, picture, target, result);
  result.signed_map = result.map;
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
