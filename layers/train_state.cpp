#include "layers/train_state.h"

#include <array>
#include <charconv>

#include "core/error.h"

namespace cameo {

namespace {

template <typename Number, typename... Format>
std::string to_text(Number value, Format... format) {
  std::array<char, 64> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...);
  static_cast<void>(error);
  return {buffer.data(), end};
}

template <typename Number, typename... Format>
Number parse(std::string_view key, const std::string& text, Format... format) {
  Number value{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value, format...);
  if (error != std::errc() || end != last) {
    throw ArgumentError("training state: \"" + std::string(key) + "\" is not a number: \"" +
                        text.substr(0, 40) + "\"");
  }
  return value;
}

}  // namespace

void TrainState::set_integer(std::string key, std::int64_t value) {
  values[std::move(key)] = std::to_string(value);
}

void TrainState::set_number(std::string key, double value) {
  values[std::move(key)] = to_text(value, std::chars_format::hex);
}

const std::string& TrainState::text(std::string_view key) const {
  const auto found = values.find(key);
  if (found == values.end()) {
    throw ArgumentError("training state: \"" + std::string(key) + "\" is missing");
  }
  return found->second;
}

std::int64_t TrainState::integer(std::string_view key) const {
  return parse<std::int64_t>(key, text(key));
}

double TrainState::number(std::string_view key) const {
  return parse<double>(key, text(key), std::chars_format::hex);
}

const Tensor& TrainState::tensor(std::string_view key, const Shape& shape) const {
  const auto found = tensors.find(key);
  if (found == tensors.end() || !found->second.defined()) {
    throw ArgumentError("training state: tensor \"" + std::string(key) + "\" is missing");
  }
  if (found->second.shape() != shape) {
    throw ArgumentError("training state: tensor \"" + std::string(key) + "\" has shape " +
                        to_string(found->second.shape()) + ", the network needs " +
                        to_string(shape));
  }
  return found->second;
}

std::string shortest_text(double value) { return to_text(value); }

std::string shortest_text(float value) { return to_text(value); }

}  // namespace cameo
