#include "explain/relu_rules.h"

#include <catch2/catch.hpp>

#include "core/ops/clip.h"
#include "core/ops/leaky_relu.h"
#include "core/tape.h"
#include "explain/registry.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// What arrives at the input of a ReLU.
std::vector<float> through_relu(const std::vector<float>& x, const std::vector<float>& gradient,
                                const VjpOverrides& rules) {
  const auto count = static_cast<std::int64_t>(x.size());
  Graph graph({1, 1, count});
  graph.then("relu", ops::Relu());
  const Network network = std::move(graph).finish();
  Request request;
  request.wrt = {network.input()};
  const Tape tape = forward(network, tensor({1, 1, 1, count}, x), request);
  return values(tape.backward(network.output(), tensor({1, 1, 1, count}, gradient), rules)
                    .at(network.input()));
}

/// x = (1, 2), h = relu((3, -1, 1)), y = 2·h0 + h1 - 3·h2.
Network three_units() {
  Graph graph({2, 1, 1});
  graph.then("flatten", ops::Flatten());
  graph.linear("fc1", tensor({3, 2}, {1, 1, 1, -1, -1, 1}), Tensor({3}));
  graph.then("relu", ops::Relu());
  graph.linear("fc2", tensor({1, 3}, {2, 1, -3}), Tensor({1}));
  return std::move(graph).finish();
}

Explanation explain_three_units(std::string_view method) {
  const Network network = three_units();
  return explain::explain(network, tensor({1, 2, 1, 1}, {1, 2}), Methods{make_method(method)},
                          std::vector{Target{.of = network.output()}})
      .at(0);
}

}  // namespace

TEST_CASE("ReLU rules: the sign of the input times the sign of the gradient") {
  const std::vector<float> x{-2, -2, -2, 0, 0, 0, 3, 3, 3};
  const std::vector<float> gradient{-5, 0, 7, -5, 0, 7, -5, 0, 7};
  CHECK(through_relu(x, gradient, standard()) == std::vector<float>{0, 0, 0, 0, 0, 0, -5, 0, 7});
  CHECK(through_relu(x, gradient, deconvnet()) == std::vector<float>{0, 0, 7, 0, 0, 7, 0, 0, 7});
  CHECK(through_relu(x, gradient, guided()) == std::vector<float>{0, 0, 0, 0, 0, 0, 0, 0, 7});
}

TEST_CASE("ReLU rules: a network worked by hand") {
  CHECK(explain_three_units("saliency").logit == 3.0F);
  CHECK(values(explain_three_units("saliency").map) == std::vector<float>{5, -1});
  CHECK(values(explain_three_units("inputxgradient").map) == std::vector<float>{5, -2});
  CHECK(values(explain_three_units("deconvnet").map) == std::vector<float>{3, 1});
  CHECK(values(explain_three_units("guided").map) == std::vector<float>{2, 2});
}

TEST_CASE("ReLU rules: rectifiers without a rule are named") {
  Graph graph({1, 2, 2});
  graph.then("relu6", ops::Clip({.low = 0.0F, .high = 6.0F}));
  graph.then("leaky.0", ops::LeakyRelu());
  graph.then("leaky.1", ops::LeakyRelu());
  graph.then("gap", ops::GlobalAveragePool());
  const Network network = std::move(graph).finish();
  const Methods methods{make_method("guided"), make_method("deconvnet"), make_method("saliency")};
  const auto results = explain::explain(network, Tensor({1, 1, 2, 2}, 1.0F), methods,
                                        std::vector{Target{.of = network.output()}});
  for (std::size_t i = 0; i < 2; ++i) {
    REQUIRE(results[i].warnings.size() == 2);
    CHECK_THAT(results[i].warnings[0],
               Catch::Contains("Clip has no ReLU rule") && Catch::Contains("\"relu6\""));
    CHECK_THAT(results[i].warnings[1], Catch::Contains("LeakyRelu has no ReLU rule: 2 of them") &&
                                           Catch::Contains("\"leaky.0\""));
  }
  CHECK(results[2].warnings.empty());
}
