#include "core/random.h"

#include <cmath>
#include <numbers>

namespace cameo {

namespace {

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

__extension__ using Uint128 = unsigned __int128;

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;

}  // namespace

Random::Random(std::initializer_list<std::uint64_t> keys) : state_(0) {
  for (const std::uint64_t key : keys) state_ = mix(state_ + kGolden + mix(key + kGolden));
}

std::uint64_t Random::next() {
  state_ += kGolden;
  return mix(state_);
}

float Random::uniform() { return static_cast<float>(next() >> 40) * 0x1.0p-24F; }

std::int64_t Random::below(std::int64_t bound) {
  const auto wide = static_cast<Uint128>(next()) * static_cast<std::uint64_t>(bound);
  return static_cast<std::int64_t>(wide >> 64);
}

float Random::normal() {
  // Both draws are made in double: a float logarithm differs between C libraries.
  const double u = (static_cast<double>(next() >> 11) + 0.5) * 0x1.0p-53;
  const double v = static_cast<double>(next() >> 11) * 0x1.0p-53;
  return static_cast<float>(std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v));
}

}  // namespace cameo
