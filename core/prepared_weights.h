/// Weights in the form that kernels read, kept between the runs of one network.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/conv/conv.h"
#include "core/network.h"

namespace cameo {

/// Safe to use from many threads. What it gives never depends on what it keeps, so neither do the
/// bits of a run: where nothing is kept, the weights are prepared for the occasion.
class PreparedWeights {
 public:
  /// Prepared weights, in bytes, beyond which no more are kept.
  static constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

  /// The weight `values` of convolution `node`, the parameter `weight`, for one pass. Kept from the
  /// second time on: a network that runs once does not pay for it in memory. Null when preparing
  /// gains nothing.
  std::shared_ptr<const PreparedConv> conv(ValueId node, ValueId weight, const ConvParams& params,
                                           ConvPass pass, std::span<const float> values);
  /// What `make` computes from these parameters alone, for one node; small, and kept at once.
  std::shared_ptr<const std::vector<float>> derived(
      ValueId node, std::span<const ValueId> parameters,
      const std::function<std::vector<float>()>& make);
  /// Drops what was made of a parameter, whose value changes.
  void forget(ValueId weight);
  /// Of all that is kept.
  std::int64_t bytes();

 private:
  /// The algorithm and the padding are part of it: another size of picture may want another
  /// algorithm, a part of one is padded otherwise.
  using Key = std::tuple<ValueId, ValueId, ConvPass, std::string_view, std::array<std::int64_t, 4>>;

  struct Derived {
    std::vector<ValueId> parameters;
    std::shared_ptr<const std::vector<float>> values;
  };

  std::mutex mutex_;
  std::set<Key> asked_;
  std::map<Key, std::shared_ptr<const PreparedConv>> kept_;
  std::map<ValueId, Derived> derived_;
  std::int64_t bytes_ = 0;
};

/// Where the vjp of one node finds its weight prepared.
struct NodeWeights {
  PreparedWeights& kept;
  ValueId node;
  ValueId weight;
};

}  // namespace cameo
