/// Rates and means with their 95 % confidence intervals.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/tensor.h"

namespace cameo::tools {

/// So many of so many.
struct Rate {
  std::int64_t hits = 0;
  std::int64_t total = 0;

  void count(bool hit) {
    hits += hit ? 1 : 0;
    ++total;
  }
  double share() const;  ///< 0 … 1, 0 of none
  /// The ends of the score interval (Wilson 1927, Probable Inference, the Law of Succession, and
  /// Statistical Inference) at 95 %; 0 and 1 of none.
  double low() const;
  double high() const;
};

/// A mean with the percentile interval of the bootstrap.
struct Mean {
  double value = 0.0;  ///< NaN of none, like the ends
  double low = 0.0;
  double high = 0.0;
  std::int64_t count = 0;
};
Mean mean_of(std::span<const double> values, std::uint64_t seed);

/// The mean of a[i] - b[i]: the interval of a difference on the same pictures is narrower than the
/// two intervals suggest. Throws ArgumentError for different lengths.
Mean paired_difference(std::span<const double> a, std::span<const double> b, std::uint64_t seed);

/// "31.0 % [28.1, 35.2]"
std::string to_text(const Rate& rate);
/// "0.31 [0.28, 0.35]", "none" of none.
std::string to_text(const Mean& mean, int decimals = 2);
/// The mean of shares 0 … 1 as "31.0 % [28.1, 35.2]".
std::string to_percent_text(const Mean& mean);

/// The share of a map's energy that lies in the mask, 0 of a map without energy. `[H,W]` both.
double share_inside(const Tensor& map, const Tensor& mask);

enum class Order { kLower, kHigher, kUndecided };

/// Pictures that a verdict needs: of fewer the bootstrap knows too little.
inline constexpr std::int64_t kFewest = 10;

/// Which side of 0 the whole interval lies on; undecided for fewer than kFewest.
Order order_of(const Mean& difference);
/// "lower, as in the paper", "higher, against the paper", "not told apart by so few pictures".
std::string against_paper(Order found, Order paper);

}  // namespace cameo::tools
