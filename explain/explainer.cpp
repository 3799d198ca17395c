#include "explain/explainer.h"

#include "core/error.h"

namespace cameo::explain {

Request request_for(const Network& network, const Shape& picture,
                    std::span<const std::shared_ptr<const Explainer>> methods, ValueId of) {
  if (picture.size() != 4 || picture[0] != 1) {
    throw ShapeError("explain: expected one picture [1,C,H,W], got " + to_string(picture));
  }
  static_cast<void>(network.node(of));
  const Shape scores = network.infer_shapes(picture)[static_cast<std::size_t>(of)];
  static_cast<void>(class_count(scores));
  if (scores[0] != 1) {
    throw ShapeError("explain: expected scores of one picture, [1,K], got " + to_string(scores));
  }
  Request request;
  request.keep = {network.input(), of};
  for (const auto& method : methods) method->prepare(network, picture, of, request);
  return request;
}

std::vector<Explanation> explain(const Network& network, const Tensor& picture,
                                 std::span<const std::shared_ptr<const Explainer>> methods,
                                 std::span<const Target> targets) {
  if (targets.empty()) return {};
  for (const Target& target : targets) {
    if (target.of != targets[0].of) {
      throw ArgumentError("explain: the targets of one run must be classes of one value");
    }
  }
  const Tape tape =
      forward(network, picture, request_for(network, picture.shape(), methods, targets[0].of));
  std::vector<Explanation> explanations;
  explanations.reserve(methods.size() * targets.size());
  for (const auto& method : methods) {
    for (const Target& target : targets) explanations.push_back(method->explain(tape, target));
  }
  return explanations;
}

const Shape& picture_shape(const Tape& tape) { return tape.value(tape.network().input()).shape(); }

}  // namespace cameo::explain
