#include "zoo/checkpoints/safetensors_header.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/error.h"

namespace cameo::zoo {

namespace {

constexpr std::size_t kHeaderOffset = 8;

/// Receives the parser's events and knows at each which are legal, so that nesting, repeated keys
/// and stray types end the reading at once.
class HeaderEvents {
 public:
  using json = nlohmann::json;

  explicit HeaderEvents(std::string_view file) : file_(file) {}

  SafetensorsHeader take() { return std::move(header_); }

  bool start_object(std::size_t) {
    switch (state_) {
      case State::kStart:
        state_ = State::kTop;
        return true;
      case State::kTop:
        state_ = key_ == "__metadata__" ? State::kMetadata : State::kEntry;
        break;
      default:
        unexpected("an object");
    }
    if (state_ == State::kEntry) header_.entries.emplace_back().name = key_;
    inner_keys_.clear();
    return true;
  }

  bool end_object() {
    switch (state_) {
      case State::kTop:
        state_ = State::kEnd;
        return true;
      case State::kMetadata:
        state_ = State::kTop;
        return true;
      case State::kEntry:
        if (inner_keys_.size() != 3) {
          fail("tensor \"" + shown(entry().name) + "\" needs dtype, shape and data_offsets");
        }
        state_ = State::kTop;
        return true;
      default:
        unexpected("the end of an object");
    }
  }

  bool key(std::string& name) {
    auto& keys = state_ == State::kTop ? top_keys_ : inner_keys_;
    if (!keys.insert(name).second) fail("key \"" + shown(name) + "\" appears twice");
    if (state_ == State::kEntry && name != "dtype" && name != "shape" && name != "data_offsets") {
      fail("unknown key \"" + shown(name) + "\" in tensor \"" + shown(entry().name) + "\"");
    }
    (state_ == State::kTop ? key_ : inner_key_) = name;
    return true;
  }

  bool string(std::string& value) {
    if (state_ == State::kMetadata) {
      header_.metadata[inner_key_] = value;
    } else if (state_ == State::kEntry && inner_key_ == "dtype") {
      entry().dtype = value;
    } else {
      unexpected("a string");
    }
    return true;
  }

  bool start_array(std::size_t) {
    if (state_ != State::kEntry || inner_key_ == "dtype") unexpected("an array");
    state_ = State::kNumbers;
    return true;
  }

  bool end_array() {
    state_ = State::kEntry;
    return true;
  }

  bool number_unsigned(std::uint64_t value) {
    if (state_ != State::kNumbers) unexpected("a number");
    (inner_key_ == "shape" ? entry().shape : entry().data_offsets).push_back(value);
    return true;
  }

  bool number_integer(std::int64_t) { unexpected("a negative number"); }
  bool number_float(double, const std::string&) { unexpected("a number that is not whole"); }
  bool null() { unexpected("null"); }
  bool boolean(bool) { unexpected("true or false"); }
  bool binary(json::binary_t&) { unexpected("binary data"); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    throw FormatError(file_, static_cast<std::int64_t>(kHeaderOffset + position),
                      "safetensors: the header is not valid JSON");
  }

 private:
  enum class State { kStart, kTop, kMetadata, kEntry, kNumbers, kEnd };

  SafetensorsEntry& entry() { return header_.entries.back(); }

  static std::string shown(std::string_view name) { return std::string(name.substr(0, 80)); }

  [[noreturn]] void unexpected(const std::string& what) const {
    if (state_ == State::kStart) fail("the header must be a JSON object, it is " + what);
    const std::string inner = state_ == State::kTop ? "" : "." + shown(inner_key_);
    fail(what + " where none may be, at \"" + shown(key_) + inner + "\"");
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(file_, -1, "safetensors: " + what);
  }

  std::string_view file_;
  SafetensorsHeader header_;
  State state_ = State::kStart;
  std::string key_;
  std::string inner_key_;
  std::set<std::string> top_keys_;
  std::set<std::string> inner_keys_;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json, std::string_view file) {
  if (!json.starts_with('{')) {
    throw FormatError(file, kHeaderOffset, "safetensors: the header must begin with '{'");
  }
  // The JSON parser would take a zero byte for the end of its input.
  if (const std::size_t zero = json.find('\0'); zero != std::string_view::npos) {
    throw FormatError(file, static_cast<std::int64_t>(kHeaderOffset + zero),
                      "safetensors: a zero byte in the header");
  }
  HeaderEvents events(file);
  nlohmann::json::sax_parse(json, &events);
  return events.take();
}

}  // namespace cameo::zoo
