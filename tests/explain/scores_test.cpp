#include "explain/scores.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "core/error.h"
#include "core/parallel.h"
#include "explain/fill.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// The sum and the negative sum of each picture.
Tensor two_sums(const Tensor& pictures) {
  Tensor scores({pictures.dim(0), 2});
  const auto size = static_cast<std::size_t>(pictures.size() / pictures.dim(0));
  for (std::size_t n = 0; n < static_cast<std::size_t>(pictures.dim(0)); ++n) {
    const auto picture = pictures.data().subspan(n * size, size);
    const float total = std::accumulate(picture.begin(), picture.end(), 0.0F);
    scores.mutable_data()[2 * n] = total;
    scores.mutable_data()[2 * n + 1] = -total;
  }
  return scores;
}

void write_index(std::int64_t index, std::span<float> picture) {
  std::fill(picture.begin(), picture.end(), static_cast<float>(index));
}

}  // namespace

TEST_CASE("scores of a network are those of each picture alone, to the bit") {
  const Network network = gap_network();
  const Tensor pictures = random_tensor({5, 3, 16, 16}, 3);
  const ScoreFunction scores = scores_of(network, network.output());
  const Tensor together = scores(pictures);
  REQUIRE(together.shape() == Shape{5, kClasses});
  for (std::size_t n = 0; n < 5; ++n) {
    const Tensor picture({1, 3, 16, 16}, pictures.data().subspan(n * 768, 768));
    const Tensor alone = forward(network, picture).output();
    CHECK(values(alone) == values(Tensor({1, kClasses}, together.data().subspan(n * 5, 5))));
  }
  for (const int threads : {1, 7}) {
    const ThreadLimit limit(threads);
    CHECK(values(scores(pictures)) == values(together));
  }
  CHECK_THROWS_AS(scores(Tensor({3, 16, 16})), ShapeError);
  CHECK_THROWS_AS(scores(Tensor({1, 4, 16, 16})), ShapeError);
}

TEST_CASE("scores from a layer on are those of the picture") {
  const Network network = gap_network();
  const ValueId layer = network.find("pool");
  const Tape tape = forward(network, gap_picture(), {.keep = {layer, network.output()}});
  const Tensor scores = scores_from_layer(tape, layer, network.output())(tape.value(layer));
  CHECK(values(scores) == values(tape.output()));
}

TEST_CASE("pictures are scored in order, whatever the batch, and progress is told") {
  const Target target{.index = 0};
  for (const std::int64_t batch : {1, 3, 7, 100}) {
    std::vector<std::int64_t> told;
    const auto progress = [&](std::int64_t done, std::int64_t total) {
      CHECK(total == 7);
      told.push_back(done);
    };
    const auto result = score_pictures(two_sums, {1, 1, 2, 2}, 7, write_index, target,
                                       {.batch = batch, .progress = progress});
    CHECK(result == std::vector<double>{0, 4, 8, 12, 16, 20, 24});
    CHECK(static_cast<std::int64_t>(told.size()) == (7 + batch - 1) / batch);
    CHECK(told.back() == 7);
  }
  CHECK_THROWS_AS(score_pictures(two_sums, {1, 1, 2, 2}, 7, write_index, target, {.batch = 0}),
                  ArgumentError);
  const auto one_short = [](const Tensor& pictures) { return Tensor({pictures.dim(0) - 1, 2}); };
  CHECK_THROWS_AS(score_pictures(one_short, {1, 1, 2, 2}, 7, write_index, target, {}), ShapeError);
}

TEST_CASE("a softmax, of large values too, and of none") {
  const std::vector<double> shares = softmax({1000.0, 1000.0 + std::log(3.0)});
  REQUIRE(shares.size() == 2);
  CHECK(shares[0] == Approx(0.25));
  CHECK(shares[1] == Approx(0.75));
  CHECK(softmax({}).empty());
}

TEST_CASE("a row is read as a score, a difference or a probability") {
  const std::vector<float> row{1.0F, 3.0F, 1.0F};
  CHECK(score_in_row(row, {.index = 1}, Output::kLogit) == 3.0);
  CHECK(score_in_row(row, {.index = 0, .against = 1}, Output::kLogit) == -2.0);
  const double share = 1.0 / (1.0 + 2.0 * std::exp(-2.0));
  CHECK(score_in_row(row, {.index = 1}, Output::kProbability) == Approx(share));
  CHECK(score_in_row(row, {.index = 1, .against = 2}, Output::kProbability) ==
        Approx(share - (1.0 - share) / 2.0));
  CHECK(score_in_row(std::vector<float>{1000.0F, 0.0F}, {.index = 0}, Output::kProbability) == 1.0);
  CHECK_THROWS_AS(score_in_row(row, {.index = 3}, Output::kLogit), ArgumentError);
  CHECK_THROWS_AS(score_in_row(row, {.index = -1}, Output::kLogit), ArgumentError);
  CHECK_THROWS_AS(score_in_row(row, {.index = 0, .against = 9}, Output::kLogit), ArgumentError);
  CHECK(find_output("probability") == Output::kProbability);
  CHECK_THROWS_WITH(find_output("probabilty"), Catch::Contains("\"probability\""));
}

TEST_CASE("fills: zero, half-way, mean and blurred") {
  const Tensor picture = tensor({1, 2, 1, 4}, {0, 0, 0, 8, -1, 1, 1, 3});
  CHECK(values(fill_picture(picture, Fill::kZero)) == std::vector<float>(8, 0.0F));
  CHECK(values(fill_picture(picture, Fill::kGrey)) == std::vector<float>{4, 4, 4, 4, 1, 1, 1, 1});
  CHECK(values(fill_picture(picture, Fill::kMean)) == std::vector<float>{2, 2, 2, 2, 1, 1, 1, 1});
  CHECK(distance(fill_picture(Tensor({1, 1, 30, 40}, 3.0F), Fill::kBlur),
                 Tensor({1, 1, 30, 40}, 3.0F)) < 1e-6);
  Tensor point({1, 1, 41, 41});
  point.mutable_data()[20 * 41 + 20] = 1.0F;
  const Tensor blurred = fill_picture(point, Fill::kBlur);
  CHECK(std::accumulate(blurred.data().begin(), blurred.data().end(), 0.0) == Approx(1.0));
  const double sigma = 41.0 / 20.0;
  CHECK(blurred.data()[20 * 41 + 22] / blurred.data()[20 * 41 + 20] ==
        Approx(std::exp(-2.0 / (sigma * sigma))));
  CHECK(blurred.data()[22 * 41 + 20] == blurred.data()[20 * 41 + 22]);
  CHECK_THROWS_WITH(find_fill("gray"), Catch::Contains("\"grey\""));
}
