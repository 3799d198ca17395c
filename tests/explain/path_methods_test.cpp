// SmoothGrad, integrated gradients and gradient SHAP: methods that run the network again.
#include <catch2/catch.hpp>

#include "core/elementwise.h"
#include "core/error.h"
#include "explain/baselines.h"
#include "explain/gradient_shap.h"
#include "explain/integrated_gradients.h"
#include "explain/noise.h"
#include "explain/registry.h"
#include "explain/smooth_grad.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// x·w + b for 3x4x4 pictures.
Network linear_network() {
  Graph graph({3, 4, 4});
  graph.then("flatten", ops::Flatten());
  graph.linear("fc", random_tensor({2, 48}, 21), random_tensor({2}, 22));
  return std::move(graph).finish();
}

double greatest(const Tensor& map) {
  double most = 0.0;
  for (const float value : map.data()) most = std::max<double>(most, std::abs(value));
  return most;
}

double one_conv_sum(const std::string& rule) {
  const Explanation result = explain_with(one_conv_network(), one_conv_picture(),
                                          "integrated-gradients", {{"rule", rule}});
  CHECK(result.residual.value() == Approx(sum(result.map) - 54.0).margin(1e-4));
  return sum(result.map);
}

double exponential_error(PathRule rule, std::int64_t steps) {
  double total = 0.0;
  for (const PathPoint& point : path_points(rule, steps)) {
    total += point.weight * std::exp(point.at);
  }
  return std::abs(total - (std::exp(1.0) - 1.0));
}

}  // namespace

TEST_CASE("golden: what integrated gradients add up to by each rule, where 54 is promised") {
  CHECK(one_conv_sum("gauss-legendre") == Approx(53.32896).margin(1e-4));
  CHECK(one_conv_sum("captum-trapezoid") == Approx(51.48).margin(1e-4));
  CHECK(one_conv_sum("midpoint") == Approx(53.82).margin(1e-4));
  CHECK(one_conv_sum("left") == Approx(54.36).margin(1e-4));
  CHECK(one_conv_sum("right") == Approx(55.44).margin(1e-4));
  CHECK(one_conv_sum("trapezoid") == Approx(51.48 * 50.0 / 49.0).margin(1e-4));
}

TEST_CASE("path rules integrate with their order") {
  CHECK(exponential_error(PathRule::kGaussLegendre, 8) < 1e-14);
  CHECK(exponential_error(PathRule::kGaussLegendre, 50) < 1e-13);
  const double midpoint = exponential_error(PathRule::kMidpoint, 10);
  CHECK(midpoint / exponential_error(PathRule::kMidpoint, 20) == Approx(4.0).epsilon(0.01));
  const double left = exponential_error(PathRule::kLeft, 10);
  CHECK(left / exponential_error(PathRule::kLeft, 20) == Approx(2.0).epsilon(0.05));
  CHECK(exponential_error(PathRule::kTrapezoid, 11) == Approx(2.0 * midpoint).epsilon(0.01));
  for (const PathRule rule : {PathRule::kGaussLegendre, PathRule::kLeft, PathRule::kRight,
                              PathRule::kMidpoint, PathRule::kTrapezoid}) {
    double weights = 0.0;
    for (const PathPoint& point : path_points(rule, 7)) weights += point.weight;
    CHECK(weights == Approx(1.0).epsilon(1e-12));
  }
  CHECK(path_points(PathRule::kGaussLegendre, 1)[0].at == Approx(0.5));
  CHECK_THROWS_AS(path_points(PathRule::kTrapezoid, 1), ArgumentError);
  CHECK_THROWS_AS(path_points(PathRule::kLeft, 0), ArgumentError);
}

TEST_CASE("on a linear network integrated gradients are exact by every rule and baseline") {
  const Network network = linear_network();
  const Tensor picture = random_tensor({1, 3, 4, 4}, 23);
  const Tensor gradient = explain_with(network, picture, "saliency").map;
  for (const char* rule : {"gauss-legendre", "left", "right", "midpoint", "trapezoid"}) {
    for (std::size_t kind = 0; kind < kBaselineNames.size(); ++kind) {
      INFO(rule << ", " << kBaselineNames[kind]);
      const OptionValues options{{"rule", rule},
                                 {"steps", "4"},
                                 {"samples", "1"},
                                 {"seed", "5"},
                                 {"baseline", std::string(kBaselineNames[kind])}};
      const Explanation result = explain_with(network, picture, "integrated-gradients", options);
      const Tensor start = make_baseline(static_cast<Baseline>(kind), picture, 5, 0);
      const Tensor way = zip(picture, start, [](float x, float b) { return x - b; });
      const Tensor expected =
          zip(way.reshaped({3, 4, 4}), gradient, [](float w, float g) { return w * g; });
      CHECK(distance(result.map, expected) < 1e-5);
      CHECK(std::abs(result.residual.value()) < 1e-4);
    }
  }
}

TEST_CASE("integrated gradients of random baselines are the mean over them") {
  const Network network = gap_network();
  const auto with = [&](const std::string& samples) {
    return explain_with(
        network, gap_picture(), "integrated-gradients",
        {{"baseline", "uniform"}, {"samples", samples}, {"steps", "5"}, {"seed", "3"}});
  };
  // The first baseline of three is the one of one.
  const Tensor one = with("1").map;
  const Tensor three = with("3").map;
  CHECK(distance(one, three) > 1e-3 * greatest(one));
  CHECK(std::abs(with("3").residual.value()) < 0.1 * std::abs(with("3").logit));
}

TEST_CASE("a map that is far from its promise says so") {
  const Explanation rough =
      explain_with(one_conv_network(), one_conv_picture(), "integrated-gradients",
                   {{"rule", "right"}, {"steps", "2"}});
  REQUIRE(rough.warnings.size() == 1);
  CHECK_THAT(rough.warnings[0], Catch::Contains("where 54 is promised"));
}

TEST_CASE("SmoothGrad: no noise is the gradient, its squares and no variance") {
  const Network network = gap_network();
  const Tensor gradient = explain_with(network, gap_picture(), "saliency").map;
  const auto still = [&](const std::string& statistic) {
    return explain_with(network, gap_picture(), "smoothgrad",
                        {{"noise", "0"}, {"samples", "3"}, {"statistic", statistic}})
        .map;
  };
  const double size = greatest(gradient);
  CHECK(distance(still("mean"), gradient) < 1e-5 * size);
  CHECK(distance(still("squared"), cameo::map(gradient, [](float g) { return g * g; })) <
        1e-5 * size * size);
  CHECK(greatest(still("variance")) < 1e-5 * size * size);
}

TEST_CASE("SmoothGrad is the mean over its noisy copies, whatever the batch") {
  const Network network = gap_network();
  const Tensor picture = gap_picture();
  const PictureSeries copies =
      noisy_copies(picture, {.samples = 5, .noise = 0.2, .seed = 9, .batch = 1});
  Tensor mean({3, 16, 16});
  Tensor square({3, 16, 16});
  for (std::int64_t i = 0; i < 5; ++i) {
    Tensor copy(picture.shape());
    copies.fill(i, copy.mutable_data());
    const Tensor gradient = explain_with(network, copy, "saliency").map;
    add_in_place(mean, cameo::map(gradient, [](float g) { return g / 5.0F; }));
    add_in_place(square, cameo::map(gradient, [](float g) { return g * g / 5.0F; }));
  }
  const Tensor variance = zip(square, mean, [](float s, float m) { return s - m * m; });
  const auto smooth = [&](const std::string& statistic, const std::string& batch) {
    return explain_with(network, picture, "smoothgrad",
                        {{"samples", "5"},
                         {"noise", "0.2"},
                         {"seed", "9"},
                         {"statistic", statistic},
                         {"batch", batch}})
        .map;
  };
  const double size = greatest(mean);
  for (const char* batch : {"1", "2", "5", "64"}) {
    INFO(batch);
    CHECK(distance(smooth("mean", batch), mean) < 1e-5 * size);
    CHECK(distance(smooth("squared", batch), square) < 1e-5 * greatest(square));
    CHECK(distance(smooth("variance", batch), variance) < 1e-5 * greatest(square));
  }
}

TEST_CASE("noise has the deviation that is asked for and depends on seed and number alone") {
  const Tensor picture = random_tensor({1, 3, 64, 64}, 41);
  const auto copy = [&](std::uint64_t seed, std::int64_t index) {
    Tensor result(picture.shape());
    noisy_copies(picture, {.samples = 4, .noise = 0.1, .seed = seed})
        .fill(index, result.mutable_data());
    return result;
  };
  const auto [low, high] = std::minmax_element(picture.data().begin(), picture.data().end());
  const Tensor noise = zip(copy(1, 2), picture, [](float a, float b) { return a - b; });
  double square = 0.0;
  for (const float value : noise.data()) square += static_cast<double>(value) * value;
  CHECK(std::sqrt(square / static_cast<double>(noise.size())) ==
        Approx(0.1 * (*high - *low)).epsilon(0.03));
  CHECK(values(copy(1, 2)) == values(copy(1, 2)));
  CHECK(values(copy(1, 2)) != values(copy(2, 2)));
  CHECK(values(copy(1, 2)) != values(copy(1, 3)));
}

TEST_CASE("baselines are what they are called") {
  const Tensor picture = random_tensor({1, 2, 24, 31}, 51);
  CHECK(greatest(make_baseline(Baseline::kZero, picture, 0, 0)) == 0.0);
  const Tensor mean = make_baseline(Baseline::kMean, picture, 0, 0);
  double total = 0.0;
  for (std::size_t i = 0; i < 24 * 31; ++i) total += picture.data()[i];
  CHECK(mean.data()[5] == Approx(total / (24 * 31)).margin(1e-6));
  CHECK(mean.data()[5] != mean.data()[24 * 31]);
  const Tensor flat({1, 1, 9, 30}, 0.7F);
  CHECK(distance(make_baseline(Baseline::kBlurred, flat, 0, 0), flat) < 1e-6);
  // A bright pixel spreads as a Gaussian of 5 pixels: exp(-1/2) of the centre at 5 pixels.
  Tensor point({1, 1, 101, 101});
  point.mutable_data()[50 * 101 + 50] = 1.0F;
  const Tensor spread = make_baseline(Baseline::kBlurred, point, 0, 0);
  CHECK(sum(spread) == Approx(1.0).epsilon(1e-4));
  CHECK(spread.data()[50 * 101 + 55] / spread.data()[50 * 101 + 50] ==
        Approx(std::exp(-0.5)).epsilon(1e-3));
  CHECK(spread.data()[55 * 101 + 50] == Approx(spread.data()[50 * 101 + 55]).epsilon(1e-5));
  const Tensor noise = make_baseline(Baseline::kUniform, picture, 1, 0);
  const auto [low, high] =
      std::minmax_element(picture.data().begin(), picture.data().begin() + 24 * 31);
  for (std::size_t i = 0; i < 24 * 31; ++i) {
    CHECK((noise.data()[i] >= *low && noise.data()[i] <= *high));
  }
  CHECK(values(noise) != values(make_baseline(Baseline::kUniform, picture, 1, 1)));
}

TEST_CASE("gradient SHAP is exact on a linear network and near its promise on another") {
  const Network linear = linear_network();
  const Tensor picture = random_tensor({1, 3, 4, 4}, 23);
  const Explanation exact = explain_with(linear, picture, "gradient-shap", {{"samples", "7"}});
  CHECK(std::abs(exact.residual.value()) < 1e-4);
  const Network network = gap_network();
  const Explanation many =
      explain_with(network, gap_picture(), "gradient-shap", {{"samples", "400"}, {"seed", "1"}});
  const Explanation few = explain_with(network, gap_picture(), "gradient-shap",
                                       {{"samples", "400"}, {"seed", "1"}, {"batch", "3"}});
  CHECK(distance(many.map, few.map) < 1e-5 * greatest(many.map));
  const double promised = sum(many.map) - many.residual.value();
  CHECK(std::abs(many.residual.value()) < 0.1 * std::abs(promised));
}

TEST_CASE("methods that run the network again refuse options that make no sense") {
  CHECK_THROWS_AS(make_method("smoothgrad", {{"samples", "0"}}), ArgumentError);
  CHECK_THROWS_AS(make_method("smoothgrad", {{"noise", "-1"}}), ArgumentError);
  CHECK_THROWS_AS(make_method("smoothgrad", {{"noise", "nan"}}), ArgumentError);
  CHECK_THROWS_AS(make_method("smoothgrad", {{"statistic", "median"}}), LookupError);
  CHECK_THROWS_AS(make_method("integrated-gradients", {{"steps", "5x"}}), ArgumentError);
  CHECK_THROWS_AS(make_method("integrated-gradients", {{"rule", "simpson"}}), LookupError);
  CHECK_THROWS_AS(make_method("gradient-shap", {{"baseline", "black"}}), LookupError);
  CHECK_THROWS_AS(SmoothGrad({.samples = 0}), ArgumentError);
  CHECK_THROWS_AS(IntegratedGradients({.batch = 0}), ArgumentError);
  CHECK_THROWS_AS(GradientShap({.noise = -0.5}), ArgumentError);
}
