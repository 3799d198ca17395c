#include "explain/deep_feature_factorisation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"
#include "explain/layers.h"
#include "explain/scores.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

/// Row-major rows x columns.
struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values{};

  double* row(std::size_t i) { return values.data() + i * columns; }
  const double* row(std::size_t i) const { return values.data() + i * columns; }
};

Matrix matrix(std::size_t rows, std::size_t columns) {
  return {.rows = rows, .columns = columns, .values = std::vector<double>(rows * columns, 0.0)};
}

double dot(const double* a, const double* b, std::size_t count) {
  return std::inner_product(a, a + count, b, 0.0);
}

Matrix transposed(const Matrix& x) {
  Matrix result = matrix(x.columns, x.rows);
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t c = 0; c < x.columns; ++c) result.row(c)[r] = x.row(r)[c];
  }
  return result;
}

/// Of the rows with one another.
Matrix gram(const Matrix& x) {
  Matrix result = matrix(x.rows, x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t j = 0; j < x.rows; ++j) result.row(i)[j] = dot(x.row(i), x.row(j), x.columns);
  }
  return result;
}

/// One multiplicative update of `left` in x ≈ leftᵀ·right: left ∘ (right·xᵀ) / (right·rightᵀ·left).
/// `left` is K x rows of x, `right` K x columns of x.
void update(const Matrix& x, Matrix& left, const Matrix& right) {
  constexpr double kTiny = 1e-12;
  const Matrix products = gram(right);
  const Matrix before = left;
  parallel_for(static_cast<std::int64_t>(x.rows), 8, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      for (std::size_t k = 0; k < left.rows; ++k) {
        double explained = 0.0;
        for (std::size_t j = 0; j < left.rows; ++j) {
          explained += products.row(k)[j] * before.row(j)[i];
        }
        left.row(k)[i] *= dot(x.row(i), right.row(k), x.columns) / (explained + kTiny);
      }
    }
  });
}

/// Takes each channel's least value off; returns them.
std::vector<double> take_least(Matrix& channels) {
  std::vector<double> least;
  for (std::size_t c = 0; c < channels.rows; ++c) {
    double* const row = channels.row(c);
    least.push_back(*std::min_element(row, row + channels.columns));
    for (std::size_t p = 0; p < channels.columns; ++p) row[p] -= least.back();
  }
  return least;
}

Matrix random_places(std::size_t count, std::size_t places, Random& random) {
  Matrix result = matrix(count, places);
  for (double& value : result.values) value = static_cast<double>(random.uniform());
  return result;
}

/// An index in proportion to its weight; none where all are 0.
std::optional<std::size_t> draw(std::span<const double> weights, Random& random) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!(total > 0.0)) return std::nullopt;
  double left = total * static_cast<double>(random.uniform());
  std::size_t last = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0.0) continue;
    last = i;
    left -= weights[i];
    if (left < 0.0) break;
  }
  return last;
}

/// Parts begin as the channels of places that differ in direction, drawn by how much of them the
/// ones before cannot explain; from noise alone a weak part often dies out. Nothing is exactly 0,
/// which updates could not change.
Matrix first_channels(std::size_t count, const Matrix& by_place, Random& random) {
  constexpr double kFaint = 1e-3;
  const double mean = std::accumulate(by_place.values.begin(), by_place.values.end(), 0.0) /
                      static_cast<double>(by_place.values.size());
  std::vector<double> unexplained;
  for (std::size_t p = 0; p < by_place.rows; ++p) {
    unexplained.push_back(dot(by_place.row(p), by_place.row(p), by_place.columns));
  }
  Matrix result = matrix(count, by_place.columns);
  for (double& value : result.values) value = kFaint * mean;
  const std::vector<double> squares = unexplained;
  for (std::size_t k = 0; k < count; ++k) {
    const std::optional<std::size_t> chosen = draw(unexplained, random);
    if (!chosen) break;
    const double* const direction = by_place.row(*chosen);
    for (std::size_t c = 0; c < by_place.columns; ++c) result.row(k)[c] += direction[c];
    for (std::size_t p = 0; p < by_place.rows; ++p) {
      const double along = dot(by_place.row(p), direction, by_place.columns);
      unexplained[p] =
          std::clamp(squares[p] - along * along / squares[*chosen], 0.0, unexplained[p]);
    }
    unexplained[*chosen] = 0.0;
  }
  return result;
}

Tensor to_tensor(Shape shape, std::span<const double> values) {
  const std::vector<float> rounded(values.begin(), values.end());
  return Tensor(std::move(shape), std::span<const float>(rounded));
}

/// Gives the rows of `channels` the length 1, `places` the rest, and orders both.
void put_in_order(Matrix& places, Matrix& channels) {
  std::vector<double> strength;
  for (std::size_t k = 0; k < places.rows; ++k) {
    const double length = std::sqrt(dot(channels.row(k), channels.row(k), channels.columns));
    for (std::size_t p = 0; p < places.columns; ++p) places.row(k)[p] *= length;
    for (std::size_t c = 0; c < channels.columns; ++c) {
      channels.row(k)[c] = length > 0.0 ? channels.row(k)[c] / length : 0.0;
    }
    strength.push_back(dot(places.row(k), places.row(k), places.columns));
  }
  std::vector<std::size_t> order(places.rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return strength[a] > strength[b]; });
  const auto reorder = [&](Matrix& rows) {
    const Matrix before = rows;
    for (std::size_t k = 0; k < order.size(); ++k) {
      std::copy_n(before.row(order[k]), rows.columns, rows.row(k));
    }
  };
  reorder(places);
  reorder(channels);
}

/// The layer's values with component `index` of `factors` alone.
void write_alone(const Factors& factors, std::int64_t index, std::span<float> out) {
  const auto area = static_cast<std::size_t>(factors.places.dim(1) * factors.places.dim(2));
  const auto channels = static_cast<std::size_t>(factors.channels.dim(1));
  const auto places = factors.places.data().subspan(static_cast<std::size_t>(index) * area, area);
  const auto weights =
      factors.channels.data().subspan(static_cast<std::size_t>(index) * channels, channels);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = factors.least.data()[i / area] + weights[i / area] * places[i % area];
  }
}

std::int64_t best_component(const Tape& tape, ValueId layer, const Target& target,
                            const Factors& factors) {
  const std::vector<double> scores = score_pictures(
      scores_from_layer(tape, layer, target.of), tape.value(layer).shape(), factors.places.dim(0),
      [&](std::int64_t index, std::span<float> out) { write_alone(factors, index, out); }, target,
      {});
  return std::max_element(scores.begin(), scores.end()) - scores.begin();
}

}  // namespace

Factors factorise(const Tensor& features, const FactorOptions& options) {
  if (features.rank() != 4 || features.dim(0) != 1 || features.size() == 0) {
    throw ShapeError("factorise: expected features [1,C,H,W], got " + to_string(features.shape()));
  }
  if (options.components < 1 || options.iterations < 1) {
    throw ArgumentError("factorise: at least one component and one iteration are needed");
  }
  if (!all_finite(features)) throw ArgumentError("factorise: the features are not finite");
  const auto count = static_cast<std::size_t>(options.components);
  Matrix by_channel = matrix(static_cast<std::size_t>(features.dim(1)),
                             static_cast<std::size_t>(features.dim(2) * features.dim(3)));
  std::copy(features.data().begin(), features.data().end(), by_channel.values.begin());
  const std::vector<double> least = take_least(by_channel);
  const Matrix by_place = transposed(by_channel);
  Random random(options.seed);
  Matrix channels = first_channels(count, by_place, random);
  Matrix places = random_places(count, by_place.rows, random);
  for (std::int64_t i = 0; i < options.iterations; ++i) {
    update(by_place, places, channels);
    update(by_channel, channels, places);
  }
  put_in_order(places, channels);
  return {
      .places = to_tensor({options.components, features.dim(2), features.dim(3)}, places.values),
      .channels = to_tensor({options.components, features.dim(1)}, channels.values),
      .least = to_tensor({features.dim(1)}, least)};
}

DeepFeatureFactorisation::DeepFeatureFactorisation(DeepFeatureFactorisationOptions options)
    : options_(std::move(options)) {
  const std::int64_t index = options_.component.value_or(0);
  if (index >= 0 && index < options_.factors.components) return;
  throw ArgumentError("dff: there is no component " + std::to_string(index) + "; there are " +
                      std::to_string(options_.factors.components) + ", counted from 0");
}

const MethodInfo& DeepFeatureFactorisation::info() const {
  static const MethodInfo info{
      .name = "dff",
      .summary = "a layer's activations as a sum of a few parts; where one of them lies",
      .paper =
          "Collins, Achanta & Süsstrunk 2018, Deep Feature Factorization for Concept Discovery",
      .kind = MapKind::kLayer,
      .options = {{"layer", "auto", "the layer to take apart"},
                  {"components", "5", "how many parts"},
                  {"component", "best",
                   "which one: 0 is the strongest; best: alone it gives the target most"},
                  {"iterations", "200", "of the factorisation"},
                  {"seed", "0", "of its random start"}},
  };
  return info;
}

void DeepFeatureFactorisation::prepare(const Network& network, const Shape& picture, ValueId of,
                                       Request& request) const {
  const ValueId layer = resolve_layer(network, picture, of, options_.layer);
  keep_for_scores(network, layer, of, request);
}

Explanation DeepFeatureFactorisation::explain(const Tape& tape, const Target& target) const {
  const ValueId layer = resolve_layer(tape, target.of, options_.layer);
  Explanation result;
  result.method = info().name;
  result.layer = layer;
  result.target = target;
  result.logit = score_of(tape, target);
  const Tensor& features = tape.value(layer);
  if (!all_finite(features)) {
    result.map = Tensor({features.dim(2), features.dim(3)}, NAN);
  } else {
    const Factors factors = factorise(features, options_.factors);
    const std::int64_t index =
        options_.component ? *options_.component : best_component(tape, layer, target, factors);
    const auto area = static_cast<std::size_t>(features.dim(2) * features.dim(3));
    result.map =
        Tensor({features.dim(2), features.dim(3)},
               factors.places.data().subspan(static_cast<std::size_t>(index) * area, area));
  }
  result.signed_map = result.map;
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
