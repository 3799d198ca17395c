// Score curves, imputation, ROAD, masked scores, infidelity: worked by hand and against each other.
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/parallel.h"
#include "explain/fill.h"
#include "explain/input_x_gradient.h"
#include "explain/metrics/imputation.h"
#include "explain/metrics/infidelity.h"
#include "explain/metrics/masked_score.h"
#include "explain/metrics/registry.h"
#include "explain/metrics/road.h"
#include "explain/metrics/score_curve.h"
#include "explain/metrics/sensitivity.h"
#include "tests/explain/metrics/planted.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

const ScoringOptions kLogit{.output = Output::kLogit};

Tensor four_pixels() { return tensor({1, 1, 2, 2}, {1, 2, 3, 4}); }

/// The values of all pixels by Gaussian elimination over the whole picture.
std::vector<double> dense_imputation(const Tensor& picture, const std::vector<char>& removed) {
  const std::int64_t height = picture.dim(2);
  const std::int64_t width = picture.dim(3);
  const std::size_t count = removed.size();
  std::vector<std::vector<double>> rows(count, std::vector<double>(count + 1, 0.0));
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t y = static_cast<std::int64_t>(i) / width;
    const std::int64_t x = static_cast<std::int64_t>(i) % width;
    if (removed[i] == 0) {
      rows[i][i] = 1.0;
      rows[i][count] = picture.data()[i];
      continue;
    }
    for (std::int64_t v = y - 1; v <= y + 1; ++v) {
      for (std::int64_t u = x - 1; u <= x + 1; ++u) {
        if (v < 0 || v >= height || u < 0 || u >= width || (u == x && v == y)) continue;
        const double weight = u == x || v == y ? 1.0 / 6.0 : 1.0 / 12.0;
        rows[i][i] += weight;
        rows[i][static_cast<std::size_t>(v * width + u)] -= weight;
      }
    }
  }
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t i = 0; i < count; ++i) {
      if (i == k || rows[i][k] == 0.0) continue;
      const double factor = rows[i][k] / rows[k][k];
      for (std::size_t j = k; j <= count; ++j) rows[i][j] -= factor * rows[k][j];
    }
  }
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = rows[i][count] / rows[i][i];
  return values;
}

double measure_one(const std::string& name, const MetricSample& sample, const MeasuredMap& map,
                   const OptionValues& options = {}) {
  const Metric metric = make_metric(name, options);
  const std::vector<Contribution> found = metric.measure(sample, {&map, 1});
  REQUIRE(found.size() == 1);
  return summarize(metric, found).value;
}

}  // namespace

TEST_CASE("score curves: deletion and insertion of four pixels, by hand") {
  const Tensor picture = four_pixels();
  const Tensor nothing({1, 1, 2, 2});
  const Tensor relevance = tensor({2, 2}, {0.1F, 0.4F, 0.2F, 0.3F});
  const Target target{.index = 0};
  const ScoreCurveOptions one{.pixels = 1, .scoring = kLogit};
  const ScoreCurve deletion = score_curve(picture_sums, picture, nothing, relevance, target, one);
  CHECK(deletion.scores == std::vector<double>{10, 8, 4, 1, 0});
  CHECK(deletion.share == std::vector<double>{0, 0.25, 0.5, 0.75, 1});
  CHECK(deletion.area() == 4.5);
  const ScoreCurve insertion = score_curve(picture_sums, nothing, picture, relevance, target, one);
  CHECK(insertion.scores == std::vector<double>{0, 2, 6, 9, 10});
  CHECK(insertion.area() == 5.5);
}

TEST_CASE("score curves: steps of any size end at the other picture") {
  const Tensor picture = four_pixels();
  const Tensor nothing({1, 1, 2, 2});
  const Tensor relevance = tensor({2, 2}, {0.1F, 0.4F, 0.2F, 0.3F});
  const auto curve = [&](const ScoreCurveOptions& options) {
    return score_curve(picture_sums, picture, nothing, relevance, {.index = 0}, options);
  };
  const ScoreCurve uneven = curve({.pixels = 3, .scoring = kLogit});
  CHECK(uneven.scores == std::vector<double>{10, 1, 0});
  CHECK(uneven.share == std::vector<double>{0, 0.75, 1});
  CHECK(uneven.area() == 0.75 * 5.5 + 0.25 * 0.5);
  CHECK(curve({.steps = 3, .scoring = kLogit}).scores == std::vector<double>{10, 4, 0});
  CHECK(curve({.scoring = kLogit}).scores == std::vector<double>{10, 4, 0});
  CHECK_THROWS_AS(curve({.pixels = -1}), ArgumentError);
  CHECK_THROWS_AS(score_curve(picture_sums, picture, nothing, Tensor({4}), {.index = 0}),
                  ShapeError);
}

TEST_CASE("score curves: of equal pixels the first in reading order goes first") {
  const ScoreCurve curve =
      score_curve(picture_sums, four_pixels(), Tensor({1, 1, 2, 2}), Tensor({2, 2}), {.index = 0},
                  {.pixels = 1, .scoring = kLogit});
  CHECK(curve.scores == std::vector<double>{10, 9, 7, 4, 0});
}

TEST_CASE("RISE's blur keeps the mass of its window and lets zeros in at the border") {
  const Tensor blurred = rise_blur(Tensor({1, 1, 15, 15}, 1.0F));
  CHECK(blurred.data()[7 * 15 + 7] == Approx(1.0));
  // At a corner six of eleven weights are inside, along both axes.
  Tensor point({1, 1, 15, 15});
  point.mutable_data()[7 * 15 + 7] = 1.0F;
  const Tensor window = rise_blur(point);
  const double middle = std::sqrt(window.data()[7 * 15 + 7]);
  double inside = 0.0;
  for (std::size_t i = 0; i < 6; ++i) inside += window.data()[7 * 15 + 7 + i] / middle;
  CHECK(blurred.data()[0] == Approx(inside * inside));
  CHECK(window.data()[7 * 15 + 12] == Approx(window.data()[7 * 15 + 2]));
  CHECK(window.data()[7 * 15 + 13] == 0.0F);
  // A Gaussian of 5 mirrored into a window of 11: the weights hardly fall off.
  const double ratio = window.data()[7 * 15 + 12] / window.data()[7 * 15 + 7];
  const auto gauss = [](double d) { return std::exp(-0.5 * d * d / 25.0); };
  CHECK(ratio == Approx((gauss(5) + gauss(6) + gauss(16) + gauss(17)) / (gauss(0) + 2 * gauss(11)))
                     .epsilon(1e-4));
}

TEST_CASE("imputation: the weighted mean of the neighbours, by hand") {
  const Tensor nine = tensor({1, 1, 3, 3}, {1, 2, 3, 4, 0, 6, 7, 8, 9});
  const std::vector<char> centre{0, 0, 0, 0, 1, 0, 0, 0, 0};
  CHECK(impute(nine, centre, {.noise = 0.0}).data()[4] == Approx(5.0));
  const Tensor row = tensor({1, 1, 1, 4}, {3, 0, 0, 6});
  const Tensor filled = impute(row, std::vector<char>{0, 1, 1, 0}, {.noise = 0.0});
  CHECK(filled.data()[1] == Approx(4.0));
  CHECK(filled.data()[2] == Approx(5.0));
  CHECK(values(impute(row, std::vector<char>{1, 1, 1, 1}, {.noise = 0.0})) ==
        std::vector<float>(4, 0.0F));
  CHECK(values(impute(row, std::vector<char>{0, 0, 0, 0})) == values(row));
  CHECK_THROWS_AS(impute(row, std::vector<char>{1}), ShapeError);
  const Tensor broken = tensor({1, 1, 1, 4}, {3, 0, 0, NAN});
  CHECK_THROWS_AS(impute(broken, std::vector<char>{0, 1, 1, 0}), RunError);
}

TEST_CASE("imputation: conjugate gradients agree with elimination") {
  const Tensor picture = random_tensor({1, 1, 9, 11}, 3);
  Random random(4);
  for (const float share : {0.2F, 0.6F, 0.95F}) {
    std::vector<char> removed(99);
    for (char& one : removed) one = random.chance(share) ? 1 : 0;
    removed[50] = 0;
    const Tensor imputed = impute(picture, removed, {.noise = 0.0, .tolerance = 1e-10});
    const std::vector<double> dense = dense_imputation(picture, removed);
    for (std::size_t i = 0; i < dense.size(); ++i) {
      CHECK(imputed.data()[i] == Approx(dense[i]).margin(1e-6));
    }
  }
}

TEST_CASE("imputation: noise is seeded and touches imputed pixels alone") {
  const Tensor picture = random_tensor({1, 3, 6, 6}, 8);
  std::vector<char> removed(36, 0);
  removed[7] = removed[8] = 1;
  const Tensor once = impute(picture, removed, {.noise = 0.01, .seed = 1});
  CHECK(values(impute(picture, removed, {.noise = 0.01, .seed = 1})) == values(once));
  const Tensor other = impute(picture, removed, {.noise = 0.01, .seed = 2});
  for (std::size_t i = 0; i < once.data().size(); ++i) {
    const bool imputed = removed[i % 36] != 0;
    CHECK((once.data()[i] != other.data()[i]) == imputed);
    if (!imputed) CHECK(once.data()[i] == picture.data()[i]);
  }
}

TEST_CASE("ROAD of two pixels, by hand") {
  const Tensor picture = tensor({1, 1, 1, 2}, {0, 4});
  const RoadScores scores =
      road(picture_sums, picture, tensor({1, 2}, {0, 1}), {.index = 0},
           {.percentiles = {50}, .imputation = {.noise = 0}, .scoring = kLogit});
  CHECK(scores.most_relevant_first == std::vector<double>{-4});
  CHECK(scores.least_relevant_first == std::vector<double>{4});
  CHECK(scores.combined() == 4.0);
}

TEST_CASE("what a map leaves of a picture and of its score") {
  const Tensor picture = four_pixels();
  const Tensor relevance = tensor({2, 2}, {1, 0, 0.5F, 0});
  const Tensor left = masked_picture(picture, relevance, Tensor({1, 1, 2, 2}, 2.0F));
  CHECK(values(left) == std::vector<float>{1, 2, 2.5F, 2});
  const Tensor on_nothing = masked_picture(picture, relevance, Tensor({1, 1, 2, 2}));
  const MaskedScore score = masked_score(picture_sums, picture, on_nothing, {.index = 0}, kLogit);
  CHECK(score.whole == 10.0);
  CHECK(score.masked == 2.5);
  CHECK(score.drop() == 0.75);
  CHECK_FALSE(score.increase());
  CHECK(MaskedScore{.whole = 2, .masked = 3}.drop() == 0.0);
  CHECK(MaskedScore{.whole = 2, .masked = 3}.increase());
  CHECK(MaskedScore{.whole = -1, .masked = -2}.drop() == 0.0);
  CHECK(Adcc{.coherency = 0.5, .complexity = 0.5, .drop = 0.75}.value() == Approx(0.375));
  CHECK(Adcc{.coherency = 1, .complexity = 0, .drop = 0}.value() == 1.0);
  CHECK(Adcc{.coherency = 0, .complexity = 0.5, .drop = 0.5}.value() == 0.0);
  CHECK(Adcc{.coherency = 1, .complexity = 0.5, .drop = 1}.value() == 0.0);
  CHECK(coherency(relevance, relevance) == Approx(1.0));
  CHECK(coherency(relevance, inverted(relevance)) == Approx(0.0).margin(1e-12));
  CHECK(coherency(relevance, Tensor({2, 2})) == 0.0);
  CHECK(complexity(relevance) == 0.375);
}

TEST_CASE("infidelity: none for the exact attribution of a linear score") {
  const Network network = planted_network();
  const MetricSample sample = planted_sample(network);
  const ScoreFunction scores = scores_of(network, network.output());
  Tensor exact = planted_mask().reshaped({1, 1, kSide, kSide});
  for (float& value : exact.mutable_data()) value *= 5.0F / 64.0F;
  Tensor twice = exact;
  for (float& value : twice.mutable_data()) value *= 2.0F;
  const auto error = [&](const Tensor& attribution, const InfidelityOptions& options) {
    return infidelity(scores, sample.picture, attribution, sample.target, options);
  };
  for (const Change change : {Change::kSquare, Change::kNoise}) {
    CHECK(error(exact, {.change = change}) < 1e-10);
    CHECK(error(twice, {.change = change}) > 1e-6);
    CHECK(error(twice, {.change = change, .normalize = true}) < 1e-10);
    CHECK(error(twice, {.change = change, .seed = 1}) ==
          error(twice, {.change = change, .seed = 1}));
    CHECK(error(twice, {.change = change, .seed = 1}) !=
          error(twice, {.change = change, .seed = 2}));
  }
  CHECK_THROWS_AS(error(Tensor({1, 1, 2, 2}), {}), ShapeError);
  CHECK_THROWS_AS(error(exact, {.samples = 0}), ArgumentError);
}

TEST_CASE("infidelity takes layer maps a channel's share at a time") {
  Explanation explanation;
  explanation.map = explanation.signed_map = tensor({1, 1}, {6});
  CHECK(values(attribution_of(explanation, {1, 3, 1, 2})) == std::vector<float>(6, 2.0F));
  explanation.signed_map = tensor({3, 1, 2}, {1, 2, 3, 4, 5, 6});
  CHECK(values(attribution_of(explanation, {1, 3, 1, 2})) == std::vector<float>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("sensitivity: none where the gradient is constant, little where it is multiplied") {
  const Network network = planted_network();
  const MetricSample sample = planted_sample(network);
  const Saliency saliency;
  const Explanation constant = explain_again(network, sample.picture, saliency, sample.target);
  CHECK(max_sensitivity(network, sample.picture, saliency, constant) == 0.0);
  const InputXGradient product;
  const Explanation scaled = explain_again(network, sample.picture, product, sample.target);
  const double sensitivity = max_sensitivity(network, sample.picture, product, scaled);
  CHECK(sensitivity > 0.0);
  CHECK(sensitivity < 0.02);
  CHECK(max_sensitivity(network, sample.picture, product, scaled) == sensitivity);
  CHECK(max_sensitivity(network, sample.picture, product, scaled, {.radius = 0.2}) >
        5.0 * sensitivity);
}

TEST_CASE("the planted square is the best map, its inverse the worst") {
  const Network network = planted_network();
  const MetricSample sample = planted_sample(network);
  const MeasuredMap right = map_with(sample, graded_mask());
  const MeasuredMap any = map_with(sample, random_map());
  const MeasuredMap wrong = map_with(sample, inverted(graded_mask()));
  for (const char* name : {"insertion", "road", "road-lerf", "occlusion-correlation"}) {
    INFO(name);
    CHECK(measure_one(name, sample, right) > measure_one(name, sample, any));
    CHECK(measure_one(name, sample, any) > measure_one(name, sample, wrong));
  }
  for (const char* name : {"deletion", "road-morf", "average-drop"}) {
    INFO(name);
    CHECK(measure_one(name, sample, right) < measure_one(name, sample, any));
    CHECK(measure_one(name, sample, any) < measure_one(name, sample, wrong));
  }
}

TEST_CASE("the ends of the curves are the picture's score and that of nothing") {
  const Network network = planted_network();
  const MetricSample sample = planted_sample(network);
  const ScoreFunction scores = scores_of(network, network.output());
  const Tensor backdrop = fill_picture(sample.picture, Fill::kGrey);
  const ScoreCurve curve =
      score_curve(scores, sample.picture, backdrop, random_map(), sample.target);
  const auto probability = [&](const Tensor& picture) {
    return score_in_row(scores(picture).data(), sample.target, Output::kProbability);
  };
  CHECK(curve.scores.front() == probability(sample.picture));
  CHECK(curve.scores.back() == probability(backdrop));
  CHECK(std::ssize(curve.scores) == kSide + 1);
}

TEST_CASE("metrics give the same bits for any batch and number of threads") {
  const Network network = planted_network();
  const MetricSample sample = planted_sample(network);
  const MeasuredMap map = map_with(sample, random_map());
  for (const char* name :
       {"deletion", "insertion", "road", "infidelity", "occlusion-correlation"}) {
    INFO(name);
    const double value = measure_one(name, sample, map);
    CHECK(measure_one(name, sample, map, {{"batch", "3"}}) == value);
    const ThreadLimit limit(3);
    CHECK(measure_one(name, sample, map) == value);
  }
}
