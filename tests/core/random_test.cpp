#include "core/random.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

using cameo::Random;

TEST_CASE("the same keys give the same numbers and others do not") {
  CHECK(Random({1, 2, 3}).next() == Random({1, 2, 3}).next());
  std::set<std::uint64_t> first;
  for (std::uint64_t a = 0; a < 30; ++a) {
    for (std::uint64_t b = 0; b < 30; ++b) first.insert(Random({a, b}).next());
  }
  CHECK(first.size() == 900);
  CHECK(Random({1, 2}).next() != Random({2, 1}).next());
  CHECK(Random(5).next() == Random({5}).next());
  CHECK(Random({5, 0}).next() != Random({5}).next());
}

TEST_CASE("uniform numbers fill their interval evenly") {
  Random random(1);
  std::array<int, 10> counts{};
  for (int i = 0; i < 20000; ++i) {
    const float u = random.uniform();
    REQUIRE((u >= 0.0F && u < 1.0F));
    ++counts[static_cast<std::size_t>(u * 10.0F)];
  }
  for (const int count : counts) CHECK(std::abs(count - 2000) < 200);
  for (int i = 0; i < 100; ++i) {
    const float v = random.uniform(-3.0F, 5.0F);
    CHECK((v >= -3.0F && v <= 5.0F));
  }
}

TEST_CASE("below() reaches every number and no other") {
  Random random(2);
  std::array<int, 7> counts{};
  for (int i = 0; i < 7000; ++i) ++counts.at(static_cast<std::size_t>(random.below(7)));
  for (const int count : counts) CHECK(std::abs(count - 1000) < 150);
  CHECK(random.below(1) == 0);
}

TEST_CASE("normal numbers have mean 0 and variance 1") {
  Random random(3);
  double sum = 0.0;
  double squares = 0.0;
  constexpr int kCount = 40000;
  for (int i = 0; i < kCount; ++i) {
    const double v = static_cast<double>(random.normal());
    REQUIRE(std::isfinite(v));
    sum += v;
    squares += v * v;
  }
  CHECK(sum / kCount == Approx(0.0).margin(0.02));
  CHECK(squares / kCount == Approx(1.0).margin(0.03));
}

TEST_CASE("chance() holds its probability") {
  Random random(4);
  int hits = 0;
  for (int i = 0; i < 10000; ++i) hits += random.chance(0.2F) ? 1 : 0;
  CHECK(std::abs(hits - 2000) < 150);
  CHECK_FALSE(random.chance(0.0F));
}

TEST_CASE("shuffle() permutes") {
  std::vector<int> values(100);
  std::iota(values.begin(), values.end(), 0);
  std::vector<int> shuffled = values;
  Random(5).shuffle(std::span(shuffled));
  CHECK(shuffled != values);
  std::sort(shuffled.begin(), shuffled.end());
  CHECK(shuffled == values);
}
