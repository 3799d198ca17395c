// Nothing stays behind an explanation.
#include <catch2/catch.hpp>

#include "explain/explainer.h"
#include "explain/registry.h"
#include "tests/explain/networks.h"
#include "tests/zoo/checkpoints/peak_memory.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

bool takes(const char* method, const std::string& key) {
  for (const OptionInfo& option : method_info(method).options) {
    if (option.key == key) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("memory: the thousandth explanation needs no more than the first") {
  constexpr int kWarm = 10;
  constexpr int kRounds = 100;
  constexpr std::int64_t kTolerated = 2;  // MiB: 2 KiB an explanation
  const Network network = gap_network();
  Methods methods;
  for (const char* name : {"gradcam", "cam", "layercam", "eigencam", "saliency", "guided",
                           "deconvnet", "smoothgrad", "integrated-gradients", "occlusion"}) {
    OptionValues options;
    if (takes(name, "samples")) options["samples"] = "4";
    if (takes(name, "steps")) options["steps"] = "4";
    methods.push_back(make_method(name, options));
  }
  const Target target{.of = find_logits(network), .index = 1};
  const auto run = [&](int rounds) {
    std::size_t count = 0;
    for (int i = 0; i < rounds; ++i) {
      const Tensor picture = gap_picture(static_cast<std::uint64_t>(i));
      count += explain::explain(network, picture, methods, std::span(&target, 1)).size();
    }
    return count;
  };
  run(kWarm);
  const zoo::PeakMemory memory;
  CHECK(run(kRounds) == 1000);
  if (const auto risen = memory.risen()) CHECK(*risen <= kTolerated);
}
