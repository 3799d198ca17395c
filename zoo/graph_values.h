/// The kinds of values that options have, as JSON: whole numbers, float32, truth values, words for
/// enumerators, and lists of those. Decoding throws ArgumentError naming the option.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/error.h"
#include "core/ops/depth_to_space.h"
#include "core/ops/pad.h"
#include "core/ops/resize.h"

namespace cameo::zoo {

using nlohmann::json;

/// The words for an enumeration, in the order of its enumerators.
template <typename Enum>
inline constexpr std::array<std::string_view, 0> kWords{};
template <>
inline constexpr std::array<std::string_view, 3> kWords<ops::PadMode>{"constant", "reflect",
                                                                      "edge"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<ops::ResizeMode>{"nearest", "linear"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<ops::ResizeCoordinates>{
    "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<ops::ResizeRounding>{
    "prefer_floor", "prefer_ceil", "floor", "ceil"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<ops::DepthOrder>{"block_first",
                                                                         "channel_first"};

[[noreturn]] inline void throw_wrong_kind(std::string_view option, std::string_view expected,
                                          const json& got) {
  throw ArgumentError("option \"" + std::string(option) + "\" expects " + std::string(expected) +
                      ", got a JSON " + got.type_name());
}

template <typename T>
json encode_value(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return kWords<T>.at(static_cast<std::size_t>(value));
  } else if constexpr (std::is_same_v<T, float>) {
    if (std::isfinite(value)) return value;
    return std::isnan(value) ? "nan" : value > 0.0F ? "inf" : "-inf";  // JSON has no such numbers
  } else if constexpr (std::is_arithmetic_v<T>) {
    return value;
  } else {
    json list = json::array();
    for (const auto& element : value) list.push_back(encode_value(element));
    return list;
  }
}

inline void decode_value(std::string_view option, const json& from, std::int64_t& to) {
  if (!from.is_number_integer() ||
      (from.is_number_unsigned() && from.get<std::uint64_t>() > INT64_MAX)) {
    throw_wrong_kind(option, "a whole number of 64 bits", from);
  }
  to = from.get<std::int64_t>();
}

inline void decode_value(std::string_view option, const json& from, bool& to) {
  if (!from.is_boolean()) throw_wrong_kind(option, "true or false", from);
  to = from.get<bool>();
}

inline void decode_value(std::string_view option, const json& from, float& to) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (from == "inf") {
    to = kInfinity;
  } else if (from == "-inf") {
    to = -kInfinity;
  } else if (from == "nan") {
    to = std::numeric_limits<float>::quiet_NaN();
  } else if (from.is_number() &&
             std::fabs(from.get<double>()) <= double{std::numeric_limits<float>::max()}) {
    to = from.get<float>();
  } else {
    throw_wrong_kind(option, "a float32 number", from);
  }
}

template <typename Enum>
requires std::is_enum_v<Enum>
void decode_value(std::string_view option, const json& from, Enum& to) {
  const auto found = std::find(kWords<Enum>.begin(), kWords<Enum>.end(), from);
  if (found == kWords<Enum>.end()) throw_wrong_kind(option, "one of its words", from);
  to = static_cast<Enum>(found - kWords<Enum>.begin());
}

template <typename T>
void decode_value(std::string_view option, const json& from, std::vector<T>& to) {
  if (!from.is_array()) throw_wrong_kind(option, "a list", from);
  to.assign(from.size(), T{});
  for (std::size_t i = 0; i < to.size(); ++i) decode_value(option, from[i], to[i]);
}

template <typename T, std::size_t kSize>
void decode_value(std::string_view option, const json& from, std::array<T, kSize>& to) {
  if (!from.is_array() || from.size() != kSize) {
    throw_wrong_kind(option, "a list of " + std::to_string(kSize), from);
  }
  for (std::size_t i = 0; i < kSize; ++i) decode_value(option, from[i], to[i]);
}

}  // namespace cameo::zoo
