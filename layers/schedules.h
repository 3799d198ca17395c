/// Learning-rate schedules.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace cameo {

/// The factor on the base learning rate at `step`, 0 … steps-1, of a run of `steps` steps. A pure
/// function, so a resumed run needs no state of it. Lengths inside schedules are shares of the run.
using Schedule = std::function<double(std::int64_t step, std::int64_t steps)>;

/// 1 throughout.
Schedule constant_schedule();

struct StepScheduleOptions {
  std::vector<double> milestones{0.5, 0.75};  ///< shares of the run, ascending
  double factor = 0.1;                        ///< applied at each milestone
};
Schedule step_schedule(StepScheduleOptions options = {});

struct CosineScheduleOptions {
  double warmup = 0.0;  ///< share of the run that rises linearly to 1
  double floor = 0.0;   ///< factor that the last step comes close to
};
/// After the warm-up floor + (1 - floor)·(1 + cos(pi·t))/2, t from 0 to 1 (Loshchilov & Hutter
/// 2017, equation 5, without restarts).
Schedule cosine_schedule(CosineScheduleOptions options = {});

struct OneCycleScheduleOptions {
  double warmup = 0.3;              ///< share of the run that rises
  double initial_divisor = 25.0;    ///< the first factor is 1/initial_divisor
  double final_divisor = 10'000.0;  ///< the last one 1/(initial_divisor·final_divisor)
};
/// Up to 1 and down again, both along half cosines (Smith & Topin 2018; PyTorch's OneCycleLR).
Schedule one_cycle_schedule(OneCycleScheduleOptions options = {});

}  // namespace cameo
