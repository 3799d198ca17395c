#include "explain/superpixels.h"

#include <catch2/catch.hpp>
#include <limits>
#include <set>

#include "core/error.h"
#include "core/parallel.h"
#include "explain/coalitions.h"
#include "explain/quickshift.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// How many connected pieces the pixels of one label form.
int pieces_of(const Superpixels& pieces, std::int32_t label) {
  std::vector<char> seen(pieces.labels.size(), 0);
  int count = 0;
  for (std::int64_t start = 0; start < std::ssize(seen); ++start) {
    std::vector<std::int64_t> open{start};
    bool fresh = false;
    while (!open.empty()) {
      const std::int64_t i = open.back();
      open.pop_back();
      const auto at = static_cast<std::size_t>(i);
      if (seen[at] != 0 || pieces.labels[at] != label) continue;
      seen[at] = 1;
      fresh = true;
      if (i % pieces.width > 0) open.push_back(i - 1);
      if (i % pieces.width < pieces.width - 1) open.push_back(i + 1);
      if (i >= pieces.width) open.push_back(i - pieces.width);
      if (i + pieces.width < std::ssize(seen)) open.push_back(i + pieces.width);
    }
    count += fresh ? 1 : 0;
  }
  return count;
}

/// Left half dark, right half bright, with a little noise.
Tensor two_halves(std::int64_t height, std::int64_t width) {
  Tensor picture = random_tensor({1, 3, height, width}, 5);
  for (std::size_t i = 0; i < picture.data().size(); ++i) {
    const bool right = static_cast<std::int64_t>(i) % width >= width / 2;
    float& value = picture.mutable_data()[i];
    value = (right ? 1.0F : -1.0F) + 0.02F * value;
  }
  return picture;
}

}  // namespace

TEST_CASE("superpixels cover the picture with connected pieces of about the number asked for") {
  for (const std::int64_t segments : {1, 10, 60}) {
    const Superpixels pieces = slic(waves({1, 3, 48, 64}), {.segments = segments});
    REQUIRE(pieces.labels.size() == 48 * 64);
    const std::set<std::int32_t> labels(pieces.labels.begin(), pieces.labels.end());
    CHECK(*labels.begin() == 0);
    CHECK(*labels.rbegin() == pieces.count - 1);
    CHECK(std::ssize(labels) == pieces.count);
    CHECK(pieces.count >= (segments + 1) / 2);
    CHECK(pieces.count <= 2 * segments);
    for (const std::int32_t label : labels) CHECK(pieces_of(pieces, label) == 1);
  }
}

TEST_CASE("superpixels follow colours") {
  const Superpixels pieces = slic(two_halves(40, 60), {.segments = 30});
  std::set<std::int32_t> left;
  std::set<std::int32_t> right;
  for (std::size_t i = 0; i < pieces.labels.size(); ++i) {
    (i % 60 < 30 ? left : right).insert(pieces.labels[i]);
  }
  for (const std::int32_t label : left) CHECK(right.count(label) == 0);
}

TEST_CASE("superpixels do not depend on units or threads") {
  const Tensor picture = random_tensor({1, 3, 50, 70}, 8);
  const Superpixels usual = slic(picture);
  Tensor bytes = picture;
  for (float& value : bytes.mutable_data()) value = value * 64.0F;
  CHECK(slic(bytes).labels == usual.labels);
  for (const int threads : {1, 5}) {
    const ThreadLimit limit(threads);
    CHECK(slic(picture).labels == usual.labels);
  }
}

TEST_CASE("superpixels of pictures that have little to tell") {
  const Superpixels flat = slic(Tensor({1, 3, 20, 20}, 4.0F), {.segments = 4});
  CHECK(flat.count == 4);
  CHECK(slic(Tensor({1, 1, 1, 1})).count == 1);
  CHECK(slic(Tensor({1, 1, 1, 9}), {.segments = 3}).count >= 3);
  CHECK(slic(random_tensor({1, 1, 4, 4}, 1), {.segments = 1'000'000'000}).count == 16);
  Tensor broken({1, 3, 20, 20});
  broken.mutable_data()[7] = std::numeric_limits<float>::quiet_NaN();
  broken.mutable_data()[9] = std::numeric_limits<float>::infinity();
  CHECK(slic(broken, {.segments = 4}).count >= 1);
  CHECK_THROWS_AS(slic(Tensor({3, 4, 4})), ShapeError);
  CHECK_THROWS_AS(slic(Tensor({1, 3, 0, 4})), ShapeError);
  CHECK_THROWS_AS(slic(Tensor({1, 3, 4, 4}), {.segments = 0}), ArgumentError);
  CHECK_THROWS_AS(slic(Tensor({1, 3, 4, 4}), {.compactness = 0.0}), ArgumentError);
}

TEST_CASE("quickshift covers the picture with connected pieces that follow colours") {
  const Superpixels pieces = quickshift(random_tensor({1, 3, 30, 40}, 2), {.kernel = 2.0});
  REQUIRE(pieces.labels.size() == 30 * 40);
  const std::set<std::int32_t> labels(pieces.labels.begin(), pieces.labels.end());
  CHECK(*labels.begin() == 0);
  CHECK(std::ssize(labels) == pieces.count);
  CHECK(pieces.count > 1);
  CHECK(pieces.count < 600);
  for (const std::int32_t label : labels) CHECK(pieces_of(pieces, label) == 1);
  const Superpixels halves = quickshift(two_halves(24, 36), {.ratio = 1.0});
  std::set<std::int32_t> left;
  std::set<std::int32_t> right;
  for (std::size_t i = 0; i < halves.labels.size(); ++i) {
    (i % 36 < 18 ? left : right).insert(halves.labels[i]);
  }
  for (const std::int32_t label : left) CHECK(right.count(label) == 0);
}

TEST_CASE("quickshift links pixels up to the densest one near") {
  // On a line of one colour density falls off towards the ends, but for the middle's plateau, on
  // which links go left, so all is one piece; a distance below that of neighbours links nothing.
  const Tensor line({1, 1, 1, 9}, 1.0F);
  CHECK(quickshift(line).count == 1);
  CHECK(quickshift(line, {.distance = 0.5}).count == 9);
  // Two colours 100 apart are linked only where the ratio lets colours count little.
  Tensor step({1, 1, 1, 8});
  for (std::size_t i = 4; i < 8; ++i) step.mutable_data()[i] = 5.0F;
  CHECK(quickshift(step, {.distance = 10.0, .ratio = 1.0}).count == 2);
  CHECK(quickshift(step, {.distance = 10.0, .ratio = 0.001}).count == 1);
}

TEST_CASE("quickshift by any threads, and of pictures that have little to tell") {
  const Tensor picture = random_tensor({1, 3, 20, 30}, 8);
  const Superpixels usual = quickshift(picture);
  for (const int threads : {1, 5}) {
    const ThreadLimit limit(threads);
    CHECK(quickshift(picture).labels == usual.labels);
  }
  CHECK(quickshift(Tensor({1, 1, 1, 1})).count == 1);
  CHECK(quickshift(Tensor({1, 3, 4, 4}, NAN)).count >= 1);
  CHECK_THROWS_AS(quickshift(Tensor({3, 4, 4})), ShapeError);
  CHECK_THROWS_AS(quickshift(picture, {.kernel = 0.0}), ArgumentError);
  CHECK_THROWS_AS(quickshift(picture, {.kernel = 1e9}), ArgumentError);
  CHECK_THROWS_AS(quickshift(picture, {.ratio = 0.0}), ArgumentError);
}

TEST_CASE("labels become connected pieces") {
  const Superpixels pieces = connected_pieces({0, 0, 1, 1, 0, 0, 1, 1, 7}, 3, 3, 0);
  CHECK(pieces.labels == std::vector<std::int32_t>{0, 0, 1, 2, 0, 0, 2, 2, 3});
  CHECK(pieces.count == 4);
  CHECK_THROWS_AS(connected_pieces({0, 0}, 3, 3, 0), ShapeError);
}

TEST_CASE("a value per piece is painted on its pixels") {
  const Superpixels pieces{.height = 2, .width = 2, .count = 2, .labels = {0, 1, 1, 0}};
  CHECK(values(paint(pieces, std::vector<double>{3.0, -1.0})) == std::vector<float>{3, -1, -1, 3});
  CHECK_THROWS_AS(paint(pieces, std::vector<double>{1.0}), ShapeError);
}

TEST_CASE("coalitions show the kept pieces and the background elsewhere") {
  const Superpixels pieces{.height = 1, .width = 4, .count = 2, .labels = {0, 0, 1, 1}};
  const Tensor picture = tensor({1, 1, 1, 4}, {1, 3, 10, 30});
  const Tensor own = piece_background(picture, pieces, {.own_mean = true});
  CHECK(values(own) == std::vector<float>{2, 2, 20, 20});
  const auto weigh = [](const Tensor& pictures) {
    Tensor scores({pictures.dim(0), 1});
    for (std::size_t n = 0; n < scores.data().size(); ++n) {
      const auto p = pictures.data().subspan(4 * n, 4);
      scores.mutable_data()[n] = p[0] + 10.0F * p[1] + 100.0F * p[2] + 1000.0F * p[3];
    }
    return scores;
  };
  const std::vector<Coalition> coalitions{{1, 1}, {1, 0}, {0, 1}, {0, 0}};
  CHECK(score_coalitions(weigh, picture, own, pieces, coalitions, {.index = 0}, {.batch = 3}) ==
        std::vector<double>{31031, 22031, 31022, 22022});
}
