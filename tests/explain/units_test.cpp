#include "explain/units.h"

#include <catch2/catch.hpp>

#include "core/error.h"

using namespace cameo;
using namespace cameo::explain;

TEST_CASE("a map's unit is what its method counts in") {
  CHECK(map_unit("gradcam") == "logit");
  CHECK(map_unit("saliency") == "logit per unit of the input");
  CHECK(map_unit("rise") == "probability");
  CHECK(map_unit("guided-gradcam").empty());
  CHECK(map_unit("rise", {{"output", "logit"}}) == "logit");
  CHECK(map_unit("occlusion", {{"output", "probability"}}) == "probability");
  CHECK_THROWS_AS(map_unit("occlusion", {{"output", "odds"}}), LookupError);
}
