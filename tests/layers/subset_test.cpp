#include "layers/subset.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "core/error.h"
#include "toy.h"

using cameo::Subset;
using toy::Stripes;

using Indices = std::vector<std::size_t>;

TEST_CASE("a subset holds chosen pictures in the given order") {
  const auto whole = std::make_shared<Stripes>(9);
  const Subset subset(whole, {8, 3, 3});
  CHECK(subset.size() == 3);
  CHECK(subset.label(0) == 2);
  CHECK(subset.label(1) == 0);
  CHECK(subset.class_names() == whole->class_names());
  CHECK(subset.image_shape() == whole->image_shape());
  CHECK(toy::same_bits(subset.batch(Indices{1, 0}).images, whole->batch(Indices{3, 8}).images));
  CHECK_THROWS_AS(Subset(whole, {9}), cameo::ArgumentError);
}

TEST_CASE("a split takes its share of every class, chosen by the seed") {
  const auto whole = std::make_shared<Stripes>(31);  // 11, 10 and 10 of a class
  const auto split = cameo::split_by_class(whole, 0.3, 1);
  CHECK(split.first.size() == 9);
  for (int label = 0; label < 3; ++label) {
    int count = 0;
    for (std::size_t i = 0; i < split.first.size(); ++i) count += split.first.label(i) == label;
    CHECK(count == 3);
  }
  Indices both = split.first.indices();
  both.insert(both.end(), split.rest.indices().begin(), split.rest.indices().end());
  CHECK(std::is_sorted(both.begin(), both.begin() + 9));
  std::sort(both.begin(), both.end());
  CHECK(both == cameo::split_by_class(whole, 1.0, 1).first.indices());
  CHECK(split.first.indices() == cameo::split_by_class(whole, 0.3, 1).first.indices());
  CHECK(split.first.indices() != cameo::split_by_class(whole, 0.3, 2).first.indices());
  CHECK_THROWS_AS(cameo::split_by_class(whole, 1.1, 1), cameo::ArgumentError);
}
