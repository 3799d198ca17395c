/// Sanity checks: does a map change when the network forgets what it learned?
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/network.h"
#include "explain/metrics/metric.h"

namespace cameo::explain {

/// Layers that carry weights, from the output towards the picture: convolutions, transposed ones
/// and matrix products, by name. Batch normalisation belongs to the layer before it.
std::vector<std::string> weight_layers(const Network& network);

/// The network with the `layers` (of weight_layers()) as if never trained: weights are drawn from
/// N(0, 2/fan-in), biases are 0, batch normalisation does nothing. A layer's numbers depend on the
/// seed and its name's place in weight_layers() alone.
Network randomized(const Network& network, std::span<const std::string> layers, std::uint64_t seed);

/// How alike two maps of one picture are; 1 for the same map.
struct MapSimilarity {
  double rank = 0.0;           ///< Spearman's correlation of the values, channels added up
  double absolute_rank = 0.0;  ///< the same of relevances (see MeasuredMap)
  double structure = 0.0;      ///< structural_similarity() of relevances
};

MapSimilarity map_similarity(const MeasuredMap& a, const MeasuredMap& b);

enum class Randomization {
  kCascading,    ///< the top layer, then the two top ones, and so on
  kIndependent,  ///< one layer at a time
};

struct SanityOptions {
  Randomization randomization = Randomization::kCascading;
  std::uint64_t seed = 0;
};

/// The similarity of each map to the same method's map for the same class of randomised networks:
/// `[map][layer]`, layers as weight_layers() gives them (Adebayo et al. 2018, Sanity Checks for
/// Saliency Maps, section 3). The sample's network stays as it is.
std::vector<std::vector<MapSimilarity>> sanity_check(const MetricSample& sample,
                                                     std::span<const MeasuredMap> maps,
                                                     const SanityOptions& options);

/// rank, absolute_rank and structure of every layer, one after the other.
Contribution as_contribution(std::span<const MapSimilarity> layers);

/// The mean over layers of the absolute rank correlation, averaged over pictures: 0 for a method
/// whose maps have nothing to do with those of the trained network.
double sanity_summary(std::span<const Contribution> pictures, std::span<const double> weights);

/// What the checks say about a method.
struct SanityVerdict {
  std::vector<MapSimilarity> layers;  ///< means over pictures
  /// The mean rank correlation over the upper half of the layers: what stays of the map although
  /// the part of the network that decides is random. It is the signed map's: where a gradient is
  /// large depends much on the picture alone, which way it points does not.
  double upper_half = 0.0;
  bool passes = false;  ///< upper_half is below kSanityLimit
};

inline constexpr double kSanityLimit = 0.5;

/// Throws ArgumentError for no contribution.
SanityVerdict sanity_verdict(std::span<const Contribution> pictures);

}  // namespace cameo::explain
