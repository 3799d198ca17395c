/// Networks as documents. What has been read must be written as it was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"
#include "zoo/graph.h"

namespace {

const cameo::zoo::StateDict& parameters() {
  static const cameo::zoo::StateDict kParameters = {
      {"bias", cameo::Tensor({4}, 0.5F)},        {"gamma", cameo::Tensor({3}, 1.0F)},
      {"kernel", cameo::Tensor({4, 3, 3, 3})},   {"matrix", cameo::Tensor({2, 4}, 0.1F)},
      {"scalar", cameo::Tensor(cameo::Shape{})}, {"empty", cameo::Tensor({0, 4})}};
  return kParameters;
}

void check_round_trip(const cameo::Network& network) {
  const std::string text = cameo::zoo::graph_to_json(network);
  if (cameo::zoo::graph_to_json(cameo::zoo::graph_from_json(text, parameters())) != text) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    check_round_trip(cameo::zoo::graph_from_json(text, parameters()));
  } catch (const cameo::FormatError&) {
  } catch (const cameo::ArgumentError&) {
  } catch (const cameo::ShapeError&) {
  }
  return 0;
}
