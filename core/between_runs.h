/// What the runs of one network keep between them.
#pragma once

#include "core/prepared_weights.h"
#include "core/run_plan.h"

namespace cameo {

/// Neither changes what a run gives.
struct BetweenRuns {
  PreparedWeights weights;
  RunPlans plans;
};

}  // namespace cameo
