/// The methods that score many pictures, for the registry: they take a progress function.
#pragma once

#include <memory>
#include <vector>

#include "explain/explainer.h"
#include "explain/option_values.h"
#include "explain/scores.h"

namespace cameo::explain {

using ScoringFactory = std::shared_ptr<const Explainer> (*)(const OptionValues& options,
                                                            const ProgressFunction& progress);

/// In the order they are best shown.
std::vector<ScoringFactory> scoring_factories();

}  // namespace cameo::explain
