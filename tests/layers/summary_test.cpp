#include "layers/summary.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "zoo/models/models.h"

using namespace cameo;

namespace {

const LayerSummary& layer(const std::vector<LayerSummary>& layers, const std::string& name) {
  for (const LayerSummary& candidate : layers) {
    if (candidate.name == name) return candidate;
  }
  throw LookupError(name);
}

}  // namespace

TEST_CASE("the summary of Network in Network gives the figures worked out by hand") {
  const Network network = zoo::make_model("nin_cifar");
  // 5x5·3·192+192, 192·160+160, 160·96+96, 5x5·96·192+192, 2·(192²+192), 3x3·192²+192, 192²+192,
  // 192·10+10
  CHECK(parameter_count(network) == 966986);
  // The convolutions' weights times 32², 16² and 8² positions.
  CHECK(multiply_adds(network, {1, 3, 32, 32}) ==
        1024 * (14400 + 30720 + 15360) + 256 * (460800 + 2 * 36864) + 64 * (331776 + 36864 + 1920));
  CHECK(multiply_adds(network, {4, 3, 32, 32}) == 4 * multiply_adds(network, {1, 3, 32, 32}));

  const std::vector<LayerSummary> layers = summarize(network, {1, 3, 32, 32});
  CHECK(layer(layers, "mlpconv1.conv").receptive_field == 5);
  CHECK(layer(layers, "mlpconv1.cccp2").receptive_field == 5);
  CHECK(layer(layers, "pool1").receptive_field == 7);
  CHECK(layer(layers, "mlpconv2.conv").receptive_field == 15);
  CHECK(layer(layers, "mlpconv3.conv").receptive_field == 27);
  CHECK(layer(layers, "gap").receptive_field == 0);
  CHECK(layer(layers, "mlpconv1.conv").parameters == 14592);
  CHECK(layer(layers, "mlpconv3.cccp2").output_shape == Shape{1, 10, 8, 8});
}

TEST_CASE("an input that does not fit is refused by name") {
  const Network network = zoo::make_model("gapnet");
  CHECK_THROWS_AS(summarize(network, {1, 4, 64, 64}), ShapeError);
  CHECK_THROWS_WITH(summarize(network, {1, 4, 64, 64}), Catch::Contains("layer1.0"));
}
