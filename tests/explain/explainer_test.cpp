#include "explain/explainer.h"

#include <catch2/catch.hpp>
#include <limits>
#include <set>
#include <thread>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/parallel.h"
#include "explain/registry.h"
#include "explain/resize_map.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

/// Every method; those that sample take few samples.
Methods all_methods() {
  const OptionValues few{{"masks", "8"}, {"samples", "20"}, {"segments", "4"}, {"stride", "40"}};
  Methods methods;
  for (const std::string& name : method_names()) {
    OptionValues options;
    for (const OptionInfo& option : method_info(name).options) {
      if (few.count(option.key) > 0) options[option.key] = few.at(option.key);
      if (option.key == "steps") options[option.key] = "3";
    }
    if (name == "ss-cam") options["samples"] = "2";
    if (method_info(name).kind == MapKind::kPixel && options.count("samples") > 0) {
      options["samples"] = "3";
    }
    methods.push_back(make_method(name, options));
  }
  return methods;
}

std::vector<Target> all_targets(const Network& network) {
  std::vector<Target> targets;
  for (std::int64_t i = 0; i < kClasses; ++i) {
    targets.push_back({.of = network.output(), .index = i});
  }
  targets.push_back({.of = network.output(), .index = 3, .against = 1});
  return targets;
}

bool same_bits(const Explanation& a, const Explanation& b) {
  return a.method == b.method && values(a.map) == values(b.map) &&
         values(a.signed_map) == values(b.signed_map) && a.logit == b.logit && a.layer == b.layer &&
         a.warnings == b.warnings;
}

std::vector<std::vector<float>> parameter_values(const Network& network) {
  std::vector<std::vector<float>> result;
  for (const ValueId id : network.parameters())
    result.push_back(values(network.node(id).parameter));
  return result;
}

Explanation explain_one(const Network& network, const Tensor& picture, std::string_view method,
                        std::int64_t index = 0) {
  return explain::explain(network, picture, Methods{make_method(method)},
                          std::vector{Target{.of = network.output(), .index = index}})
      .at(0);
}

/// relu(w·x) averaged: one channel in, one score out.
Network scaled_mean(float weight, float bias, std::int64_t size) {
  Graph graph({1, size, size});
  graph.conv("conv", Tensor({1, 1, 1, 1}, weight), Tensor({1}, bias));
  graph.then("relu", ops::Relu());
  graph.then("gap", ops::GlobalAveragePool());
  return std::move(graph).finish();
}

bool warns(const Explanation& explanation, std::string_view text) {
  for (const std::string& warning : explanation.warnings) {
    if (warning.find(text) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("one forward for all methods and targets gives the bits of separate runs") {
  const Network network = gap_network();
  const Tensor picture = gap_picture();
  const Methods methods = all_methods();
  const std::vector<Target> targets = all_targets(network);
  const auto together = explain::explain(network, picture, methods, targets);
  REQUIRE(together.size() == methods.size() * targets.size());
  for (std::size_t i = 0; i < together.size(); ++i) {
    const Methods method{methods[i / targets.size()]};
    const std::vector<Target> target{targets[i % targets.size()]};
    CHECK(same_bits(together[i], explain::explain(network, picture, method, target).at(0)));
  }
}

TEST_CASE("twelve threads under three rules give the serial bits and leave the parameters") {
  const Network network = gap_network();
  const auto before = parameter_values(network);
  const std::vector<std::string> rules{"saliency", "deconvnet", "guided"};
  constexpr std::size_t kThreads = 12;
  const auto task = [&](std::size_t i) {
    return explain_one(network, gap_picture(i), rules[i % rules.size()],
                       static_cast<std::int64_t>(i) % kClasses);
  };
  std::vector<Explanation> serial;
  for (std::size_t i = 0; i < kThreads; ++i) serial.push_back(task(i));
  std::vector<Explanation> threaded(kThreads);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        for (int repeat = 0; repeat < 5; ++repeat) threaded[i] = task(i);
      });
    }
  }
  for (std::size_t i = 0; i < kThreads; ++i) CHECK(same_bits(serial[i], threaded[i]));
  CHECK(parameter_values(network) == before);
}

TEST_CASE("one tape serves many threads") {
  const Network network = gap_network();
  const Methods methods = all_methods();
  const Tensor picture = gap_picture();
  const Tape tape =
      forward(network, picture, request_for(network, picture.shape(), methods, network.output()));
  const Target target = top_targets(tape, network.output()).at(0);
  std::vector<Explanation> results(methods.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < methods.size(); ++i) {
      threads.emplace_back([&, i] { results[i] = methods[i]->explain(tape, target); });
    }
  }
  const auto serial = explain::explain(network, picture, methods, std::vector{target});
  for (std::size_t i = 0; i < methods.size(); ++i) CHECK(same_bits(serial[i], results[i]));
}

TEST_CASE("explanations do not depend on the number of threads") {
  const Network network = gap_network();
  const Tensor picture = random_tensor({1, 3, 160, 144}, 11);
  const auto run = [&](int threads) {
    const ThreadLimit limit(threads);
    return explain::explain(network, picture, all_methods(), all_targets(network));
  };
  const auto one = run(1);
  const auto five = run(5);
  for (std::size_t i = 0; i < one.size(); ++i) CHECK(same_bits(one[i], five[i]));
}

TEST_CASE("Grad-CAM goes back no further than its layer and keeps no more than it reads") {
  const Network network = gap_network();
  const Shape shape{1, 3, 16, 16};
  const Request request =
      request_for(network, shape, Methods{make_method("gradcam")}, network.output());
  const Tape tape = forward(network, gap_picture(), request);
  CHECK(tape.backward_order(network.output()).size() == 3);  // fc, flatten, gap
  CHECK(tape.alive() ==
        std::vector<ValueId>{network.input(), network.find("relu2"), network.output()});

  const Methods with_pixels{make_method("gradcam"), make_method("guided")};
  const Tape both =
      forward(network, gap_picture(), request_for(network, shape, with_pixels, network.output()));
  CHECK(both.backward_order(network.output()).size() == 8);
  const std::vector<ValueId> layer{network.find("relu2")};
  CHECK(both.backward_order(network.output(), layer).size() == 3);
}

TEST_CASE("guided Grad-CAM is guided backpropagation times the resized Grad-CAM") {
  const Network network = gap_network();
  const Tensor picture = gap_picture();
  const Explanation product = explain_one(network, picture, "guided-gradcam", 2);
  const Explanation fine = explain_one(network, picture, "guided", 2);
  const Explanation coarse = explain_one(network, picture, "gradcam", 2);
  const auto check = [&](const Tensor& result, const Tensor& layer_map) {
    const Tensor factor = resize_map(layer_map, 16, 16);
    for (std::size_t i = 0; i < 3 * 16 * 16; ++i) {
      CHECK(result.data()[i] == fine.map.data()[i] * factor.data()[i % 256]);
    }
  };
  check(product.map, coarse.map);
  check(product.signed_map, coarse.signed_map);
  CHECK(product.layer == coarse.layer);
}

TEST_CASE("the difference of two targets is explained by the difference of the gradients") {
  const Network network = gap_network();
  const std::vector<Target> targets{{.of = network.output(), .index = 3},
                                    {.of = network.output(), .index = 1},
                                    {.of = network.output(), .index = 3, .against = 1}};
  const auto results =
      explain::explain(network, gap_picture(), Methods{make_method("saliency")}, targets);
  const Tensor expected =
      zip(results[0].map, results[1].map, [](float a, float b) { return a - b; });
  CHECK(distance(results[2].map, expected) < 1e-4);
  CHECK(results[2].logit == results[0].logit - results[1].logit);
}

TEST_CASE("warnings: nothing positive, no gradient, nothing finite") {
  const Tensor ones({1, 1, 4, 4}, 1.0F);
  const Explanation good = explain_one(scaled_mean(1.0F, 0.0F, 4), ones, "gradcam");
  CHECK(good.warnings.empty());
  CHECK(good.map.data()[0] == Approx(1.0F / 16.0F));

  const Explanation dead = explain_one(scaled_mean(1.0F, -5.0F, 4), ones, "saliency");
  CHECK(warns(dead, "gradient is zero everywhere"));
  CHECK(warns(dead, "blank map"));
  CHECK_FALSE(warns(dead, "negative"));

  Graph negative({1, 4, 4});
  negative.then("relu", ops::Relu());
  negative.then("gap", ops::GlobalAveragePool());
  negative.then("flatten", ops::Flatten());
  negative.linear("fc", Tensor({1, 1}, -1.0F), Tensor({1}));
  const Network against = std::move(negative).finish();
  const Explanation opposed = explain_one(against, ones, "gradcam");
  CHECK(warns(opposed, "all evidence negative"));
  CHECK(warns(opposed, "blank map"));
  CHECK(opposed.signed_map.data()[0] == Approx(-1.0F / 16.0F));
  CHECK(opposed.map.data()[0] == 0.0F);

  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Tensor broken = ones;
    broken.mutable_data()[5] = value;
    const Explanation result = explain_one(scaled_mean(1.0F, 0.0F, 4), broken, "gradcam");
    CHECK(warns(result, "the logit is not finite"));
    CHECK(warns(result, "the map is not finite"));
    CHECK(warns(explain_one(scaled_mean(1.0F, 0.0F, 4), broken, "inputxgradient"), "not finite"));
  }
  const Explanation hopeless =
      explain_one(scaled_mean(std::numeric_limits<float>::infinity(), 0.0F, 4), ones, "saliency");
  CHECK(warns(hopeless, "the gradient is not finite"));
}

TEST_CASE("a map of one pixel and one channel is explained like any other") {
  const Network network = scaled_mean(2.0F, 0.0F, 1);
  const Tensor picture({1, 1, 1, 1}, 3.0F);
  CHECK(values(explain_one(network, picture, "saliency").map) == std::vector<float>{2.0F});
  CHECK(values(explain_one(network, picture, "cam").map) == std::vector<float>{6.0F});
  const Network same = scaled_mean(2.0F, 0.0F, 1);
  const auto at_layer =
      explain::explain(same, picture, Methods{make_method("gradcam", {{"layer", "relu"}})},
                       std::vector{Target{.of = same.output()}});
  CHECK(values(at_layer.at(0).map) == std::vector<float>{6.0F});
  CHECK_THROWS_AS(explain_one(network, picture, "gradcam"), ArgumentError);
}

TEST_CASE("requests that make no sense are refused") {
  const Network network = gap_network();
  const Methods methods{make_method("saliency")};
  const std::vector<Target> target{{.of = network.output()}};
  CHECK_THROWS_AS(explain::explain(network, Tensor({2, 3, 16, 16}), methods, target), ShapeError);
  CHECK_THROWS_AS(explain::explain(network, Tensor({3, 16, 16}), methods, target), ShapeError);
  CHECK_THROWS_AS(explain::explain(network, Tensor({1, 4, 16, 16}), methods, target), ShapeError);
  CHECK_THROWS_AS(explain::explain(network, gap_picture(), methods,
                                   std::vector{Target{.of = network.output(), .index = 5}}),
                  ArgumentError);
  CHECK_THROWS_AS(explain::explain(network, gap_picture(), methods,
                                   std::vector{target[0], Target{.of = network.find("gap")}}),
                  ArgumentError);
  CHECK_THROWS_AS(explain::explain(network, gap_picture(), methods,
                                   std::vector{Target{.of = network.find("relu2")}}),
                  ShapeError);
  CHECK(explain::explain(network, gap_picture(), methods, std::vector<Target>{}).empty());
}

TEST_CASE("methods are found by name, with their options") {
  const std::vector<std::string> names = method_names();
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
  for (const std::string& name : method_names()) {
    const MethodInfo& info = make_method(name)->info();
    CHECK(info.name == name);
    CHECK_FALSE(info.summary.empty());
    CHECK_FALSE(info.paper.empty());
    CHECK(method_info(name).kind == info.kind);
  }
  CHECK_THROWS_WITH(make_method("grad-cam"), Catch::Contains("\"gradcam\""));
  CHECK_THROWS_AS(make_method("grad-cam"), LookupError);
  CHECK_THROWS_WITH(make_method("gradcam", {{"layr", "x"}}), Catch::Contains("\"layer\""));
  CHECK_THROWS_WITH(make_method("cam", {{"layer", "x"}}), Catch::Contains("no options"));
  CHECK_THROWS_AS(make_method("guided-gradcam", {{"upsampling", "cubic"}}), LookupError);
  CHECK_NOTHROW(make_method("guided-gradcam", {{"upsampling", "align-corners"}}));
  const Network network = gap_network();
  Request request;
  CHECK_THROWS_AS(make_method("gradcam", {{"layer", "relu9"}})
                      ->prepare(network, {1, 3, 16, 16}, network.output(), request),
                  LookupError);
}
