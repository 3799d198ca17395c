#include "tools/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace cameo::tools {

/// Makes nlohmann's value of ours.
struct JsonWriter {
  nlohmann::json operator()(const Json& json) const {
    switch (json.kind_) {
      case Json::Kind::kNull:
        return nullptr;
      case Json::Kind::kTruth:
        return json.truth_;
      case Json::Kind::kInteger:
        return json.integer_;
      case Json::Kind::kUnsigned:
        return json.unsigned_;
      case Json::Kind::kNumber:
        return json.number_;
      case Json::Kind::kText:
        return json.text_;
      case Json::Kind::kArray:
        return array(json);
      case Json::Kind::kObject:
        return object(json);
    }
    return nullptr;
  }

 private:
  nlohmann::json array(const Json& json) const {
    nlohmann::json elements = nlohmann::json::array();
    for (const Json& element : json.elements_) elements.push_back((*this)(element));
    return elements;
  }

  nlohmann::json object(const Json& json) const {
    nlohmann::json members = nlohmann::json::object();
    for (std::size_t i = 0; i < json.keys_.size(); ++i) {
      members[json.keys_[i]] = (*this)(json.elements_[i]);
    }
    return members;
  }
};

namespace {

Json json_of(const nlohmann::json& value) {
  if (value.is_null()) return {};
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  Json json = value.is_array() ? Json::array() : Json::object();
  for (const auto& [key, member] : value.items()) {
    value.is_array() ? json.push_back(json_of(member)) : void(json[key] = json_of(member));
  }
  return json;
}

}  // namespace

Json::Json() : Json(Kind::kNull) {}
Json::Json(Kind kind) : kind_(kind) {}
Json::Json(std::string text) : kind_(Kind::kText), text_(std::move(text)) {}
Json::Json(const Json&) = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json::Json(std::initializer_list<Json> elements) : Json(array(elements)) {
  const bool is_object = std::all_of(elements_.begin(), elements_.end(), [](const Json& element) {
    return element.kind_ == Kind::kArray && element.size() == 2 &&
           element.elements_[0].kind_ == Kind::kText;
  });
  if (!is_object || elements.size() == 0) return;
  Json members = object();
  for (Json& element : elements_) {
    members[element.elements_[0].text_] = std::move(element.elements_[1]);
  }
  *this = std::move(members);
}

Json Json::array(std::initializer_list<Json> elements) {
  Json json(Kind::kArray);
  json.elements_.assign(elements.begin(), elements.end());
  return json;
}

Json Json::parse(std::string_view text) {
  const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) throw ArgumentError("not JSON: " + std::string(text));
  return json_of(value);
}

const std::string& Json::text() const {
  if (kind_ != Kind::kText) throw LookupError("JSON: not a text");
  return text_;
}

double Json::number() const {
  if (kind_ == Kind::kInteger) return static_cast<double>(integer_);
  if (kind_ == Kind::kUnsigned) return static_cast<double>(unsigned_);
  if (kind_ != Kind::kNumber) throw LookupError("JSON: not a number");
  return number_;
}

void Json::push_back(Json element) {
  if (is_null()) kind_ = Kind::kArray;
  if (kind_ != Kind::kArray) throw LookupError("JSON: not an array");
  elements_.push_back(std::move(element));
}

const Json& Json::at(std::size_t index) const {
  if (kind_ != Kind::kArray || index >= elements_.size()) {
    throw LookupError("JSON: no element " + std::to_string(index));
  }
  return elements_[index];
}

const Json* Json::find(std::string_view key) const {
  if (kind_ != Kind::kObject) return nullptr;
  const auto place = std::find(keys_.begin(), keys_.end(), key);
  return place == keys_.end() ? nullptr : &elements_[place - keys_.begin()];
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) kind_ = Kind::kObject;
  if (kind_ != Kind::kObject) throw LookupError("JSON: not an object");
  const auto place = std::find(keys_.begin(), keys_.end(), key);
  const auto index = place - keys_.begin();
  if (place == keys_.end()) {
    keys_.emplace_back(key);
    elements_.emplace_back();
  }
  return elements_[index];
}

const Json& Json::at(std::string_view key) const {
  const Json* found = find(key);
  if (found == nullptr) throw LookupError("JSON: no member \"" + std::string(key) + "\"");
  return *found;
}

std::string Json::dump(int indentation) const {
  return JsonWriter()(*this).dump(indentation, ' ', false,
                                  nlohmann::json::error_handler_t::replace);
}

}  // namespace cameo::tools
