#include "core/gemm/row_kernels.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/random.h"

using namespace cameo;

namespace {

std::vector<float> random_floats(std::ptrdiff_t count, Random& random) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

void check_product(std::ptrdiff_t rows, std::ptrdiff_t columns, std::ptrdiff_t depth) {
  CAPTURE(rows, columns, depth);
  Random random(7);
  // Strides of their own, and a column behind C's last that must stay as it is.
  const std::ptrdiff_t a_stride = depth + 3;
  const std::ptrdiff_t b_stride = depth + 5;
  const std::ptrdiff_t c_stride = columns + 1;
  const std::vector<float> a = random_floats(rows * a_stride, random);
  const std::vector<float> b = random_floats(columns * b_stride, random);
  std::vector<float> c = random_floats(rows * c_stride, random);
  const std::vector<float> before = c;
  row_kernels().multiply({.a = a.data(),
                          .a_stride = a_stride,
                          .rows = rows,
                          .b = b.data(),
                          .b_stride = b_stride,
                          .columns = columns,
                          .depth = depth,
                          .c = c.data(),
                          .c_stride = c_stride});
  for (std::ptrdiff_t r = 0; r < rows; ++r) {
    for (std::ptrdiff_t n = 0; n < c_stride; ++n) {
      const auto at = static_cast<std::size_t>(r * c_stride + n);
      double expected = before[at];
      double terms = std::abs(expected);
      for (std::ptrdiff_t t = 0; n < columns && t < depth; ++t) {
        const double term = static_cast<double>(a[static_cast<std::size_t>(r * a_stride + t)]) *
                            b[static_cast<std::size_t>(n * b_stride + t)];
        expected += term;
        terms += std::abs(term);
      }
      CHECK(std::abs(c[at] - expected) <= 1e-6 * terms);
    }
  }
}

}  // namespace

TEST_CASE("products of rows are added, however many rows and columns there are") {
  for (std::ptrdiff_t rows = 1; rows <= 9; ++rows) {
    for (std::ptrdiff_t columns = 1; columns <= 9; ++columns) check_product(rows, columns, 32);
  }
  for (const std::ptrdiff_t depth : {0, 16, 48, 512}) check_product(5, 7, depth);
}
