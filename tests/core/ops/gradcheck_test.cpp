// The checker must find what it is there to find.
#include "tests/core/ops/gradcheck.h"

#include <catch2/catch.hpp>

#include "core/elementwise.h"
#include "core/ops/relu.h"
#include "core/ops/tanh.h"

using namespace cameo;
using namespace cameo::test;

namespace {

/// y = 2x, with faults to order.
struct Faults {
  float slope = 2.0F;
  float factor = 2.0F;
  bool reads_secretly = false;
  bool writes_unasked = false;
};

class Doubled final : public Op {
 public:
  explicit Doubled(Faults faults) : faults_(faults) {}
  std::string_view type() const override { return "Doubled"; }
  Shape infer_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  Tensor forward(std::span<const Tensor> inputs, const RunContext&) const override {
    return map(inputs[0], [f = faults_.factor](float v) { return f * v; });
  }
  void vjp(const VjpContext& ctx) const override {
    if (faults_.reads_secretly) static_cast<void>(ctx.output.data());
    for (std::size_t i = 0; i < ctx.needs.size(); ++i) {
      if (!ctx.needs[i] && !faults_.writes_unasked) continue;
      const float slope = i == 0 ? faults_.slope : 0.0F;
      ctx.input_grads[i] = map(ctx.grad, [slope](float g) { return slope * g; });
    }
  }
  Reads reads(std::span<const bool>) const override { return {}; }

 private:
  Faults faults_;
};

std::string problems_with(Faults faults) {
  const DoubleFunction twice = unary([](double v) { return 2.0 * v; });
  return problems({Doubled(faults), twice, {random_tensor({3, 4}, 1), random_tensor({3, 4}, 2)}});
}

}  // namespace

TEST_CASE("gradcheck passes a right op and finds a wrong one") {
  CHECK(problems_with({}).empty());
  CHECK_THAT(problems_with({.factor = 2.0001F}), Catch::Contains("forward at"));
  CHECK_THAT(problems_with({.slope = 2.05F}), Catch::Contains("gradient of input 0 at"));
  CHECK_THAT(problems_with({.reads_secretly = true}), Catch::Contains("throws"));
  CHECK_THAT(problems_with({.writes_unasked = true}), Catch::Contains("writes 1"));
}

TEST_CASE("gradcheck refuses to skip many kinks") {
  const DoubleFunction relu = unary([](double v) { return v > 0.0 ? v : 0.0; });
  CHECK(problems({ops::Relu(), relu, {random_tensor({4, 25}, 1)}}).empty());
  CHECK_THAT(problems({ops::Relu(), relu, {Tensor({4, 25})}}), Catch::Contains("kinks"));
}
