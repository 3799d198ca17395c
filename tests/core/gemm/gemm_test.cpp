#include "core/gemm/gemm.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"

using namespace cameo;

namespace {

std::vector<float> random_values(std::int64_t count, std::uint64_t seed) {
  std::vector<float> values(static_cast<std::size_t>(count));
  Random random(seed);
  for (float& value : values) value = random.uniform(-1.0F, 1.0F);
  return values;
}

/// Largest difference from sums in double; rows of every matrix lie `gap` apart from each other.
double worst_error(GemmArgs args, std::int64_t gap, void (*product)(const GemmArgs&)) {
  args.lda = (args.transpose_a ? args.m : args.k) + gap;
  args.ldb = (args.transpose_b ? args.k : args.n) + gap;
  args.ldc = args.n + gap;
  const std::vector<float> a = random_values((args.transpose_a ? args.k : args.m) * args.lda, 1);
  const std::vector<float> b = random_values((args.transpose_b ? args.n : args.k) * args.ldb, 2);
  std::vector<float> c = random_values(args.m * args.ldc, 3);
  if (args.beta == 0.0F) std::fill(c.begin(), c.end(), NAN);
  const std::vector<float> old = c;
  args.a = a.data();
  args.b = b.data();
  args.c = c.data();
  product(args);
  const auto at = [](const std::vector<float>& v, std::int64_t i) {
    return static_cast<double>(v[static_cast<std::size_t>(i)]);
  };
  double worst = 0.0;
  for (std::int64_t i = 0; i < args.m; ++i) {
    for (std::int64_t j = 0; j < args.n; ++j) {
      double sum = args.beta == 0.0F ? 0.0 : double{args.beta} * at(old, i * args.ldc + j);
      for (std::int64_t k = 0; k < args.k; ++k) {
        sum += at(a, args.transpose_a ? k * args.lda + i : i * args.lda + k) *
               at(b, args.transpose_b ? j * args.ldb + k : k * args.ldb + j);
      }
      const double error = std::fabs(sum - at(c, i * args.ldc + j));
      if (!(error <= worst)) worst = error;
    }
    for (std::int64_t j = args.n; j < args.ldc; ++j) {  // the gap stays as it was
      const std::int64_t k = i * args.ldc + j;
      if (!std::isnan(at(old, k)) && at(old, k) != at(c, k)) return 1e9;
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("gemm agrees with sums in double") {
  for (const std::int64_t m : {0, 1, 2, 17}) {
    for (const std::int64_t n : {0, 1, 3, 18}) {
      for (const std::int64_t k : {0, 1, 5, 64}) {
        for (int flags = 0; flags < 12; ++flags) {
          const GemmArgs args{.m = m,
                              .n = n,
                              .k = k,
                              .transpose_a = flags % 2 == 1,
                              .transpose_b = flags / 2 % 2 == 1,
                              .beta = static_cast<float>(flags / 4) * 0.5F};
          INFO(m << " " << n << " " << k << " " << flags);
          CHECK(worst_error(args, 0, gemm) < 1e-5);
          CHECK(worst_error(args, 3, gemm) < 1e-5);
        }
      }
    }
  }
}

TEST_CASE("parallel_gemm cuts C into tiles that meet") {
  for (const int threads : {1, 3}) {
    const ThreadLimit limit(threads);
    for (int flags = 0; flags < 4; ++flags) {
      const GemmArgs args{.m = 131,
                          .n = 1030,
                          .k = 33,
                          .transpose_a = flags % 2 == 1,
                          .transpose_b = flags / 2 == 1,
                          .beta = 1.0F};
      CHECK(worst_error(args, 2, parallel_gemm) < 1e-5);
    }
  }
}

TEST_CASE("gemm refuses extents beyond BLAS") {
  CHECK_THROWS_AS(gemm({.m = 2, .n = 1LL << 40, .k = 2}), ArgumentError);
}
