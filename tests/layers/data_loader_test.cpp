#include "layers/data_loader.h"

#include <catch2/catch.hpp>
#include <numeric>
#include <set>
#include <vector>

#include "core/error.h"
#include "toy.h"

using cameo::Batch;
using cameo::DataLoader;
using cameo::DataLoaderOptions;
using toy::Stripes;

namespace {

std::vector<Batch> all_batches(const Stripes& data, DataLoaderOptions options) {
  DataLoader loader(data, std::move(options));
  std::vector<Batch> batches;
  while (std::optional<Batch> batch = loader.next()) batches.push_back(std::move(*batch));
  CHECK_FALSE(loader.next());
  return batches;
}

bool equal(const std::vector<Batch>& a, const std::vector<Batch>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Batch& x, const Batch& y) {
    return x.labels == y.labels && toy::same_bits(x.images, y.images);
  });
}

}  // namespace

TEST_CASE("batches come in order and the last holds what is left") {
  const Stripes data(10);
  const auto batches = all_batches(data, {.batch = 4});
  REQUIRE(batches.size() == 3);
  CHECK(batches[1].labels == std::vector<int>{1, 2, 0, 1});
  CHECK(batches[2].images.dim(0) == 2);
  const std::vector<std::size_t> indices{4, 5, 6, 7};
  CHECK(toy::same_bits(batches[1].images, data.batch(indices).images));
}

TEST_CASE("a last batch of one picture can be left out") {
  const DataLoaderOptions options{.batch = 4, .drop_last_one = true};
  CHECK(cameo::batches_per_epoch(9, options) == 2);
  CHECK(cameo::batches_per_epoch(10, options) == 3);
  CHECK(cameo::batches_per_epoch(9, {.batch = 4}) == 3);
  CHECK(cameo::batches_per_epoch(9, {.batch = 1, .drop_last_one = true}) == 9);
  CHECK(all_batches(Stripes(9), options).size() == 2);
}

TEST_CASE("the order is a function of seed and epoch") {
  const auto order = cameo::shuffled_order(50, 1, 2);
  CHECK(std::set<std::size_t>(order.begin(), order.end()).size() == 50);
  CHECK(order == cameo::shuffled_order(50, 1, 2));
  CHECK(order != cameo::shuffled_order(50, 1, 3));
  CHECK(order != cameo::shuffled_order(50, 2, 2));
}

TEST_CASE("an epoch is the same whatever is held ahead and where it begins") {
  const Stripes data(23);
  const DataLoaderOptions options{.batch = 4,
                                  .shuffle = true,
                                  .seed = 5,
                                  .epoch = 6,
                                  .augmentation = {.horizontal_flip = true, .shift = 2},
                                  .normalization = {.mean = {0.5F}, .std = {0.3F}}};
  const auto reference = all_batches(data, options);
  REQUIRE(reference.size() == 6);
  DataLoaderOptions far_ahead = options;
  far_ahead.ahead = 100;
  CHECK(equal(all_batches(data, far_ahead), reference));
  DataLoaderOptions resumed = options;
  resumed.first_batch = 4;
  CHECK(equal(all_batches(data, resumed), {reference.begin() + 4, reference.end()}));
  DataLoaderOptions next_epoch = options;
  next_epoch.epoch = 7;
  CHECK_FALSE(equal(all_batches(data, next_epoch), reference));
}

TEST_CASE("the data set's exception comes out in the place of its batch") {
  Stripes data(12);
  data.broken = 9;
  DataLoader loader(data, {.batch = 4});
  CHECK(loader.next());
  CHECK(loader.next());
  CHECK_THROWS_WITH(loader.next(), "picture 9");
  CHECK_THROWS_WITH(loader.next(), "picture 9");
}

TEST_CASE("a loader can be left at any time") {
  const Stripes data(1000);
  for (int taken = 0; taken < 4; ++taken) {
    DataLoader loader(data, {.batch = 10});
    for (int i = 0; i < taken; ++i) CHECK(loader.next());
  }
}

TEST_CASE("a loader refuses what does not fit") {
  const Stripes data(6);
  CHECK_THROWS_AS(DataLoader(Stripes(0), {}), cameo::ArgumentError);
  CHECK_THROWS_AS(DataLoader(data, {.batch = 0}), cameo::ArgumentError);
  CHECK_THROWS_AS(DataLoader(data, {.augmentation = {.shift = 6}}), cameo::ArgumentError);
  CHECK_THROWS_AS(DataLoader(data, {.normalization = {.mean = {1, 2}, .std = {1, 1}}}),
                  cameo::ArgumentError);
}
