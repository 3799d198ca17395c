#include "layers/schedules.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using cameo::Schedule;

TEST_CASE("the constant schedule stays") {
  const Schedule schedule = cameo::constant_schedule();
  CHECK(schedule(0, 10) == 1.0);
  CHECK(schedule(9, 10) == 1.0);
}

TEST_CASE("the step schedule drops at its milestones") {
  const Schedule schedule = cameo::step_schedule({.milestones = {0.5, 0.8}, .factor = 0.1});
  CHECK(schedule(49, 100) == 1.0);
  CHECK(schedule(50, 100) == Approx(0.1));
  CHECK(schedule(79, 100) == Approx(0.1));
  CHECK(schedule(80, 100) == Approx(0.01));
}

TEST_CASE("the cosine schedule warms up and falls") {
  const Schedule schedule = cameo::cosine_schedule({.warmup = 0.2, .floor = 0.1});
  CHECK(schedule(0, 10) == Approx(0.5));
  CHECK(schedule(1, 10) == Approx(1.0));
  CHECK(schedule(2, 10) == Approx(1.0));
  CHECK(schedule(6, 10) == Approx(0.55));
  CHECK(schedule(9, 10) == Approx(0.1 + 0.9 * 0.0380602337));
  CHECK(cameo::cosine_schedule()(0, 1) == Approx(1.0));
}

TEST_CASE("the one-cycle schedule equals hand-worked points") {
  // Ten steps: the rise ends at step 0.3*10 - 1 = 2, the fall at step 9.
  const Schedule schedule = cameo::one_cycle_schedule();
  CHECK(schedule(0, 10) == Approx(0.04));
  CHECK(schedule(1, 10) == Approx(0.52));
  CHECK(schedule(2, 10) == Approx(1.0));
  CHECK(schedule(9, 10) == Approx(4e-6));
  CHECK(schedule(4, 10) == Approx(4e-6 + (1 - 4e-6) * 0.8117449009));
  CHECK(schedule(0, 1) == Approx(1.0));
}

TEST_CASE("schedules refuse shares outside 0 to 1") {
  CHECK_THROWS_AS(cameo::cosine_schedule({.warmup = 1.5}), cameo::ArgumentError);
  CHECK_THROWS_AS(cameo::step_schedule({.milestones = {-0.5}}), cameo::ArgumentError);
  CHECK_THROWS_AS(cameo::one_cycle_schedule({.initial_divisor = 0.0}), cameo::ArgumentError);
}
