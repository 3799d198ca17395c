#include "layers/schedules.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include "core/error.h"

namespace cameo {

namespace {

void check_share(const char* what, double share) {
  if (!(share >= 0.0 && share <= 1.0)) {
    throw ArgumentError(std::string("schedule: ") + what + " must be between 0 and 1, got " +
                        std::to_string(share));
  }
}

/// From `start` at t = 0 to `end` at t = 1.
double half_cosine(double start, double end, double t) {
  return end + (start - end) * 0.5 * (1.0 + std::cos(std::numbers::pi * t));
}

}  // namespace

Schedule constant_schedule() {
  return [](std::int64_t, std::int64_t) { return 1.0; };
}

Schedule step_schedule(StepScheduleOptions options) {
  for (const double milestone : options.milestones) check_share("a milestone", milestone);
  return [options = std::move(options)](std::int64_t step, std::int64_t steps) {
    double factor = 1.0;
    for (const double milestone : options.milestones) {
      if (static_cast<double>(step) >= milestone * static_cast<double>(steps)) {
        factor *= options.factor;
      }
    }
    return factor;
  };
}

Schedule cosine_schedule(CosineScheduleOptions options) {
  check_share("the warm-up", options.warmup);
  check_share("the floor", options.floor);
  return [options](std::int64_t step, std::int64_t steps) {
    const auto warmup = std::round(options.warmup * static_cast<double>(steps));
    const auto at = static_cast<double>(step);
    if (at < warmup) return (at + 1.0) / warmup;
    const double rest = std::max(1.0, static_cast<double>(steps) - warmup);
    return half_cosine(1.0, options.floor, (at - warmup) / rest);
  };
}

Schedule one_cycle_schedule(OneCycleScheduleOptions options) {
  check_share("the warm-up", options.warmup);
  if (!(options.initial_divisor > 0.0 && options.final_divisor > 0.0)) {
    throw ArgumentError("schedule: the divisors of one-cycle must be positive");
  }
  return [options](std::int64_t step, std::int64_t steps) {
    const double initial = 1.0 / options.initial_divisor;
    const auto last = static_cast<double>(steps - 1);
    const double peak =
        std::clamp(options.warmup * static_cast<double>(steps) - 1.0, 0.0, std::max(0.0, last));
    const auto at = static_cast<double>(step);
    if (at < peak) return half_cosine(initial, 1.0, at / peak);
    const double fall = std::max(1.0, last - peak);
    return half_cosine(1.0, initial / options.final_divisor, (at - peak) / fall);
  };
}

}  // namespace cameo
