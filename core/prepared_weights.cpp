#include "core/prepared_weights.h"

#include <algorithm>

#include "core/conv/algorithm.h"

namespace cameo {

std::shared_ptr<const PreparedConv> PreparedWeights::conv(ValueId node, ValueId weight,
                                                          const ConvParams& params, ConvPass pass,
                                                          std::span<const float> values) {
  const Key key{weight, node, pass, select_conv_algorithm(params, pass, true).name, params.pads};
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = kept_.find(key);
    if (found != kept_.end()) return found->second;
  }
  auto prepared = prepare_conv(params, pass, values);
  if (!prepared) return nullptr;
  const std::int64_t size = prepared_bytes(*prepared);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (asked_.insert(key).second || bytes_ + size > kMostBytes) return prepared;
  const auto [entry, added] = kept_.emplace(key, std::move(prepared));
  if (added) bytes_ += size;
  return entry->second;
}

std::shared_ptr<const std::vector<float>> PreparedWeights::derived(
    ValueId node, std::span<const ValueId> parameters,
    const std::function<std::vector<float>()>& make) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = derived_.find(node);
    if (found != derived_.end()) return found->second.values;
  }
  auto values = std::make_shared<const std::vector<float>>(make());
  const std::lock_guard<std::mutex> lock(mutex_);
  derived_.insert_or_assign(
      node, Derived{.parameters = {parameters.begin(), parameters.end()}, .values = values});
  return values;
}

void PreparedWeights::forget(ValueId weight) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto entry = kept_.begin(); entry != kept_.end();) {
    if (std::get<0>(entry->first) != weight) {
      ++entry;
      continue;
    }
    bytes_ -= prepared_bytes(*entry->second);
    entry = kept_.erase(entry);
  }
  std::erase_if(derived_, [&](const auto& entry) {
    const std::vector<ValueId>& parameters = entry.second.parameters;
    return std::find(parameters.begin(), parameters.end(), weight) != parameters.end();
  });
}

std::int64_t PreparedWeights::bytes() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return bytes_;
}

}  // namespace cameo
