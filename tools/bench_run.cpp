#include "tools/bench_run.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

#include "core/random.h"
#include "core/tape.h"
#include "explain/grad_cam.h"
#include "explain/relu_rules.h"
#include "explain/target.h"
#include "layers/evaluation.h"
#include "layers/losses.h"
#include "layers/sgd.h"

namespace cameo::tools {

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Timing timing_of(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  const std::size_t half = times.size() / 2;
  const double median = times.size() % 2 == 1 ? times[half] : (times[half - 1] + times[half]) / 2.0;
  return {.median = median, .least = times.front()};
}

/// 1 for each row's largest score.
Tensor best_class_seed(const Tensor& scores) {
  Tensor seed(scores.shape());
  const auto classes = static_cast<std::size_t>(scores.dim(1));
  const std::span<float> out = seed.mutable_data();
  for (std::size_t first = 0; first < out.size(); first += classes) {
    const auto row = scores.data().subspan(first, classes);
    out[first + static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin())] =
        1.0F;
  }
  return seed;
}

}  // namespace

Timing time_repeatedly(int repeat, const std::function<void()>& work) {
  for (int i = 0; i < 2; ++i) work();
  std::vector<double> times;
  for (int i = 0; i < repeat; ++i) {
    const Clock::time_point start = Clock::now();
    work();
    times.push_back(milliseconds_since(start));
  }
  return timing_of(std::move(times));
}

Tensor random_pictures(const Shape& shape, std::uint64_t seed) {
  Tensor pictures = Tensor::uninitialized(shape);
  Random random({seed});
  for (float& value : pictures.mutable_data()) value = 2.0F * random.uniform() - 1.0F;
  return pictures;
}

void run_forward(const Network& network, const Tensor& pictures) { forward(network, pictures); }

void run_input_gradient(const Network& network, const Tensor& pictures) {
  const ValueId logits = explain::find_logits(network);
  const Tape tape = forward(network, pictures, {.keep = {logits}, .wrt = {network.input()}});
  tape.backward(logits, best_class_seed(tape.value(logits)), explain::guided());
}

void run_gradcam(const Network& network, const Tensor& pictures) {
  const ValueId logits = explain::find_logits(network);
  const explain::Methods methods{std::make_shared<const explain::GradCam>()};
  Shape one = pictures.shape();
  one[0] = 1;
  const auto size = static_cast<std::size_t>(element_count(one));
  const Request request = explain::request_for(network, one, methods, logits);
  for (std::size_t first = 0; first < pictures.data().size(); first += size) {
    const Tape tape = forward(network, Tensor(one, pictures.data().subspan(first, size)), request);
    methods[0]->explain(tape, explain::top_targets(tape, logits).front());
  }
}

std::function<void()> training_step(Network& network, const Tensor& pictures) {
  const auto optimizer = std::make_shared<Sgd>();
  return [&network, pictures, optimizer, wrt = network.parameters(true)] {
    const ValueId logits = network.output();
    const Tape tape = forward(network, pictures, {.wrt = wrt, .training = true});
    const Tensor scores = as_logits(tape.value(logits));
    std::vector<int> labels(static_cast<std::size_t>(scores.dim(0)));
    for (std::size_t i = 0; i < labels.size(); ++i) {
      labels[i] = static_cast<int>(i % static_cast<std::size_t>(scores.dim(1)));
    }
    const Tensor seed = cross_entropy(scores, labels).gradient;
    const Gradients gradients = tape.backward(logits, seed.reshaped(tape.value(logits).shape()));
    optimizer->step(network, gradients, 1e-3F);
    for (const auto& [id, value] : tape.updates()) network.set_parameter(id, value);
  };
}

std::vector<LayerTiming> time_layers(const Network& network, const Tensor& pictures, int repeat) {
  const std::vector<LayerSummary> summaries = summarize(network, pictures.shape());
  std::vector<LayerTiming> layers;
  std::vector<std::vector<double>> times;
  std::size_t step = 0;
  Clock::time_point start;
  const auto describe = [&](std::span<const ValueId> computed) {
    LayerTiming layer;
    for (const ValueId id : computed) {
      const auto found = std::find_if(
          summaries.begin(), summaries.end(),
          [&](const LayerSummary& summary) { return summary.name == network.node(id).name; });
      layer.name = found->name;
      layer.type += (layer.type.empty() ? "" : "+") + found->type;
      layer.multiply_adds += found->multiply_adds;
    }
    layers.push_back(std::move(layer));
    times.emplace_back();
  };
  const Request request{.on_step = [&](std::span<const ValueId> computed) {
    const double elapsed = milliseconds_since(start);
    if (step == layers.size()) describe(computed);
    times[step++].push_back(elapsed);
    start = Clock::now();
  }};
  forward(network, pictures);
  for (int i = 0; i < repeat; ++i) {
    step = 0;
    start = Clock::now();
    forward(network, pictures, request);
  }
  for (std::size_t i = 0; i < layers.size(); ++i) layers[i].timing = timing_of(std::move(times[i]));
  return layers;
}

}  // namespace cameo::tools
