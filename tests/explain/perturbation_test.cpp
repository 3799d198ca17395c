// Methods that see scores alone: occlusion, feature ablation, RISE, LIME, Kernel SHAP.
#include "explain/perturbation.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "core/error.h"
#include "core/parallel.h"
#include "explain/display.h"
#include "explain/feature_ablation.h"
#include "explain/kernel_shap.h"
#include "explain/least_squares.h"
#include "explain/lime.h"
#include "explain/occlusion.h"
#include "explain/registry.h"
#include "explain/rise.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

constexpr Target kFirst{.index = 0};

/// Scores that are linear in the pixels: class 0 has the given weights, class 1 none.
ScoreFunction linear(const Tensor& weights) {
  return [weights](const Tensor& pictures) {
    Tensor scores({pictures.dim(0), 2});
    const auto size = weights.data().size();
    for (std::size_t n = 0; n < scores.data().size() / 2; ++n) {
      const auto picture = pictures.data().subspan(n * size, size);
      scores.mutable_data()[2 * n] = static_cast<float>(
          std::inner_product(picture.begin(), picture.end(), weights.data().begin(), 0.0));
    }
    return scores;
  };
}

/// Per piece the sum of weight times value over its pixels, all channels.
std::vector<double> piece_sums(const Superpixels& pieces, const Tensor& picture,
                               const Tensor& weights) {
  std::vector<double> sums(static_cast<std::size_t>(pieces.count), 0.0);
  for (std::size_t i = 0; i < picture.data().size(); ++i) {
    const auto label = static_cast<std::size_t>(pieces.labels[i % pieces.labels.size()]);
    sums[label] += static_cast<double>(picture.data()[i]) * weights.data()[i];
  }
  return sums;
}

const Tensor& picture() {
  static const Tensor result = waves({1, 2, 12, 15});
  return result;
}

const Tensor& weights() {
  static const Tensor result = random_tensor({1, 2, 12, 15}, 2);
  return result;
}

Explanation explain_linear(const Perturbation& method) {
  return method.explain_scores(linear(weights()), picture(), kFirst);
}

std::vector<std::shared_ptr<const Perturbation>> all_methods(std::int64_t batch) {
  const ScoringOptions scoring{.batch = batch};
  const PieceOptions pieces{.segments = 6, .scoring = scoring};
  return {std::make_shared<Occlusion>(
              OcclusionOptions{.patch = 4, .fill = Fill::kBlur, .scoring = scoring}),
          std::make_shared<FeatureAblation>(pieces),
          std::make_shared<Rise>(RiseOptions{.masks = 30, .scoring = scoring}),
          std::make_shared<Lime>(LimeOptions{.pieces = pieces, .samples = 40}),
          std::make_shared<KernelShap>(KernelShapOptions{.pieces = pieces, .samples = 40})};
}

/// Shapley values from their definition: the mean over all coalitions of what a piece adds.
std::vector<double> shapley_by_definition(std::size_t pieces,
                                          const std::function<double(std::uint32_t)>& score) {
  std::vector<double> factorial{1.0};
  for (std::size_t i = 1; i <= pieces; ++i) {
    factorial.push_back(factorial.back() * static_cast<double>(i));
  }
  std::vector<double> result(pieces, 0.0);
  for (std::uint32_t bits = 0; bits < std::uint32_t{1} << pieces; ++bits) {
    std::size_t ones = 0;
    for (std::size_t i = 0; i < pieces; ++i) ones += bits >> i & 1U;
    for (std::size_t i = 0; i < pieces; ++i) {
      if ((bits >> i & 1U) != 0) continue;
      result[i] += factorial[ones] * factorial[pieces - ones - 1] / factorial[pieces] *
                   (score(bits | std::uint32_t{1} << i) - score(bits));
    }
  }
  return result;
}

}  // namespace

TEST_CASE("occlusion of a linear score is what the window's pixels add") {
  const Explanation result = explain_linear(Occlusion({.patch = 4, .stride = 3}));
  REQUIRE(result.map.shape() == Shape{3, 4});
  for (std::int64_t r = 0; r < 3; ++r) {
    for (std::int64_t c = 0; c < 4; ++c) {
      double expected = 0.0;
      for (std::size_t i = 0; i < picture().data().size(); ++i) {
        const auto y = static_cast<std::int64_t>(i) / 15 % 12 - 3 * r;
        const auto x = static_cast<std::int64_t>(i) % 15 - 3 * c;
        const bool inside = y >= 0 && y < 4 && x >= 0 && x < 4;
        if (inside) expected += static_cast<double>(picture().data()[i]) * weights().data()[i];
      }
      CHECK(result.map.data()[static_cast<std::size_t>(4 * r + c)] ==
            Approx(expected).margin(1e-4));
    }
  }
  CHECK(result.logit == linear(weights())(picture()).data()[0]);
  CHECK(values(result.map) == values(result.signed_map));
  CHECK(result.at_pixels.shape() == Shape{12, 15});
}

TEST_CASE("golden: occlusion as Captum has it") {
  const Network network = one_conv_network();
  const Explanation result =
      Occlusion({.patch = 2, .stride = 1, .per_pixel = true})
          .explain_scores(scores_of(network, network.output()), one_conv_picture(), kFirst);
  CHECK(distance(result.map, tensor({4, 4}, {7, 8, 6.5F, 4, 15.5F, 20.75F, 22.25F, 18.5F, 30,
                                             39.25F, 44.25F, 40, 36, 45, 50.5F, 47})) <= 1e-5);
  CHECK(result.logit == 54.0F);
}

TEST_CASE("occlusion's windows: inside, clipped, larger than the picture, by default") {
  const auto shape = [](OcclusionOptions options) {
    return explain_linear(Occlusion(options)).map.shape();
  };
  CHECK(shape({.patch = 5, .stride = 4}) == Shape{2, 3});
  CHECK(shape({.patch = 5, .stride = 4, .clipped_windows = true}) == Shape{3, 4});
  CHECK(shape({.patch = 4, .stride = 4, .clipped_windows = true}) == Shape{3, 4});
  CHECK(shape({.patch = 99, .stride = 4}) == Shape{1, 1});
  CHECK(shape({.patch = 1, .stride = INT64_MAX}) == Shape{1, 1});
  CHECK(shape({}) == Shape{11, 14});  // 0.15 of 12 is 2, a quarter of that 1
  CHECK(shape({.patch = 5, .stride = 4, .per_pixel = true}) == Shape{12, 15});
  CHECK_THROWS_AS(Occlusion({.patch = -1}), ArgumentError);
  CHECK_THROWS_AS(Occlusion({.stride = -1}), ArgumentError);
}

TEST_CASE("occlusion per pixel is the mean over the windows that cover it") {
  const Tensor ones({1, 1, 1, 5}, 1.0F);
  const Tensor weight = tensor({1, 1, 1, 5}, {1, 2, 3, 4, 5});
  const Explanation result =
      Occlusion({.patch = 2, .stride = 2}).explain_scores(linear(weight), ones, kFirst);
  // A picture one pixel high has windows one pixel high.
  CHECK(values(result.map) == std::vector<float>{3, 7});
  CHECK(values(result.at_pixels) == std::vector<float>{3, 3, 7, 7, 0});
  const Explanation dense = Occlusion({.patch = 2, .stride = 1, .per_pixel = true})
                                .explain_scores(linear(weight), ones, kFirst);
  CHECK(values(dense.map) == std::vector<float>{3, 4, 6, 8, 9});
  const Display shown = display_map(result, 1, 5);
  CHECK(values(shown.map) == std::vector<float>{3.0F / 7.0F, 3.0F / 7.0F, 1, 1, 0});
}

TEST_CASE("feature ablation of a linear score is what each superpixel adds") {
  const Superpixels pieces = slic(picture(), {.segments = 6});
  REQUIRE(pieces.count > 2);
  const Explanation result = explain_linear(FeatureAblation({.segments = 6}));
  CHECK(distance(result.map, paint(pieces, piece_sums(pieces, picture(), weights()))) < 1e-4);
}

TEST_CASE("LIME without a penalty and Kernel SHAP find a linear score exactly") {
  const Superpixels pieces = slic(picture(), {.segments = 6});
  const Tensor expected = paint(pieces, piece_sums(pieces, picture(), weights()));
  const PieceOptions options{.segments = 6};
  CHECK(distance(explain_linear(Lime({.pieces = options, .samples = 60, .penalty = 0.0})).map,
                 expected) < 1e-4);
  CHECK(distance(explain_linear(Lime({.pieces = options, .samples = 60})).map, expected) > 1e-2);
  CHECK(distance(explain_linear(KernelShap({.pieces = options, .samples = 30})).map, expected) <
        1e-4);
  CHECK(distance(explain_linear(KernelShap({.pieces = options, .samples = 100'000})).map,
                 expected) < 1e-4);
}

TEST_CASE("Kernel SHAP is the Shapley value where all coalitions are scored") {
  const Network network = gap_network();
  const Tensor image = waves({1, 3, 16, 16});
  const Superpixels pieces = slic(image, {.segments = 9});
  const auto count = static_cast<std::size_t>(pieces.count);
  REQUIRE(count >= 6);
  REQUIRE(count <= 12);
  const ScoreFunction scores = scores_of(network, network.output());
  std::vector<Coalition> all;
  for (std::uint32_t bits = 0; bits < std::uint32_t{1} << count; ++bits) {
    Coalition kept(count);
    for (std::size_t i = 0; i < count; ++i) kept[i] = static_cast<char>(bits >> i & 1U);
    all.push_back(kept);
  }
  const std::vector<double> score =
      score_coalitions(scores, image, Tensor(image.shape()), pieces, all, kFirst, {});
  const std::vector<double> expected =
      shapley_by_definition(count, [&](std::uint32_t bits) { return score[bits]; });
  const Explanation exact = KernelShap({.pieces = {.segments = 9}, .samples = 5000})
                                .explain_scores(scores, image, kFirst);
  CHECK(distance(exact.map, paint(pieces, expected)) < 1e-4);

  const Explanation drawn =
      KernelShap({.pieces = {.segments = 9}, .samples = 40}).explain_scores(scores, image, kFirst);
  double total = 0.0;
  std::vector<char> met(count, 0);
  for (std::size_t i = 0; i < pieces.labels.size(); ++i) {
    const auto label = static_cast<std::size_t>(pieces.labels[i]);
    if (met[label] == 0) total += static_cast<double>(drawn.map.data()[i]);
    met[label] = 1;
  }
  CHECK(total == Approx(score.back() - score.front()).margin(1e-4));
}

TEST_CASE("Kernel SHAP of one superpixel, and of more than the samples can tell") {
  const Explanation one = explain_linear(KernelShap({.pieces = {.segments = 1}}));
  CHECK(one.map.data()[0] == Approx(one.logit).margin(1e-4));
  CHECK_THROWS_AS(explain_linear(KernelShap({.pieces = {.segments = 40}, .samples = 10})),
                  ArgumentError);
  CHECK_THROWS_AS(KernelShap({.samples = 1}), ArgumentError);
  CHECK_THROWS_AS(Lime({.samples = 1}), ArgumentError);
  CHECK_THROWS_AS(Lime({.kernel_width = 0.0}), ArgumentError);
}

TEST_CASE("RISE is the mean of its masks, weighted by the scores under them") {
  const RiseOptions options{
      .masks = 25, .cells = 3, .keep = 0.4, .seed = 9, .scoring = {.output = Output::kLogit}};
  const Explanation result = explain_linear(Rise(options));
  std::vector<double> expected(12 * 15, 0.0);
  for (std::int64_t i = 0; i < options.masks; ++i) {
    const Tensor mask = rise_mask(options, i, 12, 15);
    double score = 0.0;
    for (std::size_t k = 0; k < picture().data().size(); ++k) {
      score += static_cast<double>(picture().data()[k]) * weights().data()[k] *
               mask.data()[k % expected.size()];
    }
    for (std::size_t k = 0; k < expected.size(); ++k) {
      expected[k] += score * mask.data()[k] / (25 * 0.4);
    }
  }
  REQUIRE(result.map.shape() == Shape{12, 15});
  for (std::size_t k = 0; k < expected.size(); ++k) {
    CHECK(result.map.data()[k] == Approx(expected[k]).margin(1e-4));
  }
}

TEST_CASE("RISE's masks are kept with the probability asked for and differ by seed and index") {
  const RiseOptions options{.keep = 0.3, .seed = 4};
  double total = 0.0;
  for (std::int64_t i = 0; i < 400; ++i) {
    const Tensor mask = rise_mask(options, i, 20, 30);
    for (const float value : mask.data()) {
      REQUIRE(value >= 0.0F);
      REQUIRE(value <= 1.0F);
      total += value;
    }
  }
  CHECK(total / (400.0 * 600.0) == Approx(0.3).margin(0.01));
  CHECK(values(rise_mask(options, 3, 20, 30)) == values(rise_mask(options, 3, 20, 30)));
  CHECK(values(rise_mask(options, 3, 20, 30)) != values(rise_mask(options, 4, 20, 30)));
  CHECK(values(rise_mask(options, 3, 20, 30)) !=
        values(rise_mask({.keep = 0.3, .seed = 5}, 3, 20, 30)));
  for (const RiseOptions& bad :
       {RiseOptions{.masks = 0}, RiseOptions{.cells = 0}, RiseOptions{.cells = 100'000},
        RiseOptions{.keep = 0.0}, RiseOptions{.keep = 1.5}}) {
    CHECK_THROWS_AS(Rise(bad), ArgumentError);
  }
}

TEST_CASE("results do not depend on the batch or the threads") {
  const Network network = gap_network();
  const ScoreFunction scores = scores_of(network, network.output());
  const auto usual = all_methods(16);
  for (const std::int64_t batch : {1, 7, 1000}) {
    const auto others = all_methods(batch);
    const ThreadLimit limit(batch == 7 ? 3 : 1);
    for (std::size_t i = 0; i < usual.size(); ++i) {
      const Explanation a = usual[i]->explain_scores(scores, waves({1, 3, 16, 16}), kFirst);
      const Explanation b = others[i]->explain_scores(scores, waves({1, 3, 16, 16}), kFirst);
      INFO(a.method);
      CHECK(values(a.map) == values(b.map));
    }
  }
}

TEST_CASE("a network's tape and its scores as a function explain alike") {
  const Network network = gap_network();
  for (const auto& method : all_methods(16)) {
    const Target target{.of = network.output(), .index = 2};
    const Explanation on_tape =
        explain::explain(network, waves({1, 3, 16, 16}), Methods{method}, std::vector{target})
            .at(0);
    const Explanation alone =
        method->explain_scores(scores_of(network, network.output()), waves({1, 3, 16, 16}), target);
    INFO(on_tape.method);
    if (on_tape.method == "occlusion") {  // recomputes parts of layers, within rounding
      const std::vector<float> expected = values(alone.map);
      const std::vector<float> actual = values(on_tape.map);
      REQUIRE(actual.size() == expected.size());
      for (std::size_t i = 0; i < actual.size(); ++i) {
        CHECK(actual[i] == Approx(expected[i]).margin(1e-4));
      }
    } else {
      CHECK(values(on_tape.map) == values(alone.map));
    }
    CHECK(on_tape.logit == alone.logit);
    CHECK(on_tape.layer == network.input());
    CHECK(alone.layer == -1);
  }
}

TEST_CASE("constant, broken and misshapen pictures") {
  const Network network = gap_network();
  const ScoreFunction scores = scores_of(network, network.output());
  for (const auto& method : all_methods(16)) {
    INFO(method->info().name);
    const Explanation flat = method->explain_scores(scores, Tensor({1, 3, 16, 16}), kFirst);
    CHECK(flat.map.defined());
    Tensor broken({1, 3, 16, 16});
    broken.mutable_data()[9] = std::numeric_limits<float>::quiet_NaN();
    const Explanation unknown = method->explain_scores(scores, broken, kFirst);
    CHECK_FALSE(unknown.warnings.empty());
    CHECK_THROWS_AS(method->explain_scores(scores, Tensor({3, 16, 16}), kFirst), ShapeError);
    CHECK_THROWS_AS(method->explain_scores(scores, waves({1, 3, 16, 16}), {.index = 5}),
                    ArgumentError);
  }
}

TEST_CASE("ridge regression") {
  // y = 2a - b + 3 at four points, the last of which has no weight and lies elsewhere.
  const Regression regression{.features = 2,
                              .rows = {0, 0, 1, 0, 0, 1, 1, 1},
                              .targets = {3, 5, 2, 100},
                              .weights = {1, 2, 1, 0}};
  const LinearModel model = fit_ridge(regression, 0.0);
  CHECK(model.coefficients[0] == Approx(2.0));
  CHECK(model.coefficients[1] == Approx(-1.0));
  CHECK(model.intercept == Approx(3.0));
  // One feature, centred: the slope is sum(xy)/(sum(xx) + penalty).
  const Regression line{.features = 1, .rows = {-1, 1}, .targets = {-3, 3}, .weights = {1, 1}};
  CHECK(fit_ridge(line, 1.0).coefficients[0] == Approx(2.0));
  CHECK(solve_ridge(line, 4.0)[0] == Approx(1.0));
  const Regression unknown{
      .features = 2, .rows = {1, 1, 2, 2}, .targets = {1, 2}, .weights = {1, 1}};
  CHECK_THROWS_AS(solve_ridge(unknown, 0.0), RunError);
  CHECK_THROWS_AS(solve_ridge({.features = 2, .rows = {1}, .targets = {1}, .weights = {1}}, 0.0),
                  ArgumentError);
}

TEST_CASE("the registry reads the options of scoring methods") {
  CHECK_NOTHROW(make_method("occlusion", {{"patch", "4"}, {"stride", "2"}, {"fill", "blur"}}));
  CHECK_THROWS_WITH(make_method("occlusion", {{"patch", "four"}}), Catch::Contains("\"patch\""));
  CHECK_THROWS_AS(make_method("occlusion", {{"patch", "0"}}), ArgumentError);
  CHECK_THROWS_WITH(make_method("occlusion", {{"fill", "meen"}}), Catch::Contains("\"mean\""));
  CHECK_THROWS_AS(make_method("rise", {{"keep", "nan"}}), ArgumentError);
  CHECK_THROWS_AS(make_method("lime", {{"batch", "0"}}), ArgumentError);
  CHECK_NOTHROW(make_method("lime", {{"fill", "own-mean"}, {"output", "logit"}}));
  std::int64_t most = 0;
  const auto method = make_method("occlusion", {{"patch", "4"}, {"stride", "4"}, {"batch", "5"}},
                                  [&](std::int64_t done, std::int64_t total) {
                                    most = std::max(most, done);
                                    CHECK(total == 17);
                                  });
  const Network network = gap_network();
  const Target target{.of = network.output()};
  explain::explain(network, waves({1, 3, 16, 16}), Methods{method}, std::vector{target});
  CHECK(most == 17);
}
