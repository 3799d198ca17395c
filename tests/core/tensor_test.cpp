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

TEST_CASE("a view of foreign memory keeps it alive and never writes to it") {
  auto memory = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, 3, 4, 5});
  const std::weak_ptr<std::vector<float>> alive = memory;
  Tensor view = Tensor::view_of({2, 2}, std::shared_ptr<const float>(memory, memory->data() + 1));
  CHECK(view.data().data() == memory->data() + 1);
  const Tensor flat = view.reshaped({4});
  CHECK(flat.shares_storage(view));

  view.mutable_data()[0] = 9.0F;  // shared with `flat`
  CHECK(view.data()[0] == 9.0F);
  CHECK(view.data()[3] == 5.0F);
  CHECK(flat.data()[0] == 2.0F);

  Tensor alone = Tensor::view_of({1}, std::shared_ptr<const float>(memory, memory->data()));
  alone.mutable_data()[0] = 7.0F;  // the only handle: cloned all the same
  CHECK(memory->front() == 1.0F);
  CHECK(alone.data().data() != memory->data());

  memory.reset();
  CHECK_FALSE(alive.expired());
  CHECK(flat.data()[3] == 5.0F);
  CHECK(Tensor::view_of({0, 3}, nullptr).size() == 0);
  CHECK_THROWS_AS(Tensor::view_of({1}, nullptr), cameo::ArgumentError);
  CHECK_THROWS_AS(Tensor::view_of({-1}, nullptr), cameo::ShapeError);
}
