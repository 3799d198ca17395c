#include "explain/rank_correlation.h"

#include <catch2/catch.hpp>
#include <vector>

#include "core/error.h"

using namespace cameo;
using explain::rank_correlation;

TEST_CASE("rank correlation: order alone counts") {
  const std::vector<float> a{1, 2, 3, 4};
  CHECK(rank_correlation(a, std::vector<float>{10, 20, 300, 4000}) == Approx(1.0));
  CHECK(rank_correlation(a, std::vector<float>{4, 3, 2, 1}) == Approx(-1.0));
  // 1 - 6·(1 + 1 + 0 + 0)/(4·15)
  CHECK(rank_correlation(a, std::vector<float>{2, 1, 3, 4}) == Approx(0.8));
}

TEST_CASE("rank correlation: equal values share their ranks") {
  // Ranks 0.5 0.5 2 against 0 1 2: 1.5/sqrt(1.5·2)
  CHECK(rank_correlation(std::vector<float>{1, 1, 5}, std::vector<float>{1, 2, 3}) ==
        Approx(0.8660254));
  CHECK(rank_correlation(std::vector<float>{1, 1, 1}, std::vector<float>{1, 2, 3}) == 0.0);
  CHECK(rank_correlation({}, {}) == 0.0);
  CHECK_THROWS_AS(rank_correlation(std::vector<float>{1}, std::vector<float>{1, 2}), ShapeError);
}
