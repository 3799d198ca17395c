#include "explain/display.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

Explanation explanation_of(const Tensor& map, const Tensor& signed_map) {
  Explanation explanation;
  explanation.kind = map.rank() == 3 ? MapKind::kPixel : MapKind::kLayer;
  explanation.map = map;
  explanation.signed_map = signed_map;
  return explanation;
}

Display show(const Tensor& map, DisplayOptions options = {}) {
  const std::size_t rank = map.rank();
  return display_map(explanation_of(map, map), map.dim(rank - 2), map.dim(rank - 1), options);
}

}  // namespace

TEST_CASE("resize_map: published values in both conventions") {
  const Tensor map = tensor({2, 2}, {0, 1, 2, 3});
  CHECK(distance(resize_map(map, 4, 4),
                 tensor({4, 4}, {0, .25F, .75F, 1, .5F, .75F, 1.25F, 1.5F, 1.5F, 1.75F, 2.25F, 2.5F,
                                 2, 2.25F, 2.75F, 3})) <= 1e-6);
  constexpr float kThird = 1.0F / 3.0F;
  CHECK(distance(resize_map(map, 4, 4, Upsampling::kAlignCorners),
                 tensor({4, 4}, {0, kThird, 2 * kThird, 1, 2 * kThird, 1, 4 * kThird, 5 * kThird,
                                 4 * kThird, 5 * kThird, 2, 7 * kThird, 2, 7 * kThird, 8 * kThird,
                                 3})) <= 1e-6);
  CHECK(distance(resize_map(map, 4, 4, Upsampling::kNearest),
                 tensor({4, 4}, {0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3})) == 0.0);
}

TEST_CASE("resize_map: a lone one in 7x7 peaks at 0.969 at 224x224") {
  Tensor map({7, 7});
  map.mutable_data()[3 * 7 + 3] = 1.0F;
  const Tensor large = resize_map(map, 224, 224);
  CHECK(*std::max_element(large.data().begin(), large.data().end()) == Approx(0.969F).margin(5e-4));
  Explanation explanation = explanation_of(map, map);
  const Display display = display_map(explanation, 224, 224);
  CHECK(*std::max_element(display.map.data().begin(), display.map.data().end()) == 1.0F);
  CHECK(display.high == Approx(0.969F).margin(5e-4));
}

TEST_CASE("resize_map: channels, single pixels, odd sizes and bad requests") {
  const Tensor two = tensor({2, 1, 2}, {0, 1, 10, 20});
  CHECK(distance(resize_map(two, 1, 4),
                 tensor({2, 1, 4}, {0, .25F, .75F, 1, 10, 12.5F, 17.5F, 20})) <= 1e-5);
  CHECK(values(resize_map(Tensor({1, 1}, 5.0F), 2, 3)) == std::vector<float>(6, 5.0F));
  CHECK(values(resize_map(Tensor({1, 1}, 5.0F), 2, 3, Upsampling::kAlignCorners)) ==
        std::vector<float>(6, 5.0F));
  CHECK(values(resize_map(tensor({1, 3}, {1, 2, 3}), 1, 1)) == std::vector<float>{2});
  CHECK(values(resize_map(tensor({1, 3}, {1, 2, 3}), 1, 1, Upsampling::kAlignCorners)) ==
        std::vector<float>{1});
  CHECK(values(resize_map(tensor({1, 5}, {0, 1, 2, 3, 4}), 1, 3, Upsampling::kNearest)) ==
        std::vector<float>{0, 1, 3});
  CHECK_THROWS_AS(resize_map(Tensor({4}), 2, 2), ShapeError);
  CHECK_THROWS_AS(resize_map(Tensor({0, 3}), 2, 2), ShapeError);
  CHECK_THROWS_AS(resize_map(Tensor({2, 2}), 0, 2), ArgumentError);
}

TEST_CASE("display: zero stays zero and the maximum becomes one") {
  const Display display = show(tensor({1, 4}, {0, 1, 2, -3}));
  CHECK(values(display.map) == std::vector<float>{0, .5F, 1, 0});
  CHECK(display.low == 0.0F);
  CHECK(display.high == 2.0F);
  CHECK_FALSE(display.blank);
}

TEST_CASE("display: minimum to maximum, and symmetric about zero") {
  const Tensor map = tensor({1, 3}, {-2, 0, 6});
  const Display full = show(map, {.scaling = Scaling::kMinMax});
  CHECK(values(full.map) == std::vector<float>{0, .25F, 1});
  CHECK(full.low == -2.0F);
  const Display symmetric =
      display_map(explanation_of(tensor({1, 4}, {0, 0, 0, 6}), tensor({1, 4}, {-3, 0, 3, 6})), 1, 4,
                  {.scaling = Scaling::kSymmetric});
  CHECK(values(symmetric.map) == std::vector<float>{.25F, .5F, .75F, 1});
  CHECK(symmetric.low == -6.0F);
  CHECK(symmetric.high == 6.0F);
}

TEST_CASE("display: pixel methods show the channel maximum of absolute values") {
  const Tensor pixels = tensor({2, 1, 3}, {1, -4, 0, -2, 3, 0});
  CHECK(values(show(pixels).map) == std::vector<float>{.5F, 1, 0});
  CHECK(values(show(pixels, {.scaling = Scaling::kSymmetric}).map) ==
        std::vector<float>{0, 0, .5F});
}

TEST_CASE("display: blank maps are flagged, never NaN") {
  for (const Scaling scaling : {Scaling::kMaximum, Scaling::kMinMax, Scaling::kSymmetric}) {
    const float zero = scaling == Scaling::kSymmetric ? 0.5F : 0.0F;
    for (const Tensor& map : {Tensor({2, 2}), tensor({2, 2}, {0, 1, kNan, 2}),
                              tensor({2, 2}, {0, 1, kInf, 2}), tensor({2, 2}, {0, 1, -kInf, 2})}) {
      const Display display = show(map, {.scaling = scaling});
      CHECK(display.blank);
      CHECK(values(display.map) == std::vector<float>(4, zero));
    }
  }
  CHECK(show(Tensor({2, 2}, -1.0F)).blank);
  CHECK(show(Tensor({2, 2}, 7.0F), {.scaling = Scaling::kMinMax}).blank);
  CHECK(values(show(Tensor({2, 2}, 7.0F)).map) == std::vector<float>(4, 1.0F));
  // A NaN that the last ReLU turned into zero is still known from the signed map.
  CHECK(display_map(explanation_of(tensor({1, 2}, {0, 1}), tensor({1, 2}, {kNan, 1})), 1, 2).blank);
}

TEST_CASE("display: the largest and the smallest floats") {
  constexpr float kMost = std::numeric_limits<float>::max();
  constexpr float kLeast = std::numeric_limits<float>::denorm_min();
  CHECK(values(show(tensor({1, 2}, {kMost, kMost / 2})).map) == std::vector<float>{1, .5F});
  CHECK(values(show(tensor({1, 2}, {-kMost, kMost}), {.scaling = Scaling::kMinMax}).map) ==
        std::vector<float>{0, 1});
  CHECK(values(show(tensor({1, 2}, {kLeast, 0})).map) == std::vector<float>{1, 0});
}

TEST_CASE("display: several maps on one scale") {
  const Tensor weak = tensor({1, 3}, {0, 1, 2});
  const Tensor strong = tensor({1, 3}, {0, 4, 8});
  const ValueRange ranges[] = {{show(weak).low, show(weak).high},
                               {show(strong).low, show(strong).high}};
  const ValueRange shared = join(ranges);
  CHECK(shared.low == 0.0F);
  CHECK(shared.high == 8.0F);
  CHECK(values(show(weak, {.range = shared}).map) == std::vector<float>{0, .125F, .25F});
  CHECK(values(show(strong, {.range = shared}).map) == std::vector<float>{0, .5F, 1});
  const Display blank = show(Tensor({1, 3}), {.range = shared});
  CHECK(blank.blank);
  CHECK(values(blank.map) == std::vector<float>{0, 0, 0});
  CHECK(join({}).high == 0.0F);
}

TEST_CASE("display: evidence that is negative everywhere can be shown as such") {
  const Explanation against = explanation_of(Tensor({1, 3}), tensor({1, 3}, {-1, 0, -4}));
  CHECK(all_evidence_negative(against));
  CHECK(display_map(against, 1, 3).blank);
  const Display shown = display_map(against, 1, 3, {.counterfactual = true});
  CHECK(shown.counterfactual);
  CHECK_FALSE(shown.blank);
  CHECK(values(shown.map) == std::vector<float>{.25F, 0, 1});
  CHECK(shown.low == 0.0F);
  CHECK(shown.high == -4.0F);
  const Explanation mixed = explanation_of(tensor({1, 2}, {0, 1}), tensor({1, 2}, {-3, 1}));
  CHECK_FALSE(all_evidence_negative(mixed));
  CHECK_FALSE(display_map(mixed, 1, 2, {.counterfactual = true}).counterfactual);
  CHECK_FALSE(all_evidence_negative(explanation_of(Tensor({1, 2}), Tensor({1, 2}))));
}
