#include "layers/initializers.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/error.h"
#include "core/parallel.h"

namespace cameo {

namespace {

struct Fan {
  double in;
  double out;
};

Fan fan_of(const Shape& shape) {
  if (shape.size() < 2) {
    throw ShapeError("initializer: fan-in needs a weight [out,in,...], got shape " +
                     to_string(shape));
  }
  const std::int64_t kernel =
      std::accumulate(shape.begin() + 2, shape.end(), std::int64_t{1}, std::multiplies<>());
  return {.in = static_cast<double>(shape[1] * kernel),
          .out = static_cast<double>(shape[0] * kernel)};
}

/// Every chunk has a generator of its own, so that chunks may be drawn by any thread.
template <typename Draw>
Tensor draw_all(const Shape& shape, Random& random, Draw draw) {
  constexpr std::int64_t kChunk = 4096;
  Tensor result = Tensor::uninitialized(shape);
  const std::span<float> values = result.mutable_data();
  const std::uint64_t key = random.next();
  const std::int64_t chunks = (result.size() + kChunk - 1) / kChunk;
  parallel_for(chunks, 4, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {
      Random own({key, static_cast<std::uint64_t>(chunk)});
      const std::int64_t last = std::min((chunk + 1) * kChunk, result.size());
      for (std::int64_t i = chunk * kChunk; i < last; ++i) {
        values[static_cast<std::size_t>(i)] = draw(own);
      }
    }
  });
  return result;
}

Tensor draw_normal(const Shape& shape, Random& random, double deviation) {
  const auto scale = static_cast<float>(deviation);
  return draw_all(shape, random, [scale](Random& own) { return scale * own.normal(); });
}

Tensor draw_uniform(const Shape& shape, Random& random, double bound) {
  const auto b = static_cast<float>(bound);
  return draw_all(shape, random, [b](Random& own) { return own.uniform(-b, b); });
}

}  // namespace

Initializer constant(float value) {
  return [value](const Shape& shape, Random&) { return Tensor(shape, value); };
}

Initializer normal(float deviation) {
  return [deviation](const Shape& shape, Random& random) {
    return draw_normal(shape, random, deviation);
  };
}

Initializer uniform(float bound) {
  return [bound](const Shape& shape, Random& random) { return draw_uniform(shape, random, bound); };
}

Initializer kaiming_normal(FanMode mode) {
  return [mode](const Shape& shape, Random& random) {
    const Fan fan = fan_of(shape);
    return draw_normal(shape, random, std::sqrt(2.0 / (mode == FanMode::kIn ? fan.in : fan.out)));
  };
}

Initializer kaiming_uniform(float slope) {
  return [slope](const Shape& shape, Random& random) {
    const double gain_squared = 2.0 / (1.0 + static_cast<double>(slope) * slope);
    return draw_uniform(shape, random, std::sqrt(3.0 * gain_squared / fan_of(shape).in));
  };
}

Initializer xavier_uniform() {
  return [](const Shape& shape, Random& random) {
    const Fan fan = fan_of(shape);
    return draw_uniform(shape, random, std::sqrt(6.0 / (fan.in + fan.out)));
  };
}

Initializer xavier_normal() {
  return [](const Shape& shape, Random& random) {
    const Fan fan = fan_of(shape);
    return draw_normal(shape, random, std::sqrt(2.0 / (fan.in + fan.out)));
  };
}

}  // namespace cameo
