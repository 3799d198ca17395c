// Arithmetic of two and more tensors, on known integers as well.
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/ops/add.h"
#include "core/ops/div.h"
#include "core/ops/max.h"
#include "core/ops/mean.h"
#include "core/ops/min.h"
#include "core/ops/mul.h"
#include "core/ops/pow.h"
#include "core/ops/sub.h"
#include "core/ops/sum.h"
#include "zoo/onnx/evaluate.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

/// Before operator set 7 the second input is laid along the first from `axis` on.
Value& second_operand(Call& call) {
  Value& b = call.input(1);
  if (call.opset() >= 7) return b;
  call.ignore("consumed_inputs");
  const bool broadcast = call.integer("broadcast", 0) != 0;
  const Value& a = call.input(0);
  if (!broadcast || !call.has_attribute("axis")) return b;
  const std::int64_t axis = call.integer("axis", 0);
  const auto rank = static_cast<std::int64_t>(a.rank());
  const auto own = static_cast<std::int64_t>(b.rank());
  const std::int64_t first = axis < 0 ? axis + rank : axis;
  if (first < 0 || own > rank || first > rank - own) call.fail("its axis does not fit its inputs");
  PerBatch<Shape> targets = b.shapes;
  for (Shape& target : targets) {
    target.insert(target.end(), static_cast<std::size_t>(rank - own - first), 1);
  }
  return call.reshape(b, targets);
}

std::int64_t checked(bool overflow, std::int64_t result) {
  if (overflow) throw ArgumentError("its integers overflow");
  return result;
}

std::int64_t add(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  const bool overflow = __builtin_add_overflow(a, b, &result);
  return checked(overflow, result);
}

std::int64_t subtract(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  const bool overflow = __builtin_sub_overflow(a, b, &result);
  return checked(overflow, result);
}

std::int64_t multiply(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  const bool overflow = __builtin_mul_overflow(a, b, &result);
  return checked(overflow, result);
}

/// Towards zero.
std::int64_t divide(std::int64_t a, std::int64_t b) {
  if (b == 0) throw ArgumentError("its integers are divided by 0");
  return b == -1 ? subtract(0, a) : a / b;
}

std::int64_t larger(std::int64_t a, std::int64_t b) { return std::max(a, b); }
std::int64_t smaller(std::int64_t a, std::int64_t b) { return std::min(a, b); }

template <typename T, std::int64_t (*kIntegers)(std::int64_t, std::int64_t)>
Values lower_binary(Call& call) {
  Value& b = second_operand(call);
  if (call.all_integers()) return {&evaluate_integers(call, kIntegers)};
  return {&call.apply(std::make_shared<T>(), {&call.input(0), &b})};
}

/// Whole numbers that float32 has computed exactly.
Constant whole_numbers(const Tensor& floats) {
  constexpr float kMostExact = 16777216.0F;
  std::vector<std::int64_t> values;
  for (const float value : floats.data()) {
    if (!(std::fabs(value) < kMostExact)) throw ArgumentError("its integers are too large");
    values.push_back(static_cast<std::int64_t>(value));
  }
  return Constant(floats.shape(), std::move(values));
}

/// The operands may differ in type; the result has the base's.
Values lower_pow(Call& call) {
  Value& base = call.input(0);
  Value& power = call.apply(std::make_shared<ops::Pow>(),
                            {&call.as_floats(base), &call.as_floats(second_operand(call))});
  if (!base.is_integer()) return {&power};
  if (!power.is_known()) call.fail("computes with integers that are no small constants");
  return {&call.constants(
      {whole_numbers(power.known[0]->floats()), whole_numbers(power.known[1]->floats())})};
}

template <typename T>
Values lower_several(Call& call) {
  call.ignore("consumed_inputs");
  return {&call.apply(std::make_shared<T>(), call.inputs())};
}

/// Shape arithmetic has two integer operands.
template <typename T, std::int64_t (*kIntegers)(std::int64_t, std::int64_t)>
Values lower_extremum(Call& call) {
  if (call.input_count() == 2 && call.all_integers()) return {&evaluate_integers(call, kIntegers)};
  return lower_several<T>(call);
}

constexpr OpRow kRows[] = {
    {"Add", 2, 2, lower_binary<ops::Add, add>},
    {"Div", 2, 2, lower_binary<ops::Div, divide>},
    {"Max", 1, kAnyInputs, lower_extremum<ops::Max, larger>},
    {"Mean", 1, kAnyInputs, lower_several<ops::Mean>},
    {"Min", 1, kAnyInputs, lower_extremum<ops::Min, smaller>},
    {"Mul", 2, 2, lower_binary<ops::Mul, multiply>},
    {"Pow", 2, 2, lower_pow},
    {"Sub", 2, 2, lower_binary<ops::Sub, subtract>},
    {"Sum", 1, kAnyInputs, lower_several<ops::Sum>},
};

}  // namespace

std::span<const OpRow> arithmetic_ops() { return kRows; }

}  // namespace cameo::zoo::onnx
