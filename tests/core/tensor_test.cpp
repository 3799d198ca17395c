#include "core/tensor.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using cameo::Shape;
using cameo::Tensor;

TEST_CASE("a write through a shared copy clones") {
  Tensor a({2, 2}, 1.0F);
  Tensor b = a;
  CHECK(a.shares_storage(b));
  b.mutable_data()[0] = 5.0F;
  CHECK(a.data()[0] == 1.0F);
  CHECK(b.data()[0] == 5.0F);
}

TEST_CASE("an empty handle throws on every access") {
  const Tensor empty;
  CHECK_FALSE(empty.defined());
  CHECK_THROWS_AS(empty.data(), cameo::Error);
  CHECK_THROWS_AS(empty.shape(), cameo::Error);
  CHECK_THROWS_AS(empty.size(), cameo::Error);
}

TEST_CASE("shapes are checked") {
  CHECK(cameo::element_count({}) == 1);
  CHECK(cameo::element_count({2, 0, 3}) == 0);
  CHECK(cameo::to_string(Shape{2, 3}) == "[2,3]");
  CHECK_THROWS_AS(cameo::element_count({-1}), cameo::ShapeError);
  CHECK_THROWS_AS(cameo::element_count({INT64_MAX, 2}), cameo::ShapeError);
  CHECK_THROWS_AS(Tensor({INT64_MAX}), cameo::ShapeError);
  CHECK_THROWS_AS(Tensor({2}).reshaped({3}), cameo::ShapeError);
}
