#include "layers/fit.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/error.h"
#include "core/ops/gather.h"
#include "core/ops/reshape.h"
#include "core/parallel.h"
#include "core/tape.h"
#include "layers/losses.h"
#include "layers/modules.h"
#include "layers/sgd.h"
#include "toy.h"

using namespace cameo;

namespace {

Examples stripes(const Network& network, std::int64_t step) {
  const toy::Stripes data(60);
  std::vector<std::size_t> indices(12);
  std::iota(indices.begin(), indices.end(), static_cast<std::size_t>(step % 5) * 12);
  Batch batch = data.batch(indices);
  return {.given = {{network.input(), batch.images}}, .labels = batch.labels};
}

/// Tells of five words in a row whether 2 comes before 1.
Network sequence_network() {
  using namespace cameo::layers;
  Builder builder(3);
  const ValueId words = builder.input("words", {1, 5});
  return std::move(builder).finish(
      Sequential()
          .add("embedding", Embedding({.words = 3, .features = 4}))
          .add("steps",
               SingleOp(std::make_shared<ops::Reshape>(ops::ReshapeOptions{.shape = {5, -1, 4}})))
          .add("lstm", Lstm({.hidden = 8}))
          .add("last", SingleOp(std::make_shared<ops::Gather>(
                           ops::GatherOptions{.axis = 0, .indices = {-1}})))
          .add("fc", Linear({.out_features = 2}))
          .build(builder, "", words));
}

}  // namespace

TEST_CASE("fit learns, with the same bits for any number of threads") {
  std::vector<Tensor> expected;
  for (const int threads : {1, 3}) {
    const ThreadLimit limit(threads);
    Network network = toy::conv_network();
    std::vector<double> losses;
    fit(network, [&](std::int64_t step) { return stripes(network, step); },
        {.steps = 40,
         .learning_rate = 0.02,
         .clip_norm = 5.0,
         .on_step = [&](std::int64_t step, double loss) {
           losses.push_back(loss);
           CHECK(step == static_cast<std::int64_t>(losses.size()));
         }});
    CHECK(losses.size() == 40);
    CHECK(losses.back() < 0.2 * losses.front());
    std::vector<Tensor> parameters;
    for (const ValueId id : network.parameters()) parameters.push_back(network.node(id).parameter);
    if (expected.empty()) expected = parameters;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(toy::same_bits(parameters[i], expected[i]));
    }
  }
}

TEST_CASE("fit passes over rows without a label") {
  Network network = toy::linear_network();
  Network part = toy::linear_network();
  const auto all = [&](std::int64_t step) { return stripes(network, step); };
  fit(network, all, {.steps = 1, .optimizer = std::make_unique<Sgd>()});
  fit(part,
      [&](std::int64_t step) {
        Examples examples = stripes(network, step);
        std::fill(examples.labels.begin() + 1, examples.labels.end(), kNoLabel);
        return examples;
      },
      {.steps = 1, .optimizer = std::make_unique<Sgd>()});
  Network single = toy::linear_network();
  fit(single,
      [&](std::int64_t) {
        const Batch batch = toy::Stripes(60).batch(std::vector<std::size_t>{0});
        return Examples{.given = {{single.input(), batch.images}}, .labels = batch.labels};
      },
      {.steps = 1, .optimizer = std::make_unique<Sgd>()});
  for (const ValueId id : single.parameters()) {
    const auto a = single.node(id).parameter.data();
    const auto b = part.node(id).parameter.data();
    for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == Approx(b[i]).margin(1e-6));
  }
  CHECK_FALSE(toy::same_bits(network.node(network.find("1.weight")).parameter,
                             part.node(part.find("1.weight")).parameter));
}

TEST_CASE("fit refuses what makes no sense and stops where the numbers end") {
  Network network = toy::linear_network();
  const auto examples = [&](std::int64_t step) { return stripes(network, step); };
  CHECK_THROWS_AS(fit(network, examples, {.steps = 0}), ArgumentError);
  CHECK_THROWS_AS(fit(network, examples, {.learning_rate = 0.0}), ArgumentError);
  CHECK_THROWS_AS(fit(network, examples, {.clip_norm = -1.0}), ArgumentError);
  const Tensor before = network.node(network.find("1.weight")).parameter;
  const auto broken = [&](std::int64_t step) {
    Examples found = stripes(network, step);
    if (step == 1) {
      for (auto& [id, value] : found.given) {
        value = Tensor(value.shape(), std::numeric_limits<float>::quiet_NaN());
      }
    }
    return found;
  };
  std::int64_t steps = 0;
  CHECK_THROWS_WITH(
      fit(network, broken, {.steps = 3, .on_step = [&](std::int64_t, double) { ++steps; }}),
      Catch::Contains("step 2"));
  CHECK(steps == 1);
  for (const float v : network.node(network.find("1.weight")).parameter.data()) {
    REQUIRE(std::isfinite(v));
  }
}

TEST_CASE("an LSTM learns what only the order of the words tells") {
  Network network = sequence_network();
  const auto examples = [&](std::int64_t step) {
    Random random({9, static_cast<std::uint64_t>(step)});
    Examples found{.given = {}, .labels = {}};
    // One sentence a column: the network reads [T,N].
    constexpr std::int64_t kSentences = 16;
    Tensor words({kSentences, 1, 5});
    std::vector<std::vector<float>> sentences;
    for (std::int64_t n = 0; n < kSentences; ++n) {
      std::vector<float> sentence(5, 0.0F);
      const std::int64_t first = random.below(4);
      const std::int64_t second = first + 1 + random.below(4 - first);
      const bool swapped = random.chance(0.5F);
      sentence[static_cast<std::size_t>(first)] = swapped ? 2.0F : 1.0F;
      sentence[static_cast<std::size_t>(second)] = swapped ? 1.0F : 2.0F;
      found.labels.push_back(swapped ? 1 : 0);
      sentences.push_back(std::move(sentence));
    }
    for (std::size_t t = 0; t < 5; ++t) {
      for (std::size_t n = 0; n < sentences.size(); ++n) {
        words.mutable_data()[t * sentences.size() + n] = sentences[n][t];
      }
    }
    found.given = {{network.input(), words}};
    return found;
  };
  double loss = 1.0;
  fit(network, examples,
      {.steps = 200, .learning_rate = 0.03, .on_step = [&](std::int64_t, double l) { loss = l; }});
  CHECK(loss < 0.05);
}

TEST_CASE("fit minimises a loss of the examples' own") {
  const auto twice = [](const Network& network, std::int64_t step) {
    Examples found = stripes(network, step);
    found.loss = [labels = std::move(found.labels)](const Tensor& output) {
      Loss loss = cross_entropy(output, labels);
      loss.value *= 2.0;
      for (float& slope : loss.gradient.mutable_data()) slope *= 2.0F;
      return loss;
    };
    return found;
  };
  // Half the rate down twice the slope takes the same steps.
  Network usual = toy::conv_network();
  Network own = toy::conv_network();
  std::vector<double> usual_losses;
  std::vector<double> own_losses;
  fit(usual, [&](std::int64_t step) { return stripes(usual, step); },
      {.steps = 3,
       .learning_rate = 0.25,
       .optimizer = std::make_unique<Sgd>(),
       .on_step = [&](std::int64_t, double loss) { usual_losses.push_back(loss); }});
  fit(own, [&](std::int64_t step) { return twice(own, step); },
      {.steps = 3,
       .learning_rate = 0.125,
       .optimizer = std::make_unique<Sgd>(),
       .on_step = [&](std::int64_t, double loss) { own_losses.push_back(loss); }});
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(own_losses.at(i) == Approx(2.0 * usual_losses.at(i)).epsilon(1e-5));
  }
}
