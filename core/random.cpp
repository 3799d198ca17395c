#include "core/random.h"

#include <cmath>
#include <numbers>

namespace cameo {

namespace {

__extension__ using Uint128 = unsigned __int128;

}  // namespace

Random::Random(std::initializer_list<std::uint64_t> keys) : state_(0) {
  for (const std::uint64_t key : keys) state_ = mix(state_ + kGolden + mix(key + kGolden));
}

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
