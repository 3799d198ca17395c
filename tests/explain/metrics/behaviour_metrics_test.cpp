// Statistics, the bootstrap, sparseness, SSIM, sanity checks and the registry.
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "core/error.h"
#include "core/parallel.h"
#include "explain/grad_cam.h"
#include "explain/metrics/registry.h"
#include "explain/metrics/sanity.h"
#include "explain/metrics/sensitivity.h"
#include "explain/metrics/sparseness.h"
#include "explain/metrics/statistics.h"
#include "explain/metrics/structural_similarity.h"
#include "tests/explain/metrics/planted.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// A method that looks at the picture alone, as an edge detector does.
class PictureItself final : public Explainer {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo info{.name = "picture", .summary = "", .paper = ""};
    return info;
  }
  void prepare(const Network& /*network*/, const Shape& /*picture*/, ValueId /*of*/,
               Request& /*request*/) const override {}
  Explanation explain(const Tape& tape, const Target& target) const override {
    const Tensor& picture = tape.value(tape.network().input());
    Explanation result{.method = "picture", .kind = MapKind::kPixel};
    result.map = result.signed_map =
        picture.reshaped({picture.dim(1), picture.dim(2), picture.dim(3)});
    result.layer = tape.network().input();
    result.target = target;
    return result;
  }
};

MeasuredMap measured(const MetricSample& sample, std::shared_ptr<const Explainer> method) {
  Explanation explanation = explain_again(*sample.network, sample.picture, *method, sample.target);
  return measured_map(std::move(method), std::move(explanation), sample);
}

MetricSample gap_sample(const Network& network) {
  return {.network = &network,
          .picture = waves({1, 3, 16, 16}),
          .target = {.of = network.output(), .index = 2}};
}

}  // namespace

TEST_CASE("orders, ranks, correlations and percentiles") {
  const std::vector<float> scores{1, 3, NAN, 3, 2};
  CHECK(descending_order(scores) == std::vector<std::int64_t>{1, 3, 4, 0, 2});
  CHECK(average_ranks(std::vector<double>{10, 20, 20, 5}) == std::vector<double>{2, 3.5, 3.5, 1});
  const std::vector<double> a{1, 2, 3, 4};
  const std::vector<double> squares{1, 4, 9, 16};
  CHECK(pearson(a, squares) == Approx(25.0 / std::sqrt(5.0 * 129.0)));
  CHECK(spearman(a, squares) == Approx(1.0));
  CHECK(spearman(a, std::vector<double>{4, 3, 2, 1}) == Approx(-1.0));
  CHECK(pearson(a, std::vector<double>(4, 7.0)) == 0.0);
  CHECK_THROWS_AS(pearson(a, std::vector<double>{1}), ShapeError);
  CHECK(percentile({4, 1, 3, 2}, 50) == 2.5);
  CHECK(percentile({4, 1, 3, 2}, 10) == Approx(1.3));
  CHECK(percentile({4, 1, 3, 2}, 100) == 4.0);
  CHECK_THROWS_AS(percentile({}, 50), ArgumentError);
}

TEST_CASE("the bootstrap's interval") {
  const Metric metric = make_metric("gini");
  std::vector<Contribution> found;
  for (int i = 0; i < 40; ++i) found.push_back({i % 2 == 0 ? 1.0 : 0.0});
  found.emplace_back();
  const MetricResult result = summarize(metric, found);
  CHECK(result.value == 0.5);
  CHECK(result.pictures == 40);
  // The binomial's standard deviation is 0.079.
  CHECK(result.low == Approx(0.5 - 1.96 * 0.079).margin(0.03));
  CHECK(result.high == Approx(0.5 + 1.96 * 0.079).margin(0.03));
  const ThreadLimit limit(3);
  const MetricResult again = summarize(metric, found);
  CHECK(again.low == result.low);
  CHECK(again.high == result.high);
  CHECK(summarize(metric, found, {.seed = 1}).pictures == 40);
  const MetricResult sure = summarize(metric, std::vector<Contribution>(5, {0.25}));
  CHECK(sure.low == 0.25);
  CHECK(sure.high == 0.25);
  CHECK(std::isnan(summarize(metric, std::vector<Contribution>(5)).value));
  CHECK_THROWS_AS(summarize(metric, found, {.resamples = 0}), ArgumentError);
  CHECK_THROWS_AS(summarize(metric, found, {.confidence = 1.0}), ArgumentError);
}

TEST_CASE("Gini coefficient and entropy") {
  CHECK(gini(tensor({2, 2}, {0, 0, 0, 1})) == 0.75);
  CHECK(gini(Tensor({2, 2}, 3.0F)) == Approx(0.0).margin(1e-12));
  CHECK(gini(tensor({1, 2}, {-1, 3})) == Approx(0.25));
  CHECK(gini(Tensor({2, 2})) == 0.0);
  CHECK(entropy(Tensor({2, 2}, 0.3F)) == Approx(std::log(4.0)));
  CHECK(entropy(tensor({2, 2}, {0, 0, 0, 1})) == 0.0);
  CHECK(entropy(Tensor({2, 2})) == 0.0);
}

TEST_CASE("SSIM: 1 for the same map, less the more they differ") {
  const Tensor map = random_map();
  CHECK(structural_similarity(map, map) == Approx(1.0));
  Tensor near = map;
  Random random(9);
  for (float& value : near.mutable_data()) value = 0.9F * value + 0.1F * random.uniform();
  const double close = structural_similarity(map, near);
  CHECK(close < 1.0);
  CHECK(close > 0.8);
  CHECK(structural_similarity(map, inverted(map)) < 0.0);
  // Of constants only the luminance term is left.
  const double luminance = (2.0 * 0.2 * 0.6 + 1e-4) / (0.04 + 0.36 + 1e-4);
  CHECK(structural_similarity(Tensor({16, 16}, 0.2F), Tensor({16, 16}, 0.6F)) ==
        Approx(luminance).epsilon(1e-5));
  CHECK(structural_similarity(Tensor({3, 3}, 0.2F), Tensor({3, 3}, 0.2F)) == Approx(1.0));
  CHECK_THROWS_AS(structural_similarity(map, Tensor({2, 2})), ShapeError);
}

TEST_CASE("randomising touches the named layers alone and never the network itself") {
  const Network network = gap_network();
  const std::vector<std::string> layers = weight_layers(network);
  CHECK(layers == std::vector<std::string>{"fc", "conv2", "conv1"});
  const std::vector<float> before = values(network.node(network.find("conv2.weight")).parameter);
  const std::vector<std::string> middle{"conv2"};
  const Network changed = randomized(network, middle, 0);
  CHECK(values(network.node(network.find("conv2.weight")).parameter) == before);
  CHECK(values(changed.node(network.find("conv2.weight")).parameter) != before);
  CHECK(values(changed.node(network.find("conv2.bias")).parameter) ==
        std::vector<float>(kFeatures, 0.0F));
  for (const char* name : {"conv1.weight", "conv1.bias", "fc.weight", "fc.bias"}) {
    CHECK(values(changed.node(network.find(name)).parameter) ==
          values(network.node(network.find(name)).parameter));
  }
  // A layer's numbers are its own, whatever else is randomised.
  const Network all = randomized(network, layers, 0);
  CHECK(values(all.node(network.find("conv2.weight")).parameter) ==
        values(changed.node(network.find("conv2.weight")).parameter));
  CHECK(values(randomized(network, middle, 1).node(network.find("conv2.weight")).parameter) !=
        values(changed.node(network.find("conv2.weight")).parameter));
  const std::vector<std::string> unknown{"conv9"};
  CHECK_THROWS_AS(randomized(network, unknown, 0), LookupError);
}

TEST_CASE("a method that ignores the network fails the sanity checks, Grad-CAM does not") {
  const Network network = gap_network();
  const MetricSample sample = gap_sample(network);
  const std::vector<MeasuredMap> maps{measured(sample, std::make_shared<const PictureItself>()),
                                      measured(sample, std::make_shared<const GradCam>())};
  for (const Randomization randomization :
       {Randomization::kCascading, Randomization::kIndependent}) {
    const auto layers = sanity_check(sample, maps, {.randomization = randomization});
    REQUIRE(layers.size() == 2);
    REQUIRE(layers[0].size() == 3);
    for (const MapSimilarity& layer : layers[0]) {
      CHECK(layer.rank == Approx(1.0));
      CHECK(layer.absolute_rank == Approx(1.0));
      CHECK(layer.structure == Approx(1.0));
    }
    const std::vector<Contribution> blind{as_contribution(layers[0])};
    const std::vector<Contribution> seeing{as_contribution(layers[1])};
    CHECK(sanity_summary(blind, std::vector<double>{1.0}) == Approx(1.0));
    CHECK_FALSE(sanity_verdict(blind).passes);
    CHECK(sanity_summary(seeing, std::vector<double>{1.0}) < 0.9);
    CHECK(sanity_verdict(seeing).upper_half < sanity_verdict(blind).upper_half);
  }
}

TEST_CASE("a verdict, by hand") {
  // Four layers; the upper two count. Two pictures.
  const Contribution one{0.5, 0.4, 0.2, 0.3, 0.6, 0.4, 1, 1, 1, 1, 1, 1};
  const Contribution other{0.1, 0.0, 0.2, -0.1, 0.2, 0.0, 1, 1, 1, 1, 1, 1};
  const SanityVerdict verdict = sanity_verdict(std::vector<Contribution>{one, other});
  REQUIRE(verdict.layers.size() == 4);
  CHECK(verdict.layers[1].rank == Approx(0.1));
  CHECK(verdict.layers[1].absolute_rank == Approx(0.4));
  CHECK(verdict.layers[1].structure == Approx(0.2));
  CHECK(verdict.upper_half == Approx((0.3 + 0.1) / 2.0));
  CHECK(verdict.passes);
  CHECK(sanity_summary(std::vector<Contribution>{one, other}, std::vector<double>{1, 1}) ==
        Approx((3.0 / 4.0 + 2.2 / 4.0) / 2.0));
  CHECK_THROWS_AS(sanity_verdict({}), ArgumentError);
}

TEST_CASE("every metric measures every kind of map") {
  const Network network = gap_network();
  MetricSample sample = gap_sample(network);
  sample.truth.boxes = {{2, 3, 9, 12}};
  const std::vector<MeasuredMap> maps{measured(sample, std::make_shared<const GradCam>()),
                                      measured(sample, std::make_shared<const Saliency>())};
  std::set<std::string> names;
  for (const std::string& name : metric_names()) {
    INFO(name);
    CHECK(names.insert(name).second);
    CHECK_FALSE(metric_info(name).summary.empty());
    CHECK_FALSE(metric_info(name).paper.empty());
    const Metric metric = make_metric(name);
    const std::vector<Contribution> found = metric.measure(sample, maps);
    REQUIRE(found.size() == 2);
    for (const Contribution& contribution : found) {
      for (const double value : contribution) CHECK(std::isfinite(value));
      if (name != "completeness") CHECK_FALSE(contribution.empty());
    }
  }
}

TEST_CASE("options of metrics are checked by name and value") {
  CHECK_THROWS_WITH(make_metric("deletoin"), Catch::Contains("\"deletion\""));
  CHECK_THROWS_WITH(make_metric("deletion", {{"fil", "zero"}}), Catch::Contains("\"fill\""));
  CHECK_THROWS_WITH(make_metric("deletion", {{"fill", "gray"}}), Catch::Contains("\"grey\""));
  CHECK_THROWS_AS(make_metric("deletion", {{"pixels", "-1"}}), ArgumentError);
  CHECK_THROWS_AS(make_metric("gini", {{"seed", "1"}}), LookupError);
  CHECK_THROWS_WITH(make_metric("box-iou", {{"convention", "gradcam"}}),
                    Catch::Contains("\"grad-cam\""));
}
