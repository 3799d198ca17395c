#include "explain/metrics/registry.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/names.h"
#include "explain/metrics/factories.h"

namespace cameo::explain {

namespace {

const std::vector<MetricEntry>& entries() {
  static const std::vector<MetricEntry> table = [] {
    std::vector<MetricEntry> rows;
    for (auto family : {faithfulness_metrics, localization_metrics, behaviour_metrics}) {
      for (MetricEntry& entry : family()) rows.push_back(std::move(entry));
    }
    return rows;
  }();
  return table;
}

const MetricEntry& find_entry(std::string_view name) {
  for (const MetricEntry& entry : entries()) {
    if (entry.info.name == name) return entry;
  }
  throw LookupError(unknown_name_message("metric", name, metric_names()));
}

void check_keys(const MetricInfo& info, const OptionValues& options) {
  std::vector<std::string> keys;
  for (const OptionInfo& option : info.options) keys.push_back(option.key);
  for (const auto& [key, value] : options) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    throw LookupError("metric \"" + info.name + "\": " +
                      (keys.empty() ? "it has no options, got \"" + key + "\""
                                    : unknown_name_message("option", key, keys)));
  }
}

}  // namespace

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const MetricEntry& entry : entries()) names.push_back(entry.info.name);
  return names;
}

const MetricInfo& metric_info(std::string_view name) { return find_entry(name).info; }

Metric make_metric(std::string_view name, const OptionValues& options) {
  const MetricEntry& entry = find_entry(name);
  check_keys(entry.info, options);
  return entry.make(entry.info, options);
}

}  // namespace cameo::explain
