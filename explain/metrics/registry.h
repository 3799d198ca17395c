/// Every metric by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "explain/metrics/metric.h"
#include "explain/option_values.h"

namespace cameo::explain {

/// In the order they are best shown.
std::vector<std::string> metric_names();

/// What there is to know about a metric. Throws LookupError with close matches.
const MetricInfo& metric_info(std::string_view name);

/// Throws LookupError for an unknown metric, option or named value, with close ones, and
/// ArgumentError for a value the option cannot take.
Metric make_metric(std::string_view name, const OptionValues& options = {});

}  // namespace cameo::explain
