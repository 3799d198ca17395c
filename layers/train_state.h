/// Everything a training run needs to go on later as if it had never stopped.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/tensor.h"

namespace cameo {

/// Named tensors and named texts, so that any container format can carry them. Floating-point
/// numbers are written in hexadecimal and so come back exactly.
struct TrainState {
  std::map<std::string, Tensor, std::less<>> tensors;
  std::map<std::string, std::string, std::less<>> values;

  void set_integer(std::string key, std::int64_t value);
  void set_number(std::string key, double value);

  /// These throw ArgumentError, naming the key, when it is missing or not of that kind.
  const std::string& text(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  double number(std::string_view key) const;
  /// A tensor of the given shape.
  const Tensor& tensor(std::string_view key, const Shape& shape) const;
};

/// The shortest decimal text that reads back as the same number.
std::string shortest_text(double value);
std::string shortest_text(float value);

}  // namespace cameo
