#include "layers/train_state.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"

using cameo::TrainState;

TEST_CASE("numbers come back exactly") {
  TrainState state;
  for (const double number :
       {0.1, -1.0 / 3.0, 1e300, 5e-324, 0.0, 1234567.0, std::numeric_limits<double>::infinity()}) {
    state.set_number("x", number);
    CHECK(state.number("x") == number);
  }
  state.set_number("x", std::nan(""));
  CHECK(std::isnan(state.number("x")));
  state.set_integer("i", std::numeric_limits<std::int64_t>::min());
  CHECK(state.integer("i") == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("a state names what is missing or wrong") {
  TrainState state;
  CHECK_THROWS_WITH(state.integer("steps"), Catch::Contains("\"steps\" is missing"));
  for (const char* text : {"", "x", "1 ", "1.5", "99999999999999999999"}) {
    state.values["steps"] = text;
    CHECK_THROWS_AS(state.integer("steps"), cameo::ArgumentError);
  }
  for (const char* text : {"", "x", "1.8p+0 ", "0x1p"}) {
    state.values["loss"] = text;
    CHECK_THROWS_AS(state.number("loss"), cameo::ArgumentError);
  }
  state.tensors["w"] = cameo::Tensor({2});
  CHECK_NOTHROW(state.tensor("w", {2}));
  CHECK_THROWS_AS(state.tensor("w", {3}), cameo::ArgumentError);
  CHECK_THROWS_AS(state.tensor("v", {2}), cameo::ArgumentError);
}
