#include "explain/fused_layers.h"

#include <algorithm>
#include <utility>

#include "core/elementwise.h"
#include "core/error.h"
#include "explain/resize_map.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

Tensor divided_by_maximum(const Tensor& values) {
  const float most = *std::max_element(values.data().begin(), values.data().end());
  if (!(most > 0.0F)) return values;
  return map(values, [most](float v) { return v / most; });
}

Tensor combine(const Tensor& a, const Tensor& b, Fusion fusion) {
  switch (fusion) {
    case Fusion::kMaximum:
      return zip(a, b, [](float x, float y) { return x > y || x != x ? x : y; });
    case Fusion::kProduct:
      return zip(a, b, [](float x, float y) { return x * y; });
    case Fusion::kMean:
      break;
  }
  return zip(a, b, [](float x, float y) { return x + y; });
}

}  // namespace

FusedLayers::FusedLayers(Methods parts, Fusion fusion) : parts_(std::move(parts)), fusion_(fusion) {
  if (parts_.empty()) throw ArgumentError("fused layers: expected at least one layer");
}

const MethodInfo& FusedLayers::info() const { return parts_[0]->info(); }

void FusedLayers::prepare(const Network& network, const Shape& picture, ValueId of,
                          Request& request) const {
  for (const auto& part : parts_) part->prepare(network, picture, of, request);
}

Explanation FusedLayers::explain(const Tape& tape, const Target& target) const {
  std::vector<Explanation> results;
  std::int64_t height = 0;
  std::int64_t width = 0;
  for (const auto& part : parts_) {
    results.push_back(part->explain(tape, target));
    height = std::max(height, results.back().map.dim(0));
    width = std::max(width, results.back().map.dim(1));
  }
  Explanation fused = results[0];
  fused.map = resize_map(divided_by_maximum(fused.map), height, width);
  for (std::size_t i = 1; i < results.size(); ++i) {
    fused.map =
        combine(fused.map, resize_map(divided_by_maximum(results[i].map), height, width), fusion_);
  }
  if (fusion_ == Fusion::kMean) {
    const auto count = static_cast<float>(results.size());
    fused.map = map(fused.map, [count](float v) { return v / count; });
  }
  fused.signed_map = fused.map;
  fused.warnings.clear();
  warn_about_map(fused);
  for (const Explanation& result : results) add_new_warnings(fused.warnings, result.warnings);
  return fused;
}

}  // namespace cameo::explain
