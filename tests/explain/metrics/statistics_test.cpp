#include "explain/metrics/statistics.h"

#include <catch2/catch.hpp>
#include <vector>

#include "core/error.h"

using namespace cameo;
using explain::spearman;

TEST_CASE("rank correlation: order alone counts") {
  const std::vector<double> a{1, 2, 3, 4};
  CHECK(spearman(a, std::vector<double>{10, 20, 300, 4000}) == Approx(1.0));
  CHECK(spearman(a, std::vector<double>{4, 3, 2, 1}) == Approx(-1.0));
  // 1 - 6·(1 + 1 + 0 + 0)/(4·15)
  CHECK(spearman(a, std::vector<double>{2, 1, 3, 4}) == Approx(0.8));
}

TEST_CASE("rank correlation: equal values share their ranks") {
  // Ranks 0.5 0.5 2 against 0 1 2: 1.5/sqrt(1.5·2)
  CHECK(spearman(std::vector<double>{1, 1, 5}, std::vector<double>{1, 2, 3}) == Approx(0.8660254));
  CHECK(spearman(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3}) == 0.0);
  CHECK_THROWS_AS(spearman({}, {}), ShapeError);
  CHECK_THROWS_AS(spearman(std::vector<double>{1}, std::vector<double>{1, 2}), ShapeError);
}
