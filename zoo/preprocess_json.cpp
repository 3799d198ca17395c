#include <nlohmann/json.hpp>

#include "core/error.h"
#include "zoo/preprocess.h"

namespace cameo::zoo {

namespace {

constexpr std::array<std::string_view, 2> kFilterNames = {"bilinear", "bicubic"};

ResizeFilter filter_named(const std::string& name) {
  for (std::size_t i = 0; i < kFilterNames.size(); ++i) {
    if (kFilterNames[i] == name) return static_cast<ResizeFilter>(i);
  }
  throw ArgumentError("preprocessing: a filter \"" + name + "\"; bilinear or bicubic was expected");
}

}  // namespace

std::string to_json(const Preprocess& preprocess) {
  check(preprocess);
  const nlohmann::ordered_json json = {
      {"resize_short", preprocess.resize_short},
      {"resize_width", preprocess.resize_width},
      {"resize_height", preprocess.resize_height},
      {"filter", kFilterNames.at(static_cast<std::size_t>(preprocess.filter))},
      {"crop", preprocess.crop},
      {"channels", preprocess.channels},
      {"bgr", preprocess.bgr},
      {"range", preprocess.range},
      {"mean", preprocess.mean},
      {"std", preprocess.std}};
  return json.dump();
}

Preprocess preprocess_from_json(std::string_view json, std::string_view name) {
  try {
    const nlohmann::json value = nlohmann::json::parse(json);
    const Preprocess preprocess{.resize_short = value.at("resize_short"),
                                .resize_width = value.at("resize_width"),
                                .resize_height = value.at("resize_height"),
                                .filter = filter_named(value.value("filter", "bilinear")),
                                .crop = value.at("crop"),
                                .channels = value.at("channels"),
                                .bgr = value.at("bgr"),
                                .range = value.at("range"),
                                .mean = value.at("mean"),
                                .std = value.at("std")};
    check(preprocess);
    return preprocess;
  } catch (const nlohmann::json::exception&) {
    throw FormatError(name, -1, "the preprocessing description is damaged");
  } catch (const ArgumentError& error) {
    throw FormatError(name, -1, error.what());
  }
}

}  // namespace cameo::zoo
