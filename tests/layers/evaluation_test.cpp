#include "layers/evaluation.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"
#include "toy.h"

using cameo::Evaluation;
using cameo::Network;
using cameo::Tensor;
using toy::Stripes;

namespace {

/// Says `bias` whatever it sees.
Network stubborn(const std::vector<float>& bias) {
  const auto classes = static_cast<std::int64_t>(bias.size());
  Network network = toy::build(cameo::layers::Sequential(
      cameo::layers::Flatten(), cameo::layers::Linear({.out_features = classes})));
  network.set_parameter(network.find("1.weight"), Tensor({classes, 36}));
  network.set_parameter(network.find("1.bias"), Tensor({classes}, bias));
  return network;
}

}  // namespace

TEST_CASE("evaluation counts what the network says") {
  const Network network = stubborn({0.0F, std::log(2.0F), 0.0F});
  const Stripes data(7);  // labels 0 1 2 0 1 2 0
  std::vector<std::int64_t> seen;
  const Evaluation result = cameo::evaluate(
      network, data,
      {.batch = 3, .on_progress = [&](std::int64_t done, std::int64_t) { seen.push_back(done); }});
  CHECK(result.count == 7);
  CHECK(result.top1 == Approx(2.0 / 7.0));
  CHECK(result.top5 == 1.0);
  CHECK(result.loss == Approx((5 * std::log(4.0) + 2 * std::log(2.0)) / 7));
  CHECK(result.predictions == std::vector<int>(7, 1));
  CHECK(result.confusion ==
        std::vector<std::vector<std::int64_t>>{{0, 3, 0}, {0, 2, 0}, {0, 2, 0}});
  CHECK(result.per_class[1].accuracy() == 1.0);
  CHECK(result.per_class[0].count == 3);
  CHECK(result.per_class[0].correct == 0);
  CHECK(seen == std::vector<std::int64_t>{3, 6, 7});
}

TEST_CASE("top-5 leaves out the sixth") {
  const Stripes data(2, {"a", "b", "c", "d", "e", "f", "g"});
  const Evaluation result = cameo::evaluate(stubborn({1, 6, 3, 4, 5, 2, 2}), data);
  CHECK(result.top5 == 0.5);
  CHECK(result.top1 == 0.5);
}

TEST_CASE("evaluation accepts logits with a spatial extent of one") {
  using namespace cameo::layers;
  const Network network = toy::build(Sequential(Conv2d({.out_channels = 3}), GlobalAveragePool()));
  CHECK(cameo::evaluate(network, Stripes(6)).count == 6);
  CHECK_THROWS_AS(cameo::as_logits(Tensor({2, 3, 2, 1})), cameo::ShapeError);
}

TEST_CASE("evaluation does not depend on threads or batches") {
  const Network network = toy::conv_network();
  const Stripes data(20);
  const Evaluation reference = cameo::evaluate(network, data);
  for (const int threads : {1, 2, 3}) {
    const cameo::ThreadLimit limit(threads);
    const Evaluation result = cameo::evaluate(network, data);
    CHECK(result.loss == reference.loss);
    CHECK(result.predictions == reference.predictions);
  }
  CHECK(cameo::evaluate(network, data, {.batch = 7}).loss == Approx(reference.loss));
}

TEST_CASE("data that cannot be classified is refused with what would be right") {
  const Network network = toy::linear_network();
  const auto refuse = [&network](const Stripes& data) { cameo::check_classifier(network, data); };
  CHECK_THROWS_WITH(refuse(Stripes(0)), Catch::Contains("empty"));
  CHECK_THROWS_WITH(refuse(Stripes(9, {})),
                    Catch::Contains("no class") && Catch::Contains("at least two"));
  CHECK_THROWS_WITH(refuse(Stripes(9, {"cat"})),
                    Catch::Contains("\"cat\"") && Catch::Contains("at least two"));
  CHECK_THROWS_WITH(refuse(Stripes(9, {"a", "b"})),
                    Catch::Contains("2 classes") && Catch::Contains("3 apart"));
  cameo::Builder builder;
  const cameo::ValueId x = builder.input("input", {3, 6, 6});
  const Network colour = std::move(builder).finish(x);
  CHECK_THROWS_WITH(cameo::check_classifier(colour, Stripes(9)),
                    Catch::Contains("[1,6,6]") && Catch::Contains("[3,6,6]"));
  const Network maps = toy::build(cameo::layers::Sequential(cameo::layers::Relu()));
  CHECK_THROWS_AS(cameo::check_classifier(maps, Stripes(9)), cameo::ArgumentError);
}
