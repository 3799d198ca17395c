#include "layers/data_loader.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"

namespace cameo {

namespace {

void check(const Dataset& dataset, const DataLoaderOptions& options) {
  if (dataset.size() == 0) throw ArgumentError("data set: it is empty; it needs pictures");
  if (options.batch < 1 || options.ahead < 1 || options.first_batch < 0) {
    throw ArgumentError("batch: the size must be at least 1, got " + std::to_string(options.batch));
  }
  check_augmentation(options.augmentation, dataset.image_shape());
  check_normalization(options.normalization, dataset.image_shape().at(0));
}

void check_batch(const Batch& batch, std::size_t count, const Shape& image_shape) {
  Shape expected{static_cast<std::int64_t>(count)};
  expected.insert(expected.end(), image_shape.begin(), image_shape.end());
  if (batch.images.shape() != expected || batch.labels.size() != count) {
    throw ShapeError("data set: a batch must hold " + to_string(expected) + " and " +
                     std::to_string(count) + " labels, got " + to_string(batch.images.shape()) +
                     " and " + std::to_string(batch.labels.size()));
  }
}

}  // namespace

std::int64_t batches_per_epoch(std::size_t pictures, const DataLoaderOptions& options) {
  const auto count = static_cast<std::int64_t>(pictures);
  const std::int64_t last = count % options.batch;
  const bool keep_last = last > 1 || (last == 1 && !options.drop_last_one);
  return count / options.batch + (keep_last ? 1 : 0);
}

std::vector<std::size_t> shuffled_order(std::size_t pictures, std::uint64_t seed,
                                        std::uint64_t epoch) {
  std::vector<std::size_t> order(pictures);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random({seed, epoch}).shuffle(std::span(order));
  return order;
}

DataLoader::DataLoader(const Dataset& dataset, DataLoaderOptions options)
    : dataset_(dataset), options_(std::move(options)) {
  check(dataset_, options_);
  if (options_.shuffle) {
    order_ = shuffled_order(dataset_.size(), options_.seed, options_.epoch);
  } else {
    order_.resize(dataset_.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { prepare_all(stop); });
}

DataLoader::~DataLoader() = default;

std::optional<Batch> DataLoader::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty() || finished_; });
  if (ready_.empty()) {
    if (error_) std::rethrow_exception(error_);
    return std::nullopt;
  }
  Batch batch = std::move(ready_.front());
  ready_.pop_front();
  lock.unlock();
  changed_.notify_all();
  return batch;
}

void DataLoader::prepare_all(const std::stop_token& stop) {
  const ThreadLimit one(1);  // the network's own threads keep the other cores
  const auto wanted = static_cast<std::size_t>(options_.ahead);
  const std::int64_t batches = batches_per_epoch(dataset_.size(), options_);
  std::exception_ptr error;
  try {
    for (std::int64_t i = options_.first_batch; i < batches && !stop.stop_requested(); ++i) {
      Batch batch = prepare(i);
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return ready_.size() < wanted; })) break;
      ready_.push_back(std::move(batch));
      changed_.notify_all();
    }
  } catch (...) {
    error = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  error_ = error;
  finished_ = true;
  changed_.notify_all();
}

Batch DataLoader::prepare(std::int64_t index) const {
  const auto begin = static_cast<std::size_t>(index * options_.batch);
  const std::size_t count =
      std::min(static_cast<std::size_t>(options_.batch), order_.size() - begin);
  const auto indices = std::span(order_).subspan(begin, count);
  const Shape shape = dataset_.image_shape();
  Batch batch = dataset_.batch(indices);
  check_batch(batch, count, shape);
  if (options_.augmentation.any()) {
    const std::span<float> pixels = batch.images.mutable_data();
    const std::size_t size = pixels.size() / count;
    for (std::size_t i = 0; i < count; ++i) {
      augment(pixels.subspan(i * size, size), shape, options_.augmentation, options_.seed,
              options_.epoch, indices[i]);
    }
  }
  normalize(batch.images, options_.normalization);
  return batch;
}

}  // namespace cameo
