#include "core/ops/activation_kernels.h"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace cameo;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

using Kernel = void (*)(std::ptrdiff_t count, const float* x, float* y);
using Reference = double (*)(double x);

void expm1_below_zero(std::ptrdiff_t count, const float* x, float* y) {
  activation_kernels().unit({.positive = 0.0F, .negative = 1.0F, .width = 1.0F}, count, x, y);
}

void exp_below_zero(std::ptrdiff_t count, const float* x, float* y) {
  const std::vector<float> ones(static_cast<std::size_t>(count), 1.0F);
  activation_kernels().unit_grad({.positive = 0.0F, .negative = 1.0F, .width = 1.0F}, count, x,
                                 ones.data(), y);
}

std::vector<float> mapped(Kernel kernel, const std::vector<float>& x) {
  std::vector<float> y(x.size());
  kernel(std::ssize(x), x.data(), y.data());
  return y;
}

/// Every 4999th of all floats, so all exponents and both signs, infinities and NaN.
std::vector<float> floats() {
  std::vector<float> result{kInfinity, -kInfinity, kNan};
  for (std::uint64_t bits = 0; bits < 1ULL << 32; bits += 4999) {
    result.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  return result;
}

/// The distance of `got` from `want` in units of the last place of a float near `want`.
double ulps(double want, float got) {
  if (std::isnan(want) || std::isnan(got)) return std::isnan(want) == std::isnan(got) ? 0 : 1e9;
  if (std::isinf(got)) return static_cast<float>(want) == got ? 0 : 1e9;
  const double unit = std::ldexp(1.0, std::max(std::ilogb(want), -126) - 23);
  return std::fabs(want - static_cast<double>(got)) / unit;
}

double worst(Kernel kernel, Reference reference) {
  const std::vector<float> x = floats();
  const std::vector<float> y = mapped(kernel, x);
  double most = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    most = std::max(most, ulps(reference(static_cast<double>(x[i])), y[i]));
  }
  return most;
}

double sigmoid(double x) {
  const double e = std::exp(-std::fabs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

std::vector<std::uint32_t> bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> result;
  for (const float v : values) result.push_back(std::bit_cast<std::uint32_t>(v));
  return result;
}

}  // namespace

TEST_CASE("activation kernels are as accurate as docs/numerics.md says") {
  const ActivationKernels& kernels = activation_kernels();
  CHECK(worst(kernels.exp, [](double x) { return std::exp(x); }) < 1.0);
  CHECK(worst(kernels.sigmoid, sigmoid) < 2.5);
  CHECK(worst(kernels.tanh, [](double x) { return std::tanh(x); }) < 2.6);
  CHECK(worst(kernels.erf, [](double x) { return std::erf(x); }) < 1.5);
  CHECK(worst(expm1_below_zero, [](double x) { return x > 0 ? 0 * x : std::expm1(x); }) < 1.5);
  CHECK(worst(exp_below_zero, [](double x) { return x > 0 ? 0 : std::exp(x); }) < 1.0);
}

TEST_CASE("activation kernels at the ends of the range") {
  const ActivationKernels& kernels = activation_kernels();
  CHECK(mapped(kernels.exp, {-kInfinity, -105.0F, -0.0F, 0.0F, 88.8F, kInfinity}) ==
        std::vector<float>{0, 0, 1, 1, kInfinity, kInfinity});
  CHECK(mapped(kernels.exp, {-100.0F})[0] > 0.0F);
  CHECK(mapped(kernels.sigmoid, {-kInfinity, 0.0F, kInfinity}) == std::vector<float>{0, 0.5F, 1});
  CHECK(bits(mapped(kernels.tanh, {-kInfinity, -0.0F, 0.0F, kInfinity})) ==
        bits({-1.0F, -0.0F, 0.0F, 1.0F}));
  CHECK(mapped(kernels.hard_swish, {-kInfinity, -3.0F, -1.5F, 3.0F, kInfinity}) ==
        std::vector<float>{0, 0, -0.375F, 3, kInfinity});
}

TEST_CASE("an activation has the same bits wherever its value lies, and in place") {
  const ActivationKernels& kernels = activation_kernels();
  std::vector<float> x;
  for (int i = 0; i < 75; ++i) x.push_back(-9.0F + 0.241F * static_cast<float>(i));
  for (const Kernel kernel :
       {kernels.exp, kernels.sigmoid, kernels.tanh, kernels.erf, kernels.hard_swish,
        Kernel{expm1_below_zero}, Kernel{exp_below_zero}}) {
    std::vector<float> alone;
    for (const float v : x) alone.push_back(mapped(kernel, {v})[0]);
    CHECK(bits(mapped(kernel, x)) == bits(alone));
    std::vector<float> in_place = x;
    kernel(std::ssize(x), in_place.data(), in_place.data());
    CHECK(bits(in_place) == bits(alone));
  }
}
