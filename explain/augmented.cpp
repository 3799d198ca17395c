#include "explain/augmented.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/elementwise.h"
#include "core/error.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

/// Every row, of whatever rank the tensor is, from right to left.
Tensor mirrored(const Tensor& values) {
  Tensor result = values;
  const std::span<float> out = result.mutable_data();
  const auto width = static_cast<std::ptrdiff_t>(values.shape().back());
  for (auto row = out.begin(); row != out.end(); row += width) std::reverse(row, row + width);
  return result;
}

Tensor times(const Tensor& values, float factor) {
  return map(values, [factor](float v) { return v * factor; });
}

}  // namespace

Augmented::Augmented(std::shared_ptr<const Explainer> method) : method_{std::move(method)} {
  if (!method_[0]) throw ArgumentError("augmentation smoothing: expected a method");
}

const MethodInfo& Augmented::info() const { return method_[0]->info(); }

void Augmented::prepare(const Network& network, const Shape& picture, ValueId of,
                        Request& /*request*/) const {
  Request unused;
  method_[0]->prepare(network, picture, of, unused);
}

Explanation Augmented::explain(const Tape& tape, const Target& target) const {
  constexpr std::array<float, 3> kFactors{0.9F, 1.0F, 1.1F};
  const Tensor& picture = tape.value(tape.network().input());
  const std::array<Target, 1> targets{target};
  std::vector<Explanation> results;
  for (const bool mirror : {false, true}) {
    for (const float factor : kFactors) {
      const Tensor changed = times(mirror ? mirrored(picture) : picture, factor);
      Explanation result = explain::explain(tape.network(), changed, method_, targets).at(0);
      if (mirror) {
        result.map = mirrored(result.map);
        result.signed_map = mirrored(result.signed_map);
      }
      results.push_back(std::move(result));
    }
  }
  Explanation mean = std::move(results[0]);
  for (std::size_t i = 1; i < results.size(); ++i) {
    add_in_place(mean.map, results[i].map);
    add_in_place(mean.signed_map, results[i].signed_map);
  }
  const float share = 1.0F / static_cast<float>(results.size());
  mean.map = times(mean.map, share);
  mean.signed_map = times(mean.signed_map, share);
  mean.logit = score_of(tape, target);
  mean.warnings.clear();
  warn_about_map(mean);
  return mean;
}

}  // namespace cameo::explain
