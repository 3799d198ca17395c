// Every convolution algorithm on the tests' shapes and on those of well-known networks: GFLOP/s as
// a direct convolution would count them, by the processor time of one thread. With
// --benchmark_repetitions, "max" is the run that other programs disturbed least.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/conv/algorithm.h"
#include "core/parallel.h"
#include "tests/core/conv/shapes.h"

using namespace cameo;
using cameo::test::ConvShape;

namespace {

constexpr std::array<std::int64_t, 4> kSame{1, 1, 1, 1};
constexpr std::array kNetworkShapes{
    // VGG-16
    ConvShape{.x = {1, 3, 224, 224}, .weight = {64, 3, 3}, .pads = kSame},
    ConvShape{.x = {1, 64, 224, 224}, .weight = {64, 3, 3}, .pads = kSame},
    ConvShape{.x = {1, 128, 112, 112}, .weight = {128, 3, 3}, .pads = kSame},
    ConvShape{.x = {1, 256, 56, 56}, .weight = {256, 3, 3}, .pads = kSame},
    ConvShape{.x = {1, 512, 28, 28}, .weight = {512, 3, 3}, .pads = kSame},
    ConvShape{.x = {1, 512, 14, 14}, .weight = {512, 3, 3}, .pads = kSame},
    // ResNet-18 and ResNet-50
    ConvShape{.x = {1, 64, 56, 56}, .weight = {64, 3, 3}, .pads = kSame},
    ConvShape{.x = {1, 128, 28, 28}, .weight = {128, 3, 3}, .pads = kSame},
    ConvShape{.x = {1, 256, 14, 14}, .weight = {256, 3, 3}, .pads = kSame},
    ConvShape{.x = {1, 512, 7, 7}, .weight = {512, 3, 3}, .pads = kSame},
    ConvShape{.x = {1, 256, 56, 56}, .weight = {64, 1, 1}},
    ConvShape{.x = {1, 64, 56, 56}, .weight = {256, 1, 1}},
    ConvShape{.x = {1, 128, 28, 28}, .weight = {512, 1, 1}},
    ConvShape{.x = {1, 1024, 14, 14}, .weight = {256, 1, 1}},
    ConvShape{.x = {1, 512, 7, 7}, .weight = {2048, 1, 1}},
    ConvShape{.x = {1, 2048, 7, 7}, .weight = {512, 1, 1}},
    ConvShape{.x = {1, 256, 56, 56}, .weight = {512, 1, 1}, .strides = {2, 2}},
    ConvShape{.x = {1, 128, 56, 56}, .weight = {128, 3, 3}, .strides = {2, 2}, .pads = kSame},
    ConvShape{.x = {1, 3, 224, 224}, .weight = {64, 7, 7}, .strides = {2, 2}, .pads = {3, 3, 3, 3}},
    // SqueezeNet 1.1 and MobileNet v2
    ConvShape{.x = {1, 3, 224, 224}, .weight = {64, 3, 3}, .strides = {2, 2}},
    ConvShape{.x = {1, 128, 27, 27}, .weight = {32, 1, 1}},
    ConvShape{.x = {1, 16, 55, 55}, .weight = {64, 1, 1}},
    ConvShape{.x = {1, 96, 112, 112},
              .weight = {96, 3, 3},
              .strides = {2, 2},
              .pads = kSame,
              .groups = 96},
    ConvShape{.x = {1, 144, 56, 56}, .weight = {144, 3, 3}, .pads = kSame, .groups = 144},
    ConvShape{.x = {1, 576, 14, 14}, .weight = {576, 3, 3}, .pads = kSame, .groups = 576},
    ConvShape{.x = {1, 960, 7, 7}, .weight = {960, 3, 3}, .pads = kSame, .groups = 960},
    // NIN for CIFAR-10
    ConvShape{.x = {1, 3, 32, 32}, .weight = {192, 5, 5}, .pads = {2, 2, 2, 2}},
    ConvShape{.x = {1, 96, 16, 16}, .weight = {192, 5, 5}, .pads = {2, 2, 2, 2}},
    // training on pictures of 28x28 and 32x32
    ConvShape{.x = {64, 1, 28, 28}, .weight = {16, 5, 5}, .pads = {2, 2, 2, 2}},
    ConvShape{.x = {64, 16, 28, 28}, .weight = {16, 1, 1}},
    ConvShape{.x = {64, 16, 14, 14}, .weight = {64, 3, 3}, .pads = kSame},
    ConvShape{.x = {64, 64, 7, 7}, .weight = {128, 3, 3}, .pads = kSame},
    ConvShape{.x = {128, 16, 32, 32}, .weight = {16, 3, 3}, .pads = kSame},
    ConvShape{.x = {128, 64, 8, 8}, .weight = {64, 3, 3}, .pads = kSame},
};

std::string name_of(const ConvAlgorithm& algorithm, const ConvParams& p, ConvPass pass) {
  constexpr std::array<const char*, 3> kPasses{"forward", "data", "weights"};
  const auto number = [](std::int64_t n) { return std::to_string(n); };
  return number(p.batch) + "x" + number(p.channels) + "x" + number(p.height) + "x" +
         number(p.width) + "_" + number(p.filters) + "x" + number(p.kernel[0]) + "x" +
         number(p.kernel[1]) + "_s" + number(p.strides[0]) + "_d" + number(p.dilations[0]) + "_g" +
         number(p.groups) + "/" + kPasses[static_cast<std::size_t>(pass)] + "/" +
         std::string(algorithm.name);
}

std::vector<float> sawtooth(std::int64_t count) {
  std::vector<float> result(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<float>(i % 97) / 97.0F - 0.5F;
  }
  return result;
}

void measure(benchmark::State& state, const ConvAlgorithm& algorithm, const ConvParams& p,
             ConvPass pass) {
  std::vector<float> x = sawtooth(p.batch * p.channels * p.in_size());
  std::vector<float> weight = sawtooth(p.filters * p.depth());
  std::vector<float> y = sawtooth(p.batch * p.filters * p.out_size());
  std::vector<float> prepared;
  if (pass != ConvPass::kBackwardWeights) {
    prepared.resize(static_cast<std::size_t>(algorithm.prepared_size(p, pass)));
    if (!prepared.empty()) algorithm.prepare(p, pass, weight.data(), prepared.data());
  }
  const ConvWeights weights{.stored = weight.data(),
                            .prepared = prepared.empty() ? nullptr : prepared.data()};
  while (state.KeepRunning()) {
    switch (pass) {
      case ConvPass::kForward:
        algorithm.forward(p, x.data(), weights, {}, y.data());
        break;
      case ConvPass::kBackwardData:
        algorithm.backward_data(p, weights, y.data(), x.data());
        break;
      case ConvPass::kBackwardWeights:
        algorithm.backward_weights(p, x.data(), y.data(), weight.data());
        break;
    }
    benchmark::ClobberMemory();
  }
  const double products = static_cast<double>(p.batch * p.filters * p.out_size() * p.depth());
  state.counters["GFLOP/s"] =
      benchmark::Counter(2e-9 * products, benchmark::Counter::kIsIterationInvariantRate);
}

void add(const ConvShape& shape) {
  const ConvParams p = shape.params();
  if (p.batch == 0) return;
  for (const ConvPass pass :
       {ConvPass::kForward, ConvPass::kBackwardData, ConvPass::kBackwardWeights}) {
    for (const ConvAlgorithm& algorithm : conv_algorithms()) {
      if (!algorithm.supports(p, pass)) continue;
      benchmark::RegisterBenchmark(
          name_of(algorithm, p, pass).c_str(),
          [&algorithm, p, pass](benchmark::State& state) { measure(state, algorithm, p, pass); })
          ->Unit(benchmark::kMillisecond)
          ->ComputeStatistics("max", [](const std::vector<double>& values) {
            return *std::max_element(values.begin(), values.end());
          });
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  set_default_threads(1);
  for (const ConvShape& shape : kNetworkShapes) add(shape);
  for (const ConvShape& shape : cameo::test::kConvShapes) add(shape);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
