#include "explain/metrics/segmentation.h"

#include <catch2/catch.hpp>
#include <vector>

#include "core/error.h"

using namespace cameo;
using namespace cameo::explain;

namespace {

const std::vector<double> kOnce{1.0};

double iou_of(const std::vector<int>& labels, const std::vector<int>& truth, std::int64_t classes) {
  const std::vector<Contribution> overlaps{class_overlaps(labels, truth, classes)};
  return mean_iou(overlaps, kOnce);
}

}  // namespace

TEST_CASE("mean intersection over union equals hand-worked numbers") {
  const std::vector truth{0, 0, 1, 1, 2, 2};
  CHECK(iou_of(truth, truth, 3) == 1.0);
  // 0: 1 of 2; 1: 1 of 3; 2: 2 of 3, one of which is nobody's in truth.
  const std::vector labels{0, 1, 1, 2, 2, 2};
  CHECK(iou_of(labels, truth, 3) == Approx((1.0 / 2 + 1.0 / 3 + 2.0 / 3) / 3));
  // A pixel without a label misses its class and hurts no other.
  CHECK(iou_of({0, -1, 1, 1, 2, 2}, truth, 3) == Approx((0.5 + 1.0 + 1.0) / 3));
  CHECK(iou_of({0, 0}, {0, -1}, 1) == Approx(0.5));
  // A class that nobody met is left out.
  CHECK(iou_of(truth, truth, 11) == 1.0);
  CHECK(iou_of({-1}, {-1}, 2) == 0.0);
}

TEST_CASE("intersections and unions are added up over pictures before they are divided") {
  const std::vector<Contribution> overlaps{
      class_overlaps(std::vector{0, 0, 0, 0}, std::vector{0, 0, 0, 0}, 1),
      class_overlaps(std::vector{-1}, std::vector{0}, 1)};
  CHECK(mean_iou(overlaps, std::vector{1.0, 1.0}) == Approx(4.0 / 5));
  CHECK(mean_iou(overlaps, std::vector{1.0, 4.0}) == Approx(4.0 / 8));
  CHECK(mean_iou(overlaps, std::vector{0.0, 1.0}) == 0.0);
  CHECK(mean_iou({}, {}) == 0.0);
}

TEST_CASE("labels that do not fit are refused") {
  CHECK_THROWS_AS(class_overlaps(std::vector{0}, std::vector{0, 1}, 2), ShapeError);
  CHECK_THROWS_AS(class_overlaps(std::vector{2}, std::vector{0}, 2), ArgumentError);
  CHECK_THROWS_AS(class_overlaps(std::vector{0}, std::vector{2}, 2), ArgumentError);
}
