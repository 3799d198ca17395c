#include "layers/segmentation_losses.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"

namespace cameo {

namespace {

constexpr double kLeast = 1e-6;  // of a probability under a logarithm

void check_logits(const Tensor& logits, const char* what) {
  if (logits.rank() != 4 || logits.size() == 0) {
    throw ShapeError(std::string(what) + ": expected logits [N,K,H,W], got " +
                     to_string(logits.shape()));
  }
}

/// The cells of one picture, class by class.
struct Extents {
  explicit Extents(const Tensor& logits)
      : pictures(static_cast<std::size_t>(logits.dim(0))),
        classes(static_cast<std::size_t>(logits.dim(1))),
        cells(static_cast<std::size_t>(logits.dim(2) * logits.dim(3))) {}

  std::size_t pictures;
  std::size_t classes;
  std::size_t cells;

  std::size_t volume() const { return classes * cells; }
};

/// A picture's log probabilities `[K,H·W]`.
std::vector<double> log_probabilities(std::span<const float> logits, const Extents& extents) {
  std::vector<double> result(logits.begin(), logits.end());
  for (std::size_t u = 0; u < extents.cells; ++u) {
    double largest = result[u];
    for (std::size_t k = u; k < result.size(); k += extents.cells) {
      largest = std::max(largest, result[k]);
    }
    double sum = 0.0;
    for (std::size_t k = u; k < result.size(); k += extents.cells) {
      sum += std::exp(result[k] - largest);
    }
    const double log_sum = largest + std::log(sum);
    for (std::size_t k = u; k < result.size(); k += extents.cells) result[k] -= log_sum;
  }
  return result;
}

/// A picture's probabilities `[K,H·W]`.
std::vector<double> probabilities_of(std::span<const float> logits, const Extents& extents) {
  std::vector<double> result = log_probabilities(logits, extents);
  for (double& value : result) value = std::exp(value);
  return result;
}

/// `one(n, logits, gradient)` for every picture gives its part of the loss.
template <typename F>
Loss sum_over_pictures(const Tensor& logits, F one) {
  const Extents extents(logits);
  Loss loss{.gradient = Tensor(logits.shape())};
  const std::span<float> gradient = loss.gradient.mutable_data();
  for (std::size_t n = 0; n < extents.pictures; ++n) {
    const std::size_t first = n * extents.volume();
    loss.value += one(n, logits.data().subspan(first, extents.volume()),
                      gradient.subspan(first, extents.volume()));
  }
  return loss;
}

int checked_seed(int seed, std::size_t classes) {
  if (seed < 0 || std::cmp_greater_equal(seed, classes)) {
    throw ArgumentError("seed loss: seed " + std::to_string(seed) + " is not one of the " +
                        std::to_string(classes) + " classes");
  }
  return seed;
}

/// A class's cells, averaged with the most probable first.
struct Pooled {
  double value = 0.0;
  std::vector<double> slopes;  ///< of the value by each cell's probability
};

Pooled pool_by_rank(std::span<const double> probabilities, double decay) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return probabilities[a] > probabilities[b];
  });
  Pooled pooled{.slopes = std::vector<double>(probabilities.size(), 0.0)};
  double weight = 1.0;
  double sum = 0.0;
  for (const std::size_t u : order) {
    pooled.slopes[u] = weight;
    pooled.value += weight * probabilities[u];
    sum += weight;
    weight *= decay;
  }
  pooled.value /= sum;
  for (double& slope : pooled.slopes) slope /= sum;
  return pooled;
}

/// Gradients by probabilities to gradients by logits, through the softmax of each cell.
void through_softmax(std::span<const double> probabilities, std::span<const double> slopes,
                     std::size_t cells, std::span<float> gradient) {
  for (std::size_t u = 0; u < cells; ++u) {
    double mean = 0.0;
    for (std::size_t k = u; k < slopes.size(); k += cells) mean += probabilities[k] * slopes[k];
    for (std::size_t k = u; k < slopes.size(); k += cells) {
      gradient[k] = static_cast<float>(probabilities[k] * (slopes[k] - mean));
    }
  }
}

/// The expansion loss of one picture.
class Expansion {
 public:
  Expansion(std::span<const double> probabilities, const Extents& extents)
      : probabilities_(probabilities), extents_(extents), slopes_(probabilities.size(), 0.0) {}

  /// Adds -scale·log G.
  void pull_up(std::size_t k, double decay, double scale) {
    const Pooled pooled = pool(k, decay);
    const double value = std::max(pooled.value, kLeast);
    loss_ -= scale * std::log(value);
    add_slopes(k, pooled, -scale / value);
  }
  /// Adds -scale·log(1 - G).
  void push_down(std::size_t k, double decay, double scale) {
    const Pooled pooled = pool(k, decay);
    const double rest = std::max(1.0 - pooled.value, kLeast);
    loss_ -= scale * std::log(rest);
    add_slopes(k, pooled, scale / rest);
  }

  double loss() const { return loss_; }
  std::span<const double> slopes() const { return slopes_; }

 private:
  Pooled pool(std::size_t k, double decay) const {
    return pool_by_rank(probabilities_.subspan(k * extents_.cells, extents_.cells), decay);
  }
  void add_slopes(std::size_t k, const Pooled& pooled, double factor) {
    for (std::size_t u = 0; u < extents_.cells; ++u) {
      slopes_[k * extents_.cells + u] += factor * pooled.slopes[u];
    }
  }

  std::span<const double> probabilities_;
  Extents extents_;
  std::vector<double> slopes_;  ///< by probability
  double loss_ = 0.0;
};

void check_expansion(const Tensor& logits, const Tensor& present, const ExpansionOptions& options) {
  check_logits(logits, "expansion loss");
  if (present.rank() != 2 || present.dim(0) != logits.dim(0) || present.dim(1) != logits.dim(1)) {
    throw ShapeError("expansion loss: logits " + to_string(logits.shape()) +
                     " need the classes present as [N,K], got " + to_string(present.shape()));
  }
  for (const float value : present.data()) {
    if (value != 0.0F && value != 1.0F) {
      throw ArgumentError("expansion loss: a class is present (1) or not (0), got " +
                          std::to_string(value));
    }
  }
  for (const double decay : {options.present, options.absent, options.background}) {
    if (!(decay >= 0.0 && decay <= 1.0)) {
      throw ArgumentError("expansion loss: decays must be between 0 and 1, got " +
                          std::to_string(decay));
    }
  }
}

}  // namespace

Loss seed_loss(const Tensor& logits, std::span<const int> seeds) {
  check_logits(logits, "seed loss");
  const Extents extents(logits);
  if (seeds.size() != extents.pictures * extents.cells) {
    throw ShapeError("seed loss: " + std::to_string(seeds.size()) + " seeds for logits " +
                     to_string(logits.shape()));
  }
  std::int64_t correct = 0;
  Loss loss = sum_over_pictures(logits, [&](std::size_t n, std::span<const float> scores,
                                            std::span<float> gradient) {
    const auto own = seeds.subspan(n * extents.cells, extents.cells);
    const auto seeded = std::count_if(own.begin(), own.end(), [](int s) { return s != kNoLabel; });
    if (seeded == 0) return 0.0;
    const std::vector<double> logs = log_probabilities(scores, extents);
    const double scale = 1.0 / static_cast<double>(seeded * logits.dim(0));
    double value = 0.0;
    for (std::size_t u = 0; u < extents.cells; ++u) {
      if (own[u] == kNoLabel) continue;
      const auto seed = static_cast<std::size_t>(checked_seed(own[u], extents.classes));
      const double chosen = logs[seed * extents.cells + u];
      value -= scale * chosen;
      bool largest = true;
      for (std::size_t k = 0; k < extents.classes; ++k) {
        const double log = logs[k * extents.cells + u];
        largest = largest && log <= chosen;
        gradient[k * extents.cells + u] =
            static_cast<float>(scale * (std::exp(log) - (k == seed ? 1.0 : 0.0)));
      }
      correct += largest ? 1 : 0;
    }
    return value;
  });
  loss.correct = correct;
  return loss;
}

Loss expansion_loss(const Tensor& logits, const Tensor& present, const ExpansionOptions& options) {
  check_expansion(logits, present, options);
  const Extents extents(logits);
  return sum_over_pictures(
      logits, [&](std::size_t n, std::span<const float> scores, std::span<float> gradient) {
        const std::size_t background = extents.classes - 1;
        const auto there = present.data().subspan(n * extents.classes, background);
        const auto met = std::count(there.begin(), there.end(), 1.0F);
        const auto missed = static_cast<std::ptrdiff_t>(background) - met;
        const double share = 1.0 / static_cast<double>(extents.pictures);
        const std::vector<double> probabilities = probabilities_of(scores, extents);
        Expansion expansion(probabilities, extents);
        for (std::size_t k = 0; k < background; ++k) {
          if (there[k] == 1.0F) {
            expansion.pull_up(k, options.present, share / static_cast<double>(met));
          } else {
            expansion.push_down(k, options.absent, share / static_cast<double>(missed));
          }
        }
        expansion.pull_up(background, options.background, share);
        through_softmax(probabilities, expansion.slopes(), extents.cells, gradient);
        return expansion.loss();
      });
}

Loss divergence_loss(const Tensor& logits, const Tensor& target) {
  check_logits(logits, "divergence loss");
  if (target.shape() != logits.shape()) {
    throw ShapeError("divergence loss: logits " + to_string(logits.shape()) + " and a target " +
                     to_string(target.shape()));
  }
  const auto negative = [](float value) { return !(value >= 0.0F); };
  if (std::any_of(target.data().begin(), target.data().end(), negative)) {
    throw ArgumentError("divergence loss: the target must not be negative");
  }
  const Extents extents(logits);
  const double scale = 1.0 / static_cast<double>(extents.pictures * extents.cells);
  return sum_over_pictures(
      logits, [&](std::size_t n, std::span<const float> scores, std::span<float> gradient) {
        const auto wanted = target.data().subspan(n * extents.volume(), extents.volume());
        const std::vector<double> logs = log_probabilities(scores, extents);
        double value = 0.0;
        for (std::size_t u = 0; u < extents.cells; ++u) {
          double mass = 0.0;
          for (std::size_t k = u; k < logs.size(); k += extents.cells) {
            const double t = wanted[k];
            mass += t;
            if (t > 0.0) value += scale * t * (std::log(t) - logs[k]);
          }
          for (std::size_t k = u; k < logs.size(); k += extents.cells) {
            gradient[k] = static_cast<float>(scale * (mass * std::exp(logs[k]) - wanted[k]));
          }
        }
        return value;
      });
}

Tensor cell_probabilities(const Tensor& logits) {
  check_logits(logits, "cell probabilities");
  const Extents extents(logits);
  Tensor result = Tensor::uninitialized(logits.shape());
  float* out = result.mutable_data().data();
  for (std::size_t n = 0; n < extents.pictures; ++n) {
    const std::vector<double> probabilities =
        probabilities_of(logits.data().subspan(n * extents.volume(), extents.volume()), extents);
    for (const double value : probabilities) *out++ = static_cast<float>(value);
  }
  return result;
}

}  // namespace cameo
