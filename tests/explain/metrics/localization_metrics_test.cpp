// Where maps lie: points, masses, ranks, boxes by every convention, figures over thresholds.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "explain/components.h"
#include "explain/metrics/box_conventions.h"
#include "explain/metrics/localization.h"
#include "explain/metrics/registry.h"
#include "explain/metrics/threshold_metrics.h"
#include "tests/explain/metrics/planted.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// A mask as it looks: '#' is set.
std::vector<char> drawn(const std::string& rows) {
  std::vector<char> mask;
  for (const char c : rows) mask.push_back(c == '#' ? 1 : 0);
  return mask;
}

Tensor map_of(const std::vector<char>& mask, std::int64_t height, std::int64_t width) {
  Tensor map({height, width});
  for (std::size_t i = 0; i < mask.size(); ++i) map.mutable_data()[i] = mask[i] != 0 ? 1.0F : 0.0F;
  return map;
}

/// A bright square on a dark ground of 100x100.
std::vector<std::uint8_t> square_heat(std::int64_t begin, std::int64_t end) {
  std::vector<std::uint8_t> heat(10000, 0);
  for (std::int64_t y = begin; y < end; ++y) {
    for (std::int64_t x = begin; x < end; ++x) heat[static_cast<std::size_t>(y * 100 + x)] = 255;
  }
  return heat;
}

double measure_one(const std::string& name, const MetricSample& sample, const MeasuredMap& map,
                   const OptionValues& options = {}) {
  const Metric metric = make_metric(name, options);
  return summarize(metric, metric.measure(sample, {&map, 1})).value;
}

}  // namespace

TEST_CASE("the pointing game counts maxima within the tolerance of the object") {
  Tensor map({1, 20});
  map.mutable_data()[0] = 1.0F;
  const auto object_at = [](std::size_t x) {
    Tensor mask({1, 20});
    mask.mutable_data()[x] = 1.0F;
    return mask;
  };
  CHECK(points_near(map, object_at(14)));
  CHECK_FALSE(points_near(map, object_at(15)));
  CHECK(points_near(map, object_at(0), 0.0));
  CHECK(points_near(map, object_at(0), 1.0));
  CHECK_FALSE(points_near(map, object_at(1), 1.0));
  CHECK_FALSE(points_near(Tensor({1, 20}), object_at(0)));
  CHECK_FALSE(points_near(map, Tensor({1, 20})));
  CHECK_THROWS_AS(points_near(map, Tensor({20})), ShapeError);
}

TEST_CASE("mass, rank and ROC of a small map, by hand") {
  const Tensor map = tensor({2, 2}, {0.4F, 0.3F, 0.2F, 0.1F});
  const Tensor mask = tensor({2, 2}, {1, 0, 1, 0});
  CHECK(energy_inside(map, mask) == Approx(0.6));
  CHECK_FALSE(energy_inside(Tensor({2, 2}), mask));
  CHECK_THROWS_AS(energy_inside(map, Tensor({2, 1})), ShapeError);
  CHECK(rank_accuracy(map, mask) == 0.5);
  CHECK_THROWS_AS(rank_accuracy(map, Tensor({2, 2})), ArgumentError);
  // Of the four pairs (in, out) three are in order.
  CHECK(roc_auc(map, mask) == 0.75);
  CHECK(roc_auc(mask, mask) == 1.0);
  CHECK(roc_auc(inverted(mask), mask) == 0.0);
  CHECK(roc_auc(Tensor({2, 2}, 0.3F), mask) == 0.5);
  CHECK_FALSE(roc_auc(map, Tensor({2, 2})));
  CHECK_FALSE(roc_auc(map, Tensor({2, 2}, 1.0F)));
  CHECK(values(box_mask(std::vector<Box>{{1, 0, 9, 1}, {-3, 1, 1, 2}}, 2, 2)) ==
        std::vector<float>{0, 1, 1, 0});
}

TEST_CASE("components, their outlines and those of their holes") {
  const std::vector<char> ring = drawn(
      "#####."
      "#...#."
      "#...#."
      "#...#."
      "#####.");
  const std::vector<Component> components = connected_components(ring, 5, 6, Connectivity::kEight);
  REQUIRE(components.size() == 1);
  CHECK(components[0].pixels == 16);
  CHECK(components[0].touches_border);
  CHECK(outline_boxes(ring, 5, 6) == std::vector<Box>{{0, 0, 5, 5}, {0, 0, 5, 5}});
  CHECK(outline_area(ring, 6, components[0]) == 16.0);

  const std::vector<char> shapes = drawn(
      "###.#."
      "###..#"
      "###.#."
      "......"
      "######");
  const std::vector<Component> parts = connected_components(shapes, 5, 6, Connectivity::kEight);
  REQUIRE(parts.size() == 3);
  CHECK(outline_area(shapes, 6, parts[0]) == 4.0);
  CHECK(outline_area(shapes, 6, parts[1]) == 0.0);
  CHECK(outline_area(shapes, 6, parts[2]) == 0.0);
  CHECK(connected_components(shapes, 5, 6, Connectivity::kFour).size() == 5);
  const std::vector<char> corner = drawn("#.##");
  CHECK(outline_area(corner, 2, connected_components(corner, 2, 2, Connectivity::kEight)[0]) ==
        0.5);
  CHECK_THROWS_AS(connected_components(ring, 5, 5, Connectivity::kEight), ShapeError);
}

TEST_CASE("an outline's area leaves out what others have in its box") {
  const std::vector<char> nested = drawn(
      "#####"
      "#...."
      "#.##."
      "#.##."
      "#....");
  const auto parts = connected_components(nested, 5, 5, Connectivity::kEight);
  REQUIRE(parts.size() == 2);
  CHECK(outline_area(nested, 5, parts[0]) == 0.5);
  CHECK(outline_area(nested, 5, parts[1]) == 1.0);
}

TEST_CASE("the distance transform is exact") {
  constexpr std::int64_t kHeight = 9;
  constexpr std::int64_t kWidth = 13;
  Random random(2);
  std::vector<char> mask(kHeight * kWidth);
  for (char& one : mask) one = random.chance(0.85F) ? 1 : 0;
  mask[40] = 0;
  const std::vector<double> distances = squared_distances(mask, kHeight, kWidth);
  for (std::int64_t i = 0; i < kHeight * kWidth; ++i) {
    double nearest = INFINITY;
    for (std::int64_t k = 0; k < kHeight * kWidth; ++k) {
      if (mask[static_cast<std::size_t>(k)] != 0) continue;
      const auto dy = static_cast<double>(i / kWidth - k / kWidth);
      const auto dx = static_cast<double>(i % kWidth - k % kWidth);
      nearest = std::min(nearest, dy * dy + dx * dx);
    }
    CHECK(distances[static_cast<std::size_t>(i)] == nearest);
  }
  CHECK(squared_distances(std::vector<char>{1, 1}, 1, 2) ==
        std::vector<double>{INFINITY, INFINITY});
}

TEST_CASE("the CAM program's boxes: three thresholds, a margin, and a loop that skips") {
  // All three thresholds find the same box; of two that overlap one is passed over.
  CHECK(cam_code_boxes(square_heat(40, 60), 100, 100) ==
        std::vector<Box>{{40, 40, 60, 60}, {40, 40, 60, 60}});
  CHECK(cam_code_boxes(square_heat(85, 100), 100, 100).front() == Box{85, 85, 95, 95});
  CHECK(cam_code_boxes(square_heat(0, 0), 100, 100).empty());
  CHECK(cam_code_boxes(square_heat(0, 100), 100, 100).front() == Box{0, 0, 95, 95});
  // What is above 20 but not above 100 belongs to the first threshold alone.
  std::vector<std::uint8_t> nested = square_heat(40, 50);
  for (std::int64_t y = 30; y < 70; ++y) {
    for (std::int64_t x = 20; x < 80; ++x) {
      std::uint8_t& heat = nested[static_cast<std::size_t>(y * 100 + x)];
      heat = std::max<std::uint8_t>(heat, 60);
    }
  }
  const std::vector<Box> boxes = cam_code_boxes(nested, 100, 100);
  REQUIRE(boxes.size() >= 2);
  CHECK(boxes[0] == Box{20, 30, 80, 70});
  CHECK(boxes[1] == Box{40, 40, 50, 50});
  CHECK(cam_code_boxes(Tensor({10, 10})).empty());
  CHECK_THROWS_AS(cam_code_boxes(Tensor({10})), ShapeError);
}

TEST_CASE("MaxBoxAcc's boxes: above the threshold, the widest outline first") {
  const Tensor block = map_of(drawn("......"
                                    ".###.."
                                    ".###.."
                                    ".###.."
                                    "......"
                                    "......"),
                              6, 6);
  CHECK(threshold_boxes(block, 0.5) == std::vector<Box>{{1, 1, 5, 5}});
  CHECK(threshold_boxes(block, 0.0).front() == Box{1, 1, 5, 5});
  const Tensor two = map_of(drawn("######"
                                  "......"
                                  "...##."
                                  "...##."),
                            4, 6);
  CHECK(threshold_boxes(two, 0.5) == std::vector<Box>{{3, 2, 6, 4}, {0, 0, 6, 2}});
  CHECK(threshold_boxes(Tensor({4, 4}), 0.2).empty());
  CHECK_THROWS_AS(threshold_boxes(Tensor({2, 2}, 1.5F), 0.2), ArgumentError);
}

TEST_CASE("every convention leaves out what lies at its threshold") {
  const auto box_of = [](const Tensor& map, BoxConvention convention) {
    return convention_boxes(map, convention).front();
  };
  // 20 % and 15 % of the maximum, exactly, then a little more.
  CHECK(box_of(tensor({1, 4}, {5, 1, 1, 0}), BoxConvention::kCam) == Box{0, 0, 1, 1});
  CHECK(box_of(tensor({1, 4}, {255, 51, 52, 0}), BoxConvention::kCam) == Box{0, 0, 1, 1});
  CHECK(box_of(tensor({1, 4}, {255, 52, 51, 0}), BoxConvention::kCam) == Box{0, 0, 2, 1});
  CHECK(box_of(tensor({1, 4}, {20, 3, 3, 0}), BoxConvention::kGradCam) == Box{0, 0, 1, 1});
  CHECK(box_of(tensor({1, 4}, {20, 3.01F, 3, 0}), BoxConvention::kGradCam) == Box{0, 0, 2, 1});
  // In 8 bits: 20 % of 255 is 51. Boxes include their end.
  const auto bits = [](float level) { return (level + 0.5F) / 255.0F; };
  CHECK(box_of(tensor({2, 6}, {bits(254.5F), bits(51), 0, 0, 0, 0,  //
                               bits(51), bits(51), 0, 0, 0, 0}),
               BoxConvention::kMaxBox) == Box{0, 0, 2, 2});
  CHECK(box_of(tensor({2, 6}, {bits(254.5F), bits(52), 0, 0, 0, 0,  //
                               bits(52), bits(52), 0, 0, 0, 0}),
               BoxConvention::kMaxBox) == Box{0, 0, 3, 2});
  // 20 of 255 around a square is background, 21 belongs to it.
  const auto framed = [](std::uint8_t level) {
    std::vector<std::uint8_t> heat = square_heat(40, 60);
    for (std::int64_t y = 30; y < 70; ++y) {
      for (std::int64_t x = 30; x < 70; ++x) {
        std::uint8_t& value = heat[static_cast<std::size_t>(y * 100 + x)];
        value = std::max(value, level);
      }
    }
    return cam_code_boxes(heat, 100, 100).front();
  };
  CHECK(framed(20) == Box{40, 40, 60, 60});
  CHECK(framed(21) == Box{30, 30, 70, 70});
}

TEST_CASE("the conventions take their own share of the maximum") {
  // Levels 1, 0.18 and 0.1, one beside the other.
  const Tensor steps = tensor({1, 6}, {0, 1, 1, 0.18F, 0.1F, 0});
  CHECK(convention_boxes(steps, BoxConvention::kCam) == std::vector<Box>{{1, 0, 3, 1}});
  CHECK(convention_boxes(steps, BoxConvention::kGradCam) == std::vector<Box>{{1, 0, 4, 1}});
  CHECK(convention_boxes(steps, BoxConvention::kMaxBox, 0.05).front() == Box{1, 0, 6, 1});
  CHECK(convention_boxes(Tensor({2, 2}), BoxConvention::kCam).empty());
}

TEST_CASE("MaxBoxAcc takes the best threshold of the whole data set") {
  Contribution low(100, 0.0);
  Contribution high(100, 0.0);
  std::fill(low.begin(), low.begin() + 50, 1.0);
  std::fill(high.begin() + 50, high.end(), 1.0);
  const std::vector<double> once{1.0, 1.0};
  CHECK(max_box_accuracy(std::vector<Contribution>{low, high}, once) == 0.5);
  CHECK(max_box_accuracy(std::vector<Contribution>{low, low}, once) == 1.0);
  CHECK(max_box_accuracy(std::vector<Contribution>{low, high}, std::vector<double>{3, 1}) == 0.75);
  const std::vector<Box> truth{kPlanted};
  CHECK(box_hits(planted_mask(), truth, {}) == Contribution(100, 1.0));
  CHECK(box_hits(planted_mask(), truth, max_box_v2()) == Contribution(300, 1.0));
  CHECK(box_hits(Tensor({kSide, kSide}), truth, {}) == Contribution(100, 0.0));
}

TEST_CASE("PxAP by hand") {
  const Tensor map = tensor({1, 4}, {0.9F, 0.8F, 0.7F, 0.1F});
  const Tensor mask = tensor({1, 4}, {1, 0, 1, 0});
  const auto precision = [](const Tensor& levels, const Tensor& truth) {
    return pixel_average_precision(std::vector<Contribution>{pixel_histograms(levels, truth)},
                                   std::vector<double>{1.0});
  };
  CHECK(precision(map, mask) == Approx(0.5 + 0.5 * 2.0 / 3.0));
  CHECK(precision(mask, mask) == 1.0);
  CHECK(precision(Tensor({1, 4}), mask) == 0.5);
  CHECK(precision(map, Tensor({1, 4})) == 0.0);
  CHECK_THROWS_AS(pixel_histograms(tensor({1, 1}, {NAN}), Tensor({1, 1})), ArgumentError);
  CHECK_THROWS_AS(pixel_histograms(map, Tensor({4})), ShapeError);
}

TEST_CASE("every figure of place prefers the planted square to chance, and chance to the rest") {
  const Network network = planted_network();
  const MetricSample sample = planted_sample(network);
  const MeasuredMap right = map_with(sample, planted_mask());
  const MeasuredMap any = map_with(sample, random_map());
  const MeasuredMap wrong = map_with(sample, inverted(planted_mask()));
  for (const char* name :
       {"energy-pointing", "relevance-mass", "relevance-rank", "roc-auc", "pxap"}) {
    INFO(name);
    CHECK(measure_one(name, sample, right) == Approx(1.0));
    CHECK(measure_one(name, sample, any) < 0.8);
    CHECK(measure_one(name, sample, any) > measure_one(name, sample, wrong));
  }
  for (const char* name : {"box-iou", "box-accuracy", "max-box-acc", "max-box-acc-v2"}) {
    INFO(name);
    CHECK(measure_one(name, sample, right) > measure_one(name, sample, wrong));
  }
  CHECK(measure_one("pointing-game", sample, right, {{"tolerance", "0"}}) == 1.0);
  CHECK(measure_one("pointing-game", sample, wrong, {{"tolerance", "0"}}) == 0.0);
}

TEST_CASE("without a truth there is no figure of place") {
  const Network network = planted_network();
  MetricSample sample = planted_sample(network);
  const MeasuredMap map = map_with(sample, random_map());
  sample.truth = {};
  for (const char* name : {"pointing-game", "energy-pointing", "relevance-mass", "relevance-rank",
                           "roc-auc", "box-iou", "box-accuracy", "max-box-acc", "pxap"}) {
    INFO(name);
    CHECK(make_metric(name).measure(sample, {&map, 1}).front().empty());
    CHECK(std::isnan(measure_one(name, sample, map)));
  }
}

TEST_CASE("the pointing game is a mean over classes, not pictures") {
  const Metric metric = make_metric("pointing-game");
  // Three pictures of class 0, all hit, and one of class 7, missed.
  const std::vector<Contribution> found{{1, 0}, {1, 0}, {1, 0}, {0, 7}};
  CHECK(metric.summarize(found, std::vector<double>(4, 1.0)) == 0.5);
  CHECK(metric.summarize(found, std::vector<double>{1, 1, 1, 0}) == 1.0);
}
