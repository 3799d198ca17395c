/// Random numbers that are the same on every platform and for every thread count.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>

namespace cameo {

/// A small generator (SplitMix64; Steele, Lea & Flood 2014). Its state is one word, so a generator
/// per (seed, epoch, picture) costs nothing and the numbers never depend on who asks first.
class Random {
 public:
  /// Independent streams for distinct key lists: `Random({seed, epoch, index})`.
  explicit Random(std::initializer_list<std::uint64_t> keys);
  explicit Random(std::uint64_t seed) : Random({seed}) {}

  std::uint64_t next();
  /// Uniform in [0,1), 24 bits.
  float uniform();
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  /// Uniform in 0 … bound-1; `bound` > 0.
  std::int64_t below(std::int64_t bound);
  bool chance(float probability) { return uniform() < probability; }
  /// Standard normal (Box-Muller).
  float normal();

  /// Fisher-Yates.
  template <typename T>
  void shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      const auto j = static_cast<std::size_t>(below(static_cast<std::int64_t>(i)));
      std::swap(values[i - 1], values[j]);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace cameo
