#include "explain/cam.h"

#include <catch2/catch.hpp>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/ops/average_pool.h"
#include "core/ops/dropout.h"
#include "core/ops/reshape.h"
#include "core/ops/softmax.h"
#include "explain/channels.h"
#include "explain/gap_head.h"
#include "explain/grad_cam.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

Explanation explain_with(const Network& network, const Tensor& picture,
                         std::shared_ptr<const Explainer> method, const Target& target) {
  return explain::explain(network, picture, Methods{std::move(method)}, std::vector{target}).at(0);
}

Explanation cam_of(const Network& network, const Tensor& picture, std::int64_t index) {
  return explain_with(network, picture, std::make_shared<const Cam>(),
                      {.of = find_logits(network), .index = index});
}

double mean(const Tensor& map) { return sum(map) / static_cast<double>(map.size()); }

/// Two channels of 2x2 with the values 1…8.
Tensor small_picture() { return tensor({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}); }

const std::vector<float> kWeights{1, -1, 0.5F, 2, 0, 1};
const Tensor kBias = tensor({3}, {10, 20, 30});

}  // namespace

TEST_CASE("CAM and Grad-CAM on a GAP and linear network differ by the factor Z") {
  const Network network = gap_network();
  const Tensor picture = gap_picture();
  const Tensor& bias = network.node(network.find("fc.bias")).parameter;
  const Tensor& weight = network.node(network.find("fc.weight")).parameter;
  for (std::int64_t index = 0; index < kClasses; ++index) {
    const Target target{.of = network.output(), .index = index};
    const Explanation cam = cam_of(network, picture, index);
    const Explanation grad =
        explain_with(network, picture, std::make_shared<const GradCam>(), target);
    CHECK(cam.layer == grad.layer);
    CHECK(cam.map.shape() == Shape{8, 8});
    const auto area = static_cast<float>(cam.map.size());
    const Tensor scaled = map(grad.signed_map, [area](float v) { return v * area; });
    const double reach = distance(cam.map, Tensor(cam.map.shape()));
    CHECK(distance(cam.map, scaled) <= 1e-6 * reach);
    CHECK(mean(cam.map) + bias.data()[static_cast<std::size_t>(index)] ==
          Approx(cam.logit).epsilon(1e-5).margin(1e-5));

    Request request;
    request.wrt = {cam.layer};
    request.keep = {target.of};
    const Tape tape = forward(network, picture, request);
    const Tensor alpha =
        spatial_mean(tape.backward(target.of, seed_for(tape, target)).at(cam.layer));
    for (std::size_t k = 0; k < static_cast<std::size_t>(kFeatures); ++k) {
      const float w = weight.data()[static_cast<std::size_t>(index * kFeatures) + k];
      CHECK(alpha.data()[k] == Approx(w / area).epsilon(1e-6));
    }
  }
}

TEST_CASE("CAM by hand, with dropout, reshapes and a softmax around the linear layer") {
  Graph graph({2, 2, 2});
  graph.then("gap", ops::GlobalAveragePool());
  graph.then("dropout", ops::Dropout());
  graph.then("reshape", ops::Reshape({.shape = {0, -1}}));
  graph.linear("fc", tensor({3, 2}, kWeights), kBias);
  graph.then("prob", ops::Softmax());
  const Network network = std::move(graph).finish();
  const Explanation first = cam_of(network, small_picture(), 0);
  CHECK(values(first.map) == std::vector<float>{-4, -4, -4, -4});
  CHECK(first.logit == Approx(10 - 4));
  CHECK(first.layer == network.input());
  CHECK(first.warnings ==
        std::vector<std::string>{"blank map: no positive evidence", "all evidence negative"});
  const Explanation second = cam_of(network, small_picture(), 1);
  CHECK(values(second.map) == std::vector<float>{10.5F, 13, 15.5F, 18});
  CHECK(second.warnings.empty());
  const Explanation difference =
      explain_with(network, small_picture(), std::make_shared<const Cam>(),
                   {.of = find_logits(network), .index = 1, .against = 2});
  CHECK(values(difference.map) == std::vector<float>{5.5F, 7, 8.5F, 10});
  CHECK(difference.logit == Approx(-10 + 7.75));
}

TEST_CASE("CAM where the averages are the scores") {
  Graph graph({2, 2, 2});
  graph.then("gap", ops::GlobalAveragePool());
  graph.then("flatten", ops::Flatten());
  const Network network = std::move(graph).finish();
  const Explanation result = cam_of(network, small_picture(), 1);
  CHECK(values(result.map) == std::vector<float>{5, 6, 7, 8});
  CHECK(result.logit == Approx(mean(result.map)));
}

TEST_CASE(
    "CAM after an average pool over the whole map, a 1x1 convolution or an untransposed Gemm") {
  ops::AveragePoolOptions whole;
  whole.kernel = {2, 2};
  Graph pooled({2, 2, 2});
  pooled.then("pool", ops::AveragePool(whole));
  pooled.conv("fc", tensor({3, 2, 1, 1}, kWeights), kBias);
  const Network with_conv = std::move(pooled).finish();
  CHECK(values(cam_of(with_conv, small_picture(), 1).map) ==
        std::vector<float>{10.5F, 13, 15.5F, 18});
  // Over a larger picture the same pool is no longer global.
  Request request;
  CHECK_THROWS_AS(Cam().prepare(with_conv, {1, 2, 4, 4}, with_conv.output(), request),
                  ArgumentError);

  Graph transposed({2, 2, 2});
  transposed.then("gap", ops::GlobalAveragePool());
  const ValueId flat = transposed.then("flatten", ops::Flatten());
  const ValueId weight = transposed.parameter("fc.weight", tensor({2, 3}, {1, 0.5F, 0, -1, 2, 1}));
  transposed.add("fc", std::make_shared<const ops::Gemm>(ops::GemmOptions{.transpose_b = false}),
                 {flat, weight});
  const Network with_transposed = std::move(transposed).finish();
  CHECK(values(cam_of(with_transposed, small_picture(), 1).map) ==
        std::vector<float>{10.5F, 13, 15.5F, 18});
}

TEST_CASE("CAM refuses other heads by name") {
  Graph two_layers({2, 2, 2});
  two_layers.then("gap", ops::GlobalAveragePool());
  two_layers.then("flatten", ops::Flatten());
  two_layers.linear("fc1", tensor({3, 2}, kWeights), kBias);
  two_layers.linear("fc2", Tensor({2, 3}, 1.0F), Tensor({2}));
  const Network network = std::move(two_layers).finish();
  Request request;
  CHECK_THROWS_WITH(Cam().prepare(network, {1, 2, 2, 2}, network.output(), request),
                    Catch::Contains("at most one linear layer") &&
                        Catch::Contains("Gemm \"fc1\" -> Gemm \"fc2\""));

  Graph no_pool({2, 2, 2});
  no_pool.then("flatten", ops::Flatten());
  no_pool.linear("fc", Tensor({2, 8}, 1.0F), Tensor({2}));
  const Network flat = std::move(no_pool).finish();
  CHECK_THROWS_AS(find_gap_head(flat, flat.infer_shapes({1, 2, 2, 2}), flat.output()),
                  ArgumentError);
}
