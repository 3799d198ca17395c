/// Batches prepared on a second thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "layers/augmentation.h"
#include "layers/dataset.h"
#include "layers/normalization.h"

namespace cameo {

struct DataLoaderOptions {
  std::int64_t batch = 64;
  bool shuffle = false;        ///< a new order per (seed, epoch)
  bool drop_last_one = false;  ///< leave out a last batch of a single picture
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
  std::int64_t first_batch = 0;  ///< where to begin, for a resumed epoch
  std::int64_t ahead = 2;        ///< batches held ready at most
  Augmentation augmentation{};
  Normalization normalization{};
};

/// Batches per epoch; the last holds what is left.
std::int64_t batches_per_epoch(std::size_t pictures, const DataLoaderOptions& options);

/// The indices of all pictures, shuffled by (seed, epoch).
std::vector<std::size_t> shuffled_order(std::size_t pictures, std::uint64_t seed,
                                        std::uint64_t epoch);

/// One epoch of batches, augmented and normalised, in an order that depends on the options alone. A
/// thread of its own prepares them while the caller computes; next() is for one thread. The data
/// set must outlive the loader.
class DataLoader {
 public:
  /// Throws ArgumentError for a batch size below 1, an empty data set or options that do not fit.
  DataLoader(const Dataset& dataset, DataLoaderOptions options);
  /// Stops the thread after the picture batch it is working on.
  ~DataLoader();
  DataLoader(const DataLoader&) = delete;
  DataLoader& operator=(const DataLoader&) = delete;

  /// The next batch, or nothing at the end. An exception the data set threw comes out here, in the
  /// place of the batch it belongs to and at every later call.
  std::optional<Batch> next();

 private:
  void prepare_all(const std::stop_token& stop);
  Batch prepare(std::int64_t batch) const;

  const Dataset& dataset_;
  const DataLoaderOptions options_;
  std::vector<std::size_t> order_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Batch> ready_;
  bool finished_ = false;
  std::exception_ptr error_;
  std::jthread thread_;
};

}  // namespace cameo
