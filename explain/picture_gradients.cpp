#include "explain/picture_gradients.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/parallel.h"
#include "core/tape.h"

namespace cameo::explain {

namespace {

Tensor picture_of(const PictureSeries& series, std::int64_t index) {
  Tensor picture = Tensor::uninitialized(series.shape);
  series.fill(index, picture.mutable_data());
  return picture;
}

/// `run(index, slot)` for every picture, batch by batch in parallel; after each batch
/// `take(index, slot)` in order.
template <typename Run, typename Take>
void run_in_batches(const PictureSeries& series, Run run, Take take) {
  for (std::int64_t first = 0; first < series.count; first += series.batch) {
    const std::int64_t count = std::min(series.batch, series.count - first);
    parallel_for(count, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t slot = begin; slot < end; ++slot) {
        run(first + slot, static_cast<std::size_t>(slot));
      }
    });
    for (std::int64_t slot = 0; slot < count; ++slot) {
      take(first + slot, static_cast<std::size_t>(slot));
    }
  }
}

}  // namespace

void for_each_gradient(const Network& network, const Target& target, ValueId at,
                       const PictureSeries& series,
                       const std::function<void(const SampleGradient&)>& take) {
  std::vector<Tensor> gradients(static_cast<std::size_t>(std::min(series.batch, series.count)));
  run_in_batches(
      series,
      [&](std::int64_t index, std::size_t slot) {
        const Tape tape =
            forward(network, picture_of(series, index), {.keep = {target.of}, .wrt = {at}});
        gradients[slot] = tape.backward(target.of, seed_for(tape, target)).at(at);
      },
      [&](std::int64_t index, std::size_t slot) {
        take({.index = index, .gradient = gradients[slot].data()});
      });
}

double mean_score(const Network& network, const Target& target, const PictureSeries& series) {
  std::vector<float> scores(static_cast<std::size_t>(std::min(series.batch, series.count)));
  double total = 0.0;
  run_in_batches(
      series,
      [&](std::int64_t index, std::size_t slot) {
        const Tape tape = forward(network, picture_of(series, index), {.keep = {target.of}});
        scores[slot] = score_of(tape, target);
      },
      [&](std::int64_t /*index*/, std::size_t slot) { total += scores[slot]; });
  return total / static_cast<double>(series.count);
}

}  // namespace cameo::explain
