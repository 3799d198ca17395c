#include "explain/metrics/sanity.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/random.h"
#include "explain/metrics/statistics.h"
#include "explain/metrics/structural_similarity.h"
#include "explain/resize_map.h"

namespace cameo::explain {

namespace {

constexpr std::size_t kNumbers = 3;  // in a MapSimilarity

bool carries_weights(const Network& network, const Node& node) {
  constexpr std::array<std::string_view, 4> kTypes{"Conv", "ConvTranspose", "Gemm", "MatMul"};
  if (!node.op || std::find(kTypes.begin(), kTypes.end(), node.op->type()) == kTypes.end()) {
    return false;
  }
  return std::any_of(node.inputs.begin(), node.inputs.end(),
                     [&](ValueId id) { return network.node(id).is_parameter(); });
}

/// A layer and the normalisations behind it, in the order of the nodes.
struct WeightLayer {
  std::string name;
  std::vector<ValueId> nodes;
};

/// From the picture to the output.
std::vector<WeightLayer> find_layers(const Network& network) {
  std::vector<WeightLayer> layers;
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const Node& node = network.nodes()[i];
    const auto id = static_cast<ValueId>(i);
    if (carries_weights(network, node)) {
      layers.push_back({.name = node.name, .nodes = {id}});
    } else if (node.op && node.op->type() == "BatchNormalization" && !layers.empty()) {
      layers.back().nodes.push_back(id);
    }
  }
  return layers;
}

Tensor drawn_weights(const Shape& shape, Random& random) {
  Tensor weights = Tensor::uninitialized(shape);
  const std::int64_t fan_in =
      std::max<std::int64_t>(1, weights.size() / std::max<std::int64_t>(1, shape[0]));
  const auto deviation = static_cast<float>(std::sqrt(2.0 / static_cast<double>(fan_in)));
  for (float& weight : weights.mutable_data()) weight = deviation * random.normal();
  return weights;
}

/// Inputs of BatchNormalization: picture, scale, bias, mean, variance.
void reset_normalization(Network& network, const Node& node) {
  constexpr std::array<float, 4> kNothing{1.0F, 0.0F, 0.0F, 1.0F};
  for (std::size_t i = 1; i < std::min(node.inputs.size(), kNothing.size() + 1); ++i) {
    const Node& parameter = network.node(node.inputs[i]);
    if (!parameter.is_parameter()) continue;
    network.set_parameter(node.inputs[i], Tensor(parameter.parameter.shape(), kNothing[i - 1]));
  }
}

void reset_weights(Network& network, const Node& node, Random& random) {
  for (const ValueId id : node.inputs) {
    const Node& parameter = network.node(id);
    if (!parameter.is_parameter()) continue;
    const Shape& shape = parameter.parameter.shape();
    network.set_parameter(id, shape.size() < 2 ? Tensor(shape) : drawn_weights(shape, random));
  }
}

/// The signed values of a pixel added up, at the relevance's size.
std::vector<double> signed_values(const MeasuredMap& measured) {
  const Tensor& relevance = measured.relevance;
  const Explanation& explanation = measured.explanation;
  const Tensor& map =
      explanation.at_pixels.defined() ? explanation.at_pixels : explanation.signed_map;
  const Tensor resized = resize_map(map, relevance.dim(0), relevance.dim(1));
  std::vector<double> result(relevance.data().size(), 0.0);
  for (std::size_t i = 0; i < resized.data().size(); ++i) {
    result[i % result.size()] += resized.data()[i];
  }
  return result;
}

/// From least to greatest value, as 0 … 1.
Tensor stretched(const Tensor& map) {
  const auto [low, high] = std::minmax_element(map.data().begin(), map.data().end());
  const float start = *low;
  const float range = *high - *low;
  Tensor result = map;
  if (range > 0.0F) {
    for (float& value : result.mutable_data()) value = (value - start) / range;
  }
  return result;
}

/// The maps of the same methods, target and picture in another network.
std::vector<MeasuredMap> maps_of(const Network& network, const MetricSample& sample,
                                 std::span<const MeasuredMap> maps) {
  Methods methods;
  for (const MeasuredMap& map : maps) methods.push_back(map.method);
  const Tape tape =
      forward(network, sample.picture,
              request_for(network, sample.picture.shape(), methods, sample.target.of));
  std::vector<MeasuredMap> result;
  for (const auto& method : methods) {
    result.push_back(measured_map(method, method->explain(tape, sample.target), sample));
  }
  return result;
}

}  // namespace

std::vector<std::string> weight_layers(const Network& network) {
  std::vector<std::string> names;
  for (const WeightLayer& layer : find_layers(network)) names.push_back(layer.name);
  std::reverse(names.begin(), names.end());
  return names;
}

Network randomized(const Network& network, std::span<const std::string> layers,
                   std::uint64_t seed) {
  Network result = network;
  const std::vector<WeightLayer> known = find_layers(network);
  for (const std::string& name : layers) {
    const auto layer = std::find_if(known.begin(), known.end(),
                                    [&](const WeightLayer& one) { return one.name == name; });
    if (layer == known.end()) throw LookupError("no layer with weights \"" + name + "\"");
    Random random({seed, static_cast<std::uint64_t>(known.end() - layer)});
    for (const ValueId id : layer->nodes) {
      const Node& node = network.node(id);
      if (node.op->type() == "BatchNormalization") {
        reset_normalization(result, node);
      } else {
        reset_weights(result, node, random);
      }
    }
  }
  return result;
}

MapSimilarity map_similarity(const MeasuredMap& a, const MeasuredMap& b) {
  return {.rank = spearman(signed_values(a), signed_values(b)),
          .absolute_rank = spearman(to_doubles(a.relevance), to_doubles(b.relevance)),
          .structure = structural_similarity(stretched(a.relevance), stretched(b.relevance))};
}

std::vector<std::vector<MapSimilarity>> sanity_check(const MetricSample& sample,
                                                     std::span<const MeasuredMap> maps,
                                                     const SanityOptions& options) {
  const std::vector<std::string> layers = weight_layers(*sample.network);
  std::vector<std::vector<MapSimilarity>> result(maps.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::span<const std::string> all(layers);
    const bool cascading = options.randomization == Randomization::kCascading;
    const Network forgetful =
        randomized(*sample.network, cascading ? all.first(i + 1) : all.subspan(i, 1), options.seed);
    const std::vector<MeasuredMap> changed = maps_of(forgetful, sample, maps);
    for (std::size_t k = 0; k < maps.size(); ++k) {
      result[k].push_back(map_similarity(maps[k], changed[k]));
    }
  }
  return result;
}

Contribution as_contribution(std::span<const MapSimilarity> layers) {
  Contribution numbers;
  for (const MapSimilarity& layer : layers) {
    numbers.insert(numbers.end(), {layer.rank, layer.absolute_rank, layer.structure});
  }
  return numbers;
}

double sanity_summary(std::span<const Contribution> pictures, std::span<const double> weights) {
  double total = 0.0;
  double weight = 0.0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Contribution& numbers = pictures[i];
    double sum = 0.0;
    for (std::size_t k = 1; k < numbers.size(); k += kNumbers) sum += std::abs(numbers[k]);
    total += weights[i] * sum * kNumbers / static_cast<double>(numbers.size());
    weight += weights[i];
  }
  return total / weight;
}

SanityVerdict sanity_verdict(std::span<const Contribution> pictures) {
  if (pictures.empty()) throw ArgumentError("sanity verdict: no picture was measured");
  SanityVerdict verdict;
  verdict.layers.resize(pictures.front().size() / kNumbers);
  for (const Contribution& numbers : pictures) {
    for (std::size_t i = 0; i < verdict.layers.size(); ++i) {
      MapSimilarity& layer = verdict.layers[i];
      layer.rank += numbers[kNumbers * i] / static_cast<double>(pictures.size());
      layer.absolute_rank += numbers[kNumbers * i + 1] / static_cast<double>(pictures.size());
      layer.structure += numbers[kNumbers * i + 2] / static_cast<double>(pictures.size());
    }
  }
  const std::size_t half = std::max<std::size_t>(1, verdict.layers.size() / 2);
  for (std::size_t i = 0; i < half; ++i) {
    verdict.upper_half += verdict.layers[i].rank / static_cast<double>(half);
  }
  verdict.passes = verdict.upper_half < kSanityLimit;
  return verdict;
}

}  // namespace cameo::explain
