#include "explain/warnings.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/elementwise.h"
#include "explain/display.h"

namespace cameo::explain {

void warn_about_map(Explanation& explanation) {
  auto& warnings = explanation.warnings;
  if (!std::isfinite(explanation.logit)) warnings.emplace_back("the logit is not finite");
  if (!all_finite(explanation.map) || !all_finite(explanation.signed_map)) {
    warnings.emplace_back("the map is not finite: nothing is painted");
    return;
  }
  const auto positive = [](float v) { return v > 0.0F; };
  const auto negative = [](float v) { return v < 0.0F; };
  const auto map = explanation.map.data();
  const bool pixels = explanation.kind == MapKind::kPixel;
  if (std::none_of(map.begin(), map.end(),
                   [&](float v) { return positive(v) || (pixels && negative(v)); })) {
    warnings.emplace_back(pixels ? "blank map: zero everywhere"
                                 : "blank map: no positive evidence");
  }
  if (all_evidence_negative(explanation)) warnings.emplace_back("all evidence negative");
}

void warn_about_gradient(Explanation& explanation, const Tensor& gradient) {
  const auto values = gradient.data();
  if (!all_finite(gradient)) {
    explanation.warnings.emplace_back("the gradient is not finite");
  } else if (std::all_of(values.begin(), values.end(), [](float v) { return v == 0.0F; })) {
    explanation.warnings.emplace_back("the gradient is zero everywhere");
  }
}

void note_completeness(Explanation& explanation, double total, double promised) {
  constexpr double kTolerated = 0.05;
  explanation.residual = total - promised;
  if (std::abs(total - promised) <= kTolerated * std::abs(promised)) return;
  std::ostringstream text;
  text << "the map adds up to " << total << " where " << promised << " is promised";
  explanation.warnings.push_back(text.str());
}

void add_new_warnings(std::vector<std::string>& into, const std::vector<std::string>& from) {
  for (const std::string& warning : from) {
    if (std::find(into.begin(), into.end(), warning) == into.end()) into.push_back(warning);
  }
}

}  // namespace cameo::explain
