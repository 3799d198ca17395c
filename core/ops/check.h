/// Checks that ops share; every message starts with the op's type.
#pragma once

#include <any>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/op.h"

namespace cameo::ops {

/// "Conv: expected EXPECTED, got GOT"
[[noreturn]] void throw_shape_error(std::string_view op, std::string_view expected,
                                    std::string_view got);
[[noreturn]] void throw_argument_error(std::string_view op, std::string_view expected,
                                       std::string_view got);

void check_input_count(std::string_view op, std::span<const Shape> inputs, std::size_t least,
                       std::size_t most);
void check_rank(std::string_view op, std::string_view what, const Shape& shape, std::size_t rank);
/// Throws unless `shape` is `expected`.
void check_shape(std::string_view op, std::string_view what, const Shape& shape,
                 const Shape& expected);
/// Returns `shape` when its element count is representable.
Shape checked_output(std::string_view op, Shape shape);
/// `axis` as an index; negative counts from the end. Throws ArgumentError when out of range.
std::size_t checked_axis(std::string_view op, std::int64_t axis, std::size_t rank);

std::vector<Shape> shapes_of(std::span<const Tensor> inputs);

/// What forward left for the vjp; throws Error when it left nothing of that type.
template <typename T>
const T& residual(std::string_view op, const VjpContext& ctx) {
  const T* value = std::any_cast<T>(&ctx.residuals);
  if (value == nullptr) throw Error(std::string(op) + ": the run kept no residuals for a gradient");
  return *value;
}

}  // namespace cameo::ops
