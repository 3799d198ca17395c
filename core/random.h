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

  std::uint64_t next() { return mix(state_ += kGolden); }
  /// Uniform in [0,1), 24 bits.
  float uniform() { return static_cast<float>(next() >> 40) * 0x1.0p-24F; }
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
  static constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace cameo
