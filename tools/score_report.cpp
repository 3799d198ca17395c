#include "tools/score_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <sstream>

#include "tools/json.h"

namespace cameo::tools {

namespace {

constexpr int kDecimals = 3;

std::string cell(const explain::MetricResult& result) {
  if (result.pictures == 0) return "none";
  return format_number(result.value, kDecimals) + " [" + format_number(result.low, kDecimals) +
         ", " + format_number(result.high, kDecimals) + "]";
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

std::string csv_number(double value) {
  if (!std::isfinite(value)) return {};
  std::ostringstream text;
  text.precision(9);
  text << value;
  return text.str();
}

using Verdict = std::optional<explain::SanityVerdict>;

/// Nothing where no picture was measured.
Verdict verdict_of(const std::vector<explain::Contribution>& pictures) {
  std::vector<explain::Contribution> measured;
  for (const explain::Contribution& picture : pictures) {
    if (!picture.empty()) measured.push_back(picture);
  }
  if (measured.empty()) return std::nullopt;
  return explain::sanity_verdict(measured);
}

std::string verdict_name(const explain::SanityVerdict& verdict) {
  return verdict.passes ? "passes" : "fails";
}

Json to_json(const Verdict& given, const std::vector<std::string>& layers) {
  Json list = Json::array();
  if (!given) return {{"upper_half", nullptr}, {"verdict", nullptr}, {"layers", std::move(list)}};
  const explain::SanityVerdict& verdict = *given;
  for (std::size_t i = 0; i < verdict.layers.size(); ++i) {
    list.push_back({{"layer", layers.at(i)},
                    {"rank", verdict.layers[i].rank},
                    {"absolute_rank", verdict.layers[i].absolute_rank},
                    {"structure", verdict.layers[i].structure}});
  }
  return {{"upper_half", verdict.upper_half},
          {"verdict", verdict_name(verdict)},
          {"layers", std::move(list)}};
}

std::string verdict_text(const ScoreFigures& figures) {
  std::vector<std::string> header{"method"};
  for (const std::string& check : figures.checks) {
    header.push_back(check + ", upper half");
    header.emplace_back("verdict");
  }
  Table table(header);
  for (std::size_t i = 0; i < figures.methods.size(); ++i) {
    std::vector<std::string> row{figures.methods[i]};
    for (const Verdict& verdict : figures.verdicts[i]) {
      row.push_back(verdict ? format_number(verdict->upper_half, kDecimals) : "none");
      row.push_back(verdict ? verdict_name(*verdict) : "none");
    }
    table.add_row(std::move(row));
  }
  return table.text();
}

}  // namespace

std::string better_name(explain::Better better) {
  constexpr std::array<const char*, 3> kNames{"higher", "lower", "neither"};
  return kNames.at(static_cast<std::size_t>(better));
}

ScoreFigures sum_up(const ScoreTable& table, const explain::BootstrapOptions& options) {
  ScoreFigures figures{.methods = table.methods,
                       .metrics = {},
                       .results = {},
                       .verdicts = {},
                       .checks = {},
                       .layers = table.layers,
                       .pictures = table.pictures,
                       .samples = table.samples};
  std::vector<std::size_t> checks;
  for (std::size_t k = 0; k < table.metrics.size(); ++k) {
    figures.metrics.push_back(table.metrics[k].info);
    if (!table.metrics[k].info.name.starts_with("sanity-")) continue;
    checks.push_back(k);
    figures.checks.push_back(table.metrics[k].info.name);
  }
  for (const auto& row : table.contributions) {
    figures.results.emplace_back();
    figures.verdicts.emplace_back();
    for (std::size_t k = 0; k < row.size(); ++k) {
      figures.results.back().push_back(explain::summarize(table.metrics[k], row[k], options));
    }
    for (const std::size_t k : checks) {
      figures.verdicts.back().push_back(verdict_of(row[k]));
    }
  }
  return figures;
}

std::string score_text(const ScoreFigures& figures) {
  constexpr std::size_t kSideBySide = 4;
  std::string text;
  for (std::size_t first = 0; first < figures.metrics.size(); first += kSideBySide) {
    const std::size_t end = std::min(first + kSideBySide, figures.metrics.size());
    std::vector<std::string> header{"method"};
    for (std::size_t k = first; k < end; ++k) {
      header.push_back(figures.metrics[k].name + " (" + better_name(figures.metrics[k].better) +
                       ")");
    }
    Table table(header);
    for (std::size_t i = 0; i < figures.methods.size(); ++i) {
      std::vector<std::string> row{figures.methods[i]};
      for (std::size_t k = first; k < end; ++k) row.push_back(cell(figures.results[i][k]));
      table.add_row(std::move(row));
    }
    text += (first == 0 ? "" : "\n") + table.text();
  }
  if (!figures.checks.empty()) text += "\n" + verdict_text(figures);
  return text;
}

std::string score_csv(const ScoreFigures& figures) {
  std::string text = "method,metric,better,value,low,high,pictures\n";
  for (std::size_t i = 0; i < figures.methods.size(); ++i) {
    for (std::size_t k = 0; k < figures.metrics.size(); ++k) {
      const explain::MetricResult& result = figures.results[i][k];
      text += figures.methods[i] + "," + figures.metrics[k].name + "," +
              better_name(figures.metrics[k].better) + "," + csv_number(result.value) + "," +
              csv_number(result.low) + "," + csv_number(result.high) + "," +
              std::to_string(result.pictures) + "\n";
    }
  }
  return text;
}

std::string score_json(const ScoreFigures& figures, const std::string& data,
                       const ScoreRequest& request) {
  Json results = Json::array();
  Json sanity = Json::array();
  for (std::size_t i = 0; i < figures.methods.size(); ++i) {
    for (std::size_t k = 0; k < figures.metrics.size(); ++k) {
      const explain::MetricResult& result = figures.results[i][k];
      results.push_back({{"method", figures.methods[i]},
                         {"metric", figures.metrics[k].name},
                         {"better", better_name(figures.metrics[k].better)},
                         {"value", number(result.value)},
                         {"low", number(result.low)},
                         {"high", number(result.high)},
                         {"pictures", result.pictures}});
    }
    for (std::size_t k = 0; k < figures.checks.size(); ++k) {
      Json entry = to_json(figures.verdicts[i][k], figures.layers);
      entry["method"] = figures.methods[i];
      entry["metric"] = figures.checks[k];
      sanity.push_back(std::move(entry));
    }
  }
  return Json({{"data", data},
               {"target", request.target},
               {"pictures", figures.pictures},
               {"samples", figures.samples},
               {"results", std::move(results)},
               {"sanity", std::move(sanity)}})
             .dump(2) +
         "\n";
}

}  // namespace cameo::tools
