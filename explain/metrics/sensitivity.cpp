#include "explain/metrics/sensitivity.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/random.h"

namespace cameo::explain {

namespace {

double norm(const Tensor& map) {
  double total = 0.0;
  for (const float value : map.data()) total += static_cast<double>(value) * value;
  return std::sqrt(total);
}

double difference_norm(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape()) {
    throw ShapeError("sensitivity: the method's maps differ in shape: " + to_string(a.shape()) +
                     " and " + to_string(b.shape()));
  }
  double total = 0.0;
  for (std::size_t i = 0; i < a.data().size(); ++i) {
    const double difference = static_cast<double>(a.data()[i]) - b.data()[i];
    total += difference * difference;
  }
  return std::sqrt(total);
}

}  // namespace

Explanation explain_again(const Network& network, const Tensor& picture, const Explainer& method,
                          const Target& target) {
  Request request{.keep = {network.input(), target.of}};
  method.prepare(network, picture.shape(), target.of, request);
  const Tape tape = forward(network, picture, request);
  return method.explain(tape, target);
}

double max_sensitivity(const Network& network, const Tensor& picture, const Explainer& method,
                       const Explanation& explanation, const SensitivityOptions& options) {
  if (options.samples < 1) throw ArgumentError("sensitivity: expected at least 1 sample");
  const auto reach = static_cast<float>(options.radius);
  const double length = norm(explanation.map);
  double most = 0.0;
  for (std::int64_t sample = 0; sample < options.samples; ++sample) {
    Random random({options.seed, static_cast<std::uint64_t>(sample)});
    Tensor noisy = picture;
    for (float& value : noisy.mutable_data()) value += random.uniform(-reach, reach);
    const Explanation changed = explain_again(network, noisy, method, explanation.target);
    most = std::max(most, difference_norm(explanation.map, changed.map));
  }
  return most / (length > 0.0 ? length : 1.0);
}

}  // namespace cameo::explain
