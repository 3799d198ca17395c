#include "explain/channel_shapley.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/random.h"
#include "explain/channels.h"
#include "explain/layers.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

using Channels = std::vector<std::int64_t>;

Channels channels_not_zero(const Tensor& features) {
  Channels result;
  for (std::int64_t k = 0; k < features.dim(1); ++k) {
    const auto plane = channel_values(features, k);
    if (std::any_of(plane.begin(), plane.end(), [](float v) { return v != 0.0F; })) {
      result.push_back(k);
    }
  }
  return result;
}

/// Random orders of the channels, each followed by its reverse, whose errors cancel in part.
std::vector<Channels> draw_orders(const Channels& channels, const ChannelShapleyOptions& options) {
  std::vector<Channels> orders;
  for (std::int64_t i = 0; i < options.permutations; ++i) {
    Channels order = channels;
    if (i % 2 == 1) {
      order.assign(orders.back().rbegin(), orders.back().rend());
    } else {
      Random random({options.seed, static_cast<std::uint64_t>(i)});
      random.shuffle(std::span(order));
    }
    orders.push_back(std::move(order));
  }
  return orders;
}

/// What the score is without any channel and after each of an order's has come in, order by order;
/// the empty layer comes first, once for all.
std::vector<double> score_prefixes(const Tape& tape, ValueId layer, const Target& target,
                                   std::span<const Channels> orders,
                                   const ScoringOptions& options) {
  const Tensor& features = tape.value(layer);
  const auto area = static_cast<std::size_t>(features.dim(2) * features.dim(3));
  const auto length = std::ssize(orders.front());
  const auto write = [&](std::int64_t index, std::span<float> out) {
    std::fill(out.begin(), out.end(), 0.0F);
    if (index == 0) return;
    const Channels& order = orders[static_cast<std::size_t>((index - 1) / length)];
    for (std::int64_t i = 0; i <= (index - 1) % length; ++i) {
      const std::int64_t k = order[static_cast<std::size_t>(i)];
      const auto plane = channel_values(features, k);
      std::copy(plane.begin(), plane.end(), out.begin() + k * static_cast<std::int64_t>(area));
    }
  };
  return score_pictures(scores_from_layer(tape, layer, target.of), features.shape(),
                        1 + std::ssize(orders) * length, write, target, options);
}

/// `[C]`, from the scores of score_prefixes().
std::vector<double> shapley_values(std::int64_t channels, std::span<const Channels> orders,
                                   std::span<const double> scores) {
  std::vector<double> values(static_cast<std::size_t>(channels), 0.0);
  std::size_t at = 1;
  for (const Channels& order : orders) {
    double before = scores[0];
    for (const std::int64_t k : order) {
      values[static_cast<std::size_t>(k)] += scores[at] - before;
      before = scores[at++];
    }
  }
  for (double& value : values) value /= static_cast<double>(orders.size());
  return values;
}

/// Sum over k of value_k·|A_k| / sum of |A_k|.
Tensor spread(const Tensor& features, std::span<const double> values) {
  Tensor shares({features.dim(1)});
  for (std::int64_t k = 0; k < features.dim(1); ++k) {
    const auto plane = channel_values(features, k);
    const double total = std::accumulate(plane.begin(), plane.end(), 0.0,
                                         [](double sum, float v) { return sum + std::abs(v); });
    const auto i = static_cast<std::size_t>(k);
    if (total > 0.0) shares.mutable_data()[i] = static_cast<float>(values[i] / total);
  }
  return channel_weighted_sum(shares, map(features, [](float v) { return std::abs(v); }));
}

}  // namespace

ChannelShapley::ChannelShapley(ChannelShapleyOptions options) : options_(std::move(options)) {
  if (options_.permutations < 1) {
    throw ArgumentError("channel-shapley: at least one permutation is needed");
  }
}

const MethodInfo& ChannelShapley::info() const {
  static const MethodInfo info{
      .name = "channel-shapley",
      .summary = "a layer's channels, each by its fair share of the score",
      .paper =
          "Castro, Gómez & Tejada 2009, Polynomial calculation of the Shapley value based on "
          "sampling",
      .kind = MapKind::kLayer,
      .options = {{"layer", "auto", "the layer whose channels share the score"},
                  {"permutations", "8", "orders in which they come in, every second one reversed"},
                  {"seed", "0", "of the orders"},
                  {"batch", "16", "runs at once"}},
  };
  return info;
}

void ChannelShapley::prepare(const Network& network, const Shape& picture, ValueId of,
                             Request& request) const {
  const ValueId layer = resolve_layer(network, picture, of, options_.layer);
  keep_for_scores(network, layer, of, request);
}

Explanation ChannelShapley::explain(const Tape& tape, const Target& target) const {
  const ValueId layer = resolve_layer(tape, target.of, options_.layer);
  const Tensor& features = tape.value(layer);
  const std::vector<Channels> orders = draw_orders(channels_not_zero(features), options_);
  Explanation result;
  result.method = info().name;
  result.layer = layer;
  result.target = target;
  result.logit = score_of(tape, target);
  const bool empty = orders.front().empty();
  const std::vector<double> scores =
      empty ? std::vector<double>{result.logit}
            : score_prefixes(tape, layer, target, orders, options_.scoring);
  result.signed_map = spread(features, shapley_values(features.dim(1), orders, scores));
  result.map = relu(result.signed_map);
  note_completeness(result, sum(result.signed_map), result.logit - scores.front());
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
