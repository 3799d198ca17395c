// Constants and shape arithmetic: what is known while a model is read.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "zoo/onnx/evaluate.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

/// TensorProto::DataType of Cast.
enum class CastType : std::int64_t {
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kBool = 9,
  kHalf = 10,
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kBFloat16 = 16
};

Values lower_constant(Call& call) {
  if (const Constant* value = call.tensor("value")) return {&call.constant(*value)};
  if (call.has_attribute("value_float")) return {&call.scalar(call.number("value_float", 0.0F))};
  if (call.has_attribute("value_int")) {
    return {&call.constant(Constant(Shape{}, {call.integer("value_int", 0)}))};
  }
  if (call.has_attribute("value_floats")) {
    const std::vector<float> values = call.numbers("value_floats");
    return {
        &call.constant(Constant(Tensor(Shape{static_cast<std::int64_t>(values.size())}, values)))};
  }
  if (call.has_attribute("value_ints")) {
    std::vector<std::int64_t> values = call.integers("value_ints");
    const auto count = static_cast<std::int64_t>(values.size());
    return {&call.constant(Constant(Shape{count}, std::move(values)))};
  }
  call.fail("holds no numbers");
}

/// `place` within 0 … rank, negative ones counted from the end.
std::int64_t clamped_place(std::int64_t place, std::int64_t rank) {
  return std::clamp<std::int64_t>(place < 0 ? place + rank : place, 0, rank);
}

Values lower_shape(Call& call) {
  const Value& x = call.input(0);
  const auto rank = static_cast<std::int64_t>(x.rank());
  const std::int64_t start = clamped_place(call.integer("start", 0), rank);
  const std::int64_t end = clamped_place(call.integer("end", rank), rank);
  const auto part = [&](const Shape& shape) {
    Shape extents(shape.begin() + std::min(start, end), shape.begin() + end);
    const auto count = static_cast<std::int64_t>(extents.size());
    return Constant(Shape{count}, std::move(extents));
  };
  return {&call.constants({part(x.shapes[0]), part(x.shapes[1])})};
}

Values lower_size(Call& call) {
  const auto size = [&](const Shape& shape) { return Constant(Shape{}, {element_count(shape)}); };
  const Value& x = call.input(0);
  return {&call.constants({size(x.shapes[0]), size(x.shapes[1])})};
}

/// More elements than any shape arithmetic has.
constexpr std::int64_t kMostFilled = std::int64_t{1} << 20;

Constant filled(const Shape& shape, const Constant* value) {
  const std::int64_t count = element_count(shape);
  if (count > kMostFilled) {
    throw ArgumentError("fills " + to_string(shape) + ", more than " + std::to_string(kMostFilled) +
                        " elements");
  }
  if (value == nullptr) return Constant(Tensor(shape));
  if (value->is_float()) return Constant(Tensor(shape, value->floats().data()[0]));
  return Constant(shape,
                  std::vector<std::int64_t>(static_cast<std::size_t>(count), value->integers()[0]));
}

Values lower_constant_of_shape(Call& call) {
  const Constant* value = call.tensor("value");
  if (value != nullptr && value->size() != 1) call.fail("its value is not one number");
  const auto fill = [&](std::size_t s) { return filled(call.known(0, s).integers(), value); };
  return {&call.constants({fill(0), fill(1)})};
}

std::vector<std::int64_t> integer_range(std::int64_t start, std::int64_t limit,
                                        std::int64_t delta) {
  std::int64_t span = 0;
  if (delta == 0 || delta == std::numeric_limits<std::int64_t>::min() ||
      __builtin_sub_overflow(limit, start, &span)) {
    throw ArgumentError("its range is impossible");
  }
  std::vector<std::int64_t> values;
  if ((span > 0) != (delta > 0)) return values;
  const std::int64_t count = span / delta + (span % delta != 0 ? 1 : 0);
  if (count > kMostFilled) throw ArgumentError("its range is too long");
  for (std::int64_t i = 0; i < count; ++i) values.push_back(start + i * delta);
  return values;
}

std::int64_t only_integer(const Call& call, std::size_t i, std::size_t sample) {
  const std::vector<std::int64_t>& values = call.known(i, sample).integers();
  if (values.size() != 1) call.fail("its input " + std::to_string(i) + " is not one number");
  return values[0];
}

Values lower_range(Call& call) {
  const auto range = [&](std::size_t s) {
    std::vector<std::int64_t> values =
        integer_range(only_integer(call, 0, s), only_integer(call, 1, s), only_integer(call, 2, s));
    const auto count = static_cast<std::int64_t>(values.size());
    return Constant(Shape{count}, std::move(values));
  };
  return {&call.constants({range(0), range(1)})};
}

std::int64_t narrowed(std::int64_t value, CastType type) {
  switch (type) {
    case CastType::kUint8:
      return static_cast<std::uint8_t>(value);
    case CastType::kInt8:
      return static_cast<std::int8_t>(value);
    case CastType::kUint16:
      return static_cast<std::uint16_t>(value);
    case CastType::kInt16:
      return static_cast<std::int16_t>(value);
    case CastType::kInt32:
      return static_cast<std::int32_t>(value);
    case CastType::kUint32:
      return static_cast<std::uint32_t>(value);
    case CastType::kBool:
      return value != 0 ? 1 : 0;
    default:
      return value;
  }
}

std::int64_t truncated(float value) {
  constexpr float kLimit = 9.2e18F;
  if (!(value > -kLimit && value < kLimit)) throw ArgumentError("casts a number out of range");
  return static_cast<std::int64_t>(value);
}

Constant cast_to_integers(const Constant& from, CastType type) {
  std::vector<std::int64_t> values;
  if (from.is_float()) {
    for (const float value : from.floats().data()) {
      values.push_back(type == CastType::kBool ? (value != 0.0F ? 1 : 0)
                                               : narrowed(truncated(value), type));
    }
  } else {
    for (const std::int64_t value : from.integers()) values.push_back(narrowed(value, type));
  }
  return Constant(from.shape(), std::move(values));
}

/// Every floating-point type is float32 here, so a cast between two of them does nothing; rounding
/// to bfloat16 would be too large a difference to leave out.
Values lower_cast(Call& call) {
  const auto type = static_cast<CastType>(call.integer("to", 0));
  Value& x = call.input(0);
  switch (type) {
    case CastType::kFloat:
    case CastType::kHalf:
    case CastType::kDouble:
      return {&call.as_floats(x)};
    case CastType::kBFloat16:
      call.fail("casts to bfloat16, whose rounding float32 does not have");
    case CastType::kUint8:
    case CastType::kInt8:
    case CastType::kUint16:
    case CastType::kInt16:
    case CastType::kInt32:
    case CastType::kInt64:
    case CastType::kBool:
    case CastType::kUint32:
    case CastType::kUint64:
      return {&call.constants(
          {cast_to_integers(call.known(0, 0), type), cast_to_integers(call.known(0, 1), type)})};
  }
  call.fail("casts to an unsupported type");
}

template <float (*kFunction)(float)>
Values lower_rounding(Call& call) {
  const auto evaluate = [&](std::size_t sample) {
    Tensor values = call.known(0, sample).floats();
    for (float& value : values.mutable_data()) value = kFunction(value);
    return Constant(std::move(values));
  };
  return {&call.constants({evaluate(0), evaluate(1)})};
}

float floor_of(float value) { return std::floor(value); }
float ceil_of(float value) { return std::ceil(value); }

std::int64_t equal(std::int64_t a, std::int64_t b) { return a == b ? 1 : 0; }
std::int64_t greater(std::int64_t a, std::int64_t b) { return a > b ? 1 : 0; }
std::int64_t less(std::int64_t a, std::int64_t b) { return a < b ? 1 : 0; }
std::int64_t both(std::int64_t a, std::int64_t b) { return a != 0 && b != 0 ? 1 : 0; }
std::int64_t either(std::int64_t a, std::int64_t b) { return a != 0 || b != 0 ? 1 : 0; }

template <std::int64_t (*kCompare)(std::int64_t, std::int64_t)>
Values lower_comparison(Call& call) {
  return {&evaluate_integers(call, kCompare)};
}

Values lower_not(Call& call) {
  const auto evaluate = [&](std::size_t sample) {
    std::vector<std::int64_t> values = call.known(0, sample).integers();
    for (std::int64_t& value : values) value = value == 0 ? 1 : 0;
    return Constant(call.known(0, sample).shape(), std::move(values));
  };
  return {&call.constants({evaluate(0), evaluate(1)})};
}

Values lower_where(Call& call) {
  const auto evaluate = [&](std::size_t sample) {
    const Shape shape = known_broadcast_shape(call, sample);
    const auto condition = broadcast_integers(call.known(0, sample), shape);
    std::vector<std::int64_t> chosen = broadcast_integers(call.known(1, sample), shape);
    const auto other = broadcast_integers(call.known(2, sample), shape);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (condition[i] == 0) chosen[i] = other[i];
    }
    return Constant(shape, std::move(chosen));
  };
  return {&call.constants({evaluate(0), evaluate(1)})};
}

constexpr OpRow kRows[] = {
    {"And", 2, 2, lower_comparison<both>},
    {"Cast", 1, 1, lower_cast},
    {"Ceil", 1, 1, lower_rounding<ceil_of>},
    {"Constant", 0, 0, lower_constant},
    {"ConstantOfShape", 1, 1, lower_constant_of_shape},
    {"Equal", 2, 2, lower_comparison<equal>},
    {"Floor", 1, 1, lower_rounding<floor_of>},
    {"Greater", 2, 2, lower_comparison<greater>},
    {"Less", 2, 2, lower_comparison<less>},
    {"Not", 1, 1, lower_not},
    {"Or", 2, 2, lower_comparison<either>},
    {"Range", 3, 3, lower_range},
    {"Shape", 1, 1, lower_shape},
    {"Size", 1, 1, lower_size},
    {"Where", 3, 3, lower_where},
};

}  // namespace

std::span<const OpRow> shape_ops() { return kRows; }

}  // namespace cameo::zoo::onnx
