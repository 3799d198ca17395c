/// JSON that the program writes. nlohmann::json, which turns it into text, costs each file that
/// includes it seconds of compiling; documents from outside are read with nlohmann::json itself.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cameo::tools {

/// null, a truth value, a number, a text, an array or an object. Reading a value as what it is not
/// throws LookupError.
class Json {
 public:
  Json();
  Json(std::nullptr_t) : Json() {}
  Json(std::same_as<bool> auto truth) : Json(Kind::kTruth) { truth_ = truth; }
  Json(std::signed_integral auto number) : Json(Kind::kInteger) { integer_ = number; }
  Json(std::unsigned_integral auto number) requires(!std::same_as<decltype(number), bool>)
      : Json(Kind::kUnsigned) {
    unsigned_ = number;
  }
  /// Written as null where it is not finite.
  Json(std::floating_point auto number) : Json(Kind::kNumber) { number_ = double{number}; }
  Json(std::string text);
  Json(std::string_view text) : Json(std::string(text)) {}
  Json(const char* text) : Json(std::string(text)) {}
  template <typename T>
  Json(std::span<const T> elements) : Json(Kind::kArray) {
    for (const T& element : elements) push_back(element);
  }
  template <typename T>
  Json(const std::vector<T>& elements) : Json(std::span<const T>(elements)) {}
  template <typename T, typename Order>
  Json(const std::map<std::string, T, Order>& members) : Json(Kind::kObject) {
    for (const auto& [key, value] : members) (*this)[key] = value;
  }
  /// An object where every element is a text with a value, otherwise an array.
  Json(std::initializer_list<Json> elements);
  static Json array() { return Json(Kind::kArray); }
  static Json array(std::initializer_list<Json> elements);
  static Json object() { return Json(Kind::kObject); }
  /// Of text that the program wrote itself. Throws ArgumentError for what is no JSON.
  static Json parse(std::string_view text);

  Json(const Json&);
  Json(Json&&) noexcept;
  Json& operator=(const Json&);
  Json& operator=(Json&&) noexcept;
  ~Json();

  bool is_null() const { return kind_ == Kind::kNull; }
  const std::string& text() const;
  /// Of a number of any kind.
  double number() const;
  /// An array's; null becomes an array.
  void push_back(Json element);
  std::size_t size() const { return elements_.size(); }
  const Json& at(std::size_t index) const;
  /// An array's last element.
  const Json& back() const { return at(size() - 1); }
  const Json* begin() const { return elements_.data(); }
  const Json* end() const { return begin() + size(); }
  /// An object's; null becomes an object, a key that is missing is added.
  Json& operator[](std::string_view key);
  const Json& at(std::string_view key) const;

  /// As text, an object's keys sorted, on one line without an indentation. Bytes that are not UTF-8
  /// are replaced.
  std::string dump(int indentation = -1) const;

 private:
  enum class Kind { kNull, kTruth, kInteger, kUnsigned, kNumber, kText, kArray, kObject };
  friend struct JsonWriter;

  explicit Json(Kind kind);
  const Json* find(std::string_view key) const;

  Kind kind_;
  bool truth_ = false;
  std::int64_t integer_ = 0;
  std::uint64_t unsigned_ = 0;
  double number_ = 0.0;
  std::string text_;
  std::vector<std::string> keys_;  ///< of the elements of an object
  std::vector<Json> elements_;
};

}  // namespace cameo::tools
