/// What the program writes is what nlohmann::json writes.
#include "tools/json.h"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"

using namespace cameo;
using tools::Json;

TEST_CASE("values are written as nlohmann writes them") {
  CHECK(Json().dump() == "null");
  CHECK(Json(nullptr).dump() == "null");
  CHECK(Json(true).dump() == "true");
  CHECK(Json(-3).dump() == "-3");
  CHECK(Json(std::numeric_limits<std::uint64_t>::max()).dump() == "18446744073709551615");
  CHECK(Json(0.1).dump() == nlohmann::json(0.1).dump());
  CHECK(Json(0.1F).dump() == nlohmann::json(0.1F).dump());
  CHECK(Json(std::numeric_limits<double>::quiet_NaN()).dump() == "null");
  CHECK(Json("a \"b\"\n").dump() == R"("a \"b\"\n")");
  CHECK(Json("\xFF").dump() == "\"\xEF\xBF\xBD\"");
  CHECK(Json(std::vector<std::int64_t>{1, 2}).dump() == "[1,2]");
  CHECK(Json(std::map<std::string, std::string>{{"k", "v"}}).dump() == R"({"k":"v"})");
}

TEST_CASE("braces make objects of named values and arrays of others") {
  const Json json{{"b", 1}, {"a", {{"x", 0.5}}}, {"list", {1, "two", nullptr}}};
  CHECK(json.dump() == R"({"a":{"x":0.5},"b":1,"list":[1,"two",null]})");
  CHECK(json.dump(2) == nlohmann::json::parse(json.dump()).dump(2));
  CHECK(Json{1, 2}.dump() == "[1,2]");
  CHECK(Json::array({{"a", 1}, {"b", 2}}).dump() == R"([["a",1],["b",2]])");
  CHECK(Json::object().dump() == "{}");
}

TEST_CASE("documents grow and are read") {
  Json json;
  json["list"].push_back(1);
  json["list"].push_back({{"name", "x"}});
  json["list"].push_back("y");
  json["number"] = 2;
  CHECK(json.dump() == R"({"list":[1,{"name":"x"},"y"],"number":2})");
  CHECK(json.at("list").size() == 3);
  CHECK(json.at("list").at(1).at("name").text() == "x");
  CHECK(json.at("list").back().text() == "y");
  CHECK(json.at("number").number() == 2.0);
  CHECK_THROWS_AS(json.at("none"), LookupError);
  CHECK_THROWS_AS(json.at("list").at(3), LookupError);
  CHECK_THROWS_AS(json.at("number").text(), LookupError);
  CHECK_THROWS_AS(json.push_back(1), LookupError);
  CHECK_THROWS_AS(json["number"]["deeper"], LookupError);
  CHECK(Json::parse(json.dump()).dump() == json.dump());
  CHECK_THROWS_AS(Json::parse("{"), ArgumentError);
}
