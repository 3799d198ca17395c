#include "core/ops/lstm.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "core/parallel.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::test;

namespace {

double sigmoid(double v) { return 1.0 / (1.0 + std::exp(-v)); }

/// Cell by cell, straight from the equations.
DoubleTensor lstm(Inputs in) {
  const DoubleTensor& x = in[0];
  const std::int64_t hidden = in[2].shape[1];
  DoubleTensor h({x.shape[0], x.shape[1], hidden});
  DoubleTensor c({x.shape[0], x.shape[1], hidden});
  for (std::int64_t t = 0; t < x.shape[0]; ++t) {
    for (std::int64_t n = 0; n < x.shape[1]; ++n) {
      for (std::int64_t k = 0; k < hidden; ++k) {
        const auto gate = [&](std::int64_t which) {
          const std::int64_t row = which * hidden + k;
          double sum = in[3].at({row}) + in[4].at({row});
          for (std::int64_t i = 0; i < x.shape[2]; ++i) sum += in[1].at({row, i}) * x.at({t, n, i});
          for (std::int64_t j = 0; j < hidden; ++j) {
            sum += in[2].at({row, j}) * h.at({t - 1, n, j});
          }
          return sum;
        };
        c[{t, n, k}] =
            sigmoid(gate(1)) * c.at({t - 1, n, k}) + sigmoid(gate(0)) * std::tanh(gate(2));
        h[{t, n, k}] = sigmoid(gate(3)) * std::tanh(c.at({t, n, k}));
      }
    }
  }
  return h;
}

struct Extents {
  std::int64_t steps, batch, features, hidden;
};

std::vector<Tensor> random_inputs(const Extents& e) {
  return {random_tensor({e.steps, e.batch, e.features}, 1),
          random_tensor({4 * e.hidden, e.features}, 2), random_tensor({4 * e.hidden, e.hidden}, 3),
          random_tensor({4 * e.hidden}, 4), random_tensor({4 * e.hidden}, 5)};
}

}  // namespace

TEST_CASE("LSTM: forward and gradients") {
  for (const Extents& e : {Extents{1, 1, 1, 1},
                           {4, 2, 3, 5},
                           {1, 3, 2, 4},
                           {6, 1, 4, 2},
                           {0, 2, 3, 4},
                           {3, 0, 2, 2}}) {
    INFO(e.steps << " steps of " << e.batch << ", " << e.features << " to " << e.hidden);
    CHECK(problems({ops::Lstm(), lstm, random_inputs(e)}) == "");
  }
}

TEST_CASE("LSTM: two steps worked by hand") {
  // All weights are zero but the forget gate's bias (sigmoid ln 3 = 3/4) and the weight of g, so
  // that i = o = 1/2 and c = 1/2·tanh(x) at first, 3/4 of that afterwards.
  const std::vector<Tensor> inputs{
      Tensor({2, 1, 1}, std::array{2.0F, 0.0F}), Tensor({4, 1}, std::array{0.0F, 0.0F, 1.0F, 0.0F}),
      Tensor({4, 1}), Tensor({4}, std::array{0.0F, std::log(3.0F), 0.0F, 0.0F}), Tensor({4})};
  const Tensor h = ops::Lstm().forward(inputs, {});
  const double cell = std::tanh(2.0) / 2.0;
  CHECK(h.data()[0] == Approx(std::tanh(cell) / 2.0));
  CHECK(h.data()[1] == Approx(std::tanh(0.75 * cell) / 2.0));
}

TEST_CASE("LSTM stays finite where the gates saturate") {
  std::vector<Tensor> inputs = random_inputs({5, 2, 3, 4});
  inputs[0] = Tensor({5, 2, 3}, 1e4F);
  for (const Tensor& result : run_all({ops::Lstm(), nullptr, inputs})) {
    for (const float value : result.data()) REQUIRE(std::isfinite(value));
  }
}

TEST_CASE("LSTM gives the same bits for any number of threads") {
  std::vector<Tensor> expected;
  for (const int threads : {1, 2, 3, 5}) {
    const ThreadLimit limit(threads);
    const std::vector<Tensor> got = run_all({ops::Lstm(), nullptr, random_inputs({7, 70, 40, 65})});
    if (expected.empty()) expected = got;
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(same_bits(got[i], expected[i]));
  }
}

TEST_CASE("LSTM checks its arguments") {
  const ops::Lstm op;
  const std::array<Shape, 5> good{Shape{3, 2, 5}, {16, 5}, {16, 4}, {16}, {16}};
  CHECK(op.infer_shape(good) == Shape{3, 2, 4});
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::array<Shape, 5> bad = good;
    bad[i].back() += 1;
    INFO("input " << i);
    CHECK_THROWS_AS(op.infer_shape(bad), ShapeError);
    bad[i] = {};
    CHECK_THROWS_AS(op.infer_shape(bad), ShapeError);
  }
  std::array<Shape, 5> odd{Shape{3, 2, 5}, {15, 5}, {15, 3}, {15}, {15}};
  CHECK_THROWS_WITH(op.infer_shape(odd), Catch::StartsWith("LSTM: "));
  CHECK_THROWS_AS(op.infer_shape(std::span(good).first(3)), ShapeError);
}
