#include "zoo/gap_head.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "layers/modules.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

constexpr const char* kInput = "input";
constexpr const char* kHead = "gap_head";

Shape feature_shape(const Network& network, ValueId after) {
  Shape picture = network.input_shape();
  picture.insert(picture.begin(), 1);
  Shape shape = network.infer_shapes(picture)[static_cast<std::size_t>(after)];
  const Node& node = network.node(after);
  if (shape.size() != 4 || node.is_parameter()) {
    throw ArgumentError("a GAP head goes behind a feature map [N,C,H,W], but \"" + node.name +
                        "\" is " + (node.is_parameter() ? "a parameter " : "") + to_string(shape));
  }
  return shape;
}

Network head_alone(const Shape& features, const GapHeadOptions& options) {
  Builder builder(options.seed);
  const ValueId input = builder.input(kInput, {features[1], features[2], features[3]});
  return std::move(builder).finish(gap_head(options).build(builder, kHead, input));
}

/// By ValueId: does `last` depend on it?
std::vector<bool> ancestors(const Network& network, ValueId last) {
  std::vector<bool> needed(network.nodes().size(), false);
  needed[static_cast<std::size_t>(last)] = true;
  for (ValueId id = last; id >= 0; --id) {
    if (!needed[static_cast<std::size_t>(id)]) continue;
    for (const ValueId input : network.node(id).inputs) {
      needed[static_cast<std::size_t>(input)] = true;
    }
  }
  return needed;
}

/// Appends copies of nodes of a network; `ids` maps its values to theirs, -1 for those not copied.
void append(std::vector<Node>& nodes, const Network& network, const std::vector<bool>& wanted,
            std::vector<ValueId>& ids) {
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    if (!wanted[i]) continue;
    Node node = network.nodes()[i];
    for (ValueId& input : node.inputs) input = ids[static_cast<std::size_t>(input)];
    ids[i] = static_cast<ValueId>(nodes.size());
    nodes.push_back(std::move(node));
  }
}

}  // namespace

Sequential gap_head(const GapHeadOptions& options) {
  if (options.classes < 1 || options.channels < 1 || options.kernel < 1 ||
      options.kernel % 2 == 0) {
    throw ArgumentError("a GAP head needs classes, channels and an odd kernel, got " +
                        std::to_string(options.classes) + ", " + std::to_string(options.channels) +
                        " and " + std::to_string(options.kernel));
  }
  return Sequential()
      .add("conv", Conv2d({.out_channels = options.channels,
                           .kernel = options.kernel,
                           .padding = options.kernel / 2}))
      .add("relu", Relu())
      .add("pool", GlobalAveragePool())
      .add("flatten", Flatten())
      .add("fc", Linear({.out_features = options.classes}));
}

Network add_gap_head(const Network& network, std::string_view after,
                     const GapHeadOptions& options) {
  const ValueId last = network.find(after);
  const Network head = head_alone(feature_shape(network, last), options);
  const std::vector<bool> needed = ancestors(network, last);
  if (!needed[static_cast<std::size_t>(network.input())]) {
    throw ArgumentError("a GAP head behind \"" + network.node(last).name +
                        "\" would not see the picture");
  }

  std::vector<Node> nodes;
  std::vector<ValueId> ids(network.nodes().size(), -1);
  append(nodes, network, needed, ids);

  std::vector<bool> wanted(head.nodes().size(), true);
  wanted[static_cast<std::size_t>(head.input())] = false;
  std::vector<ValueId> head_ids(head.nodes().size(), -1);
  head_ids[static_cast<std::size_t>(head.input())] = ids[static_cast<std::size_t>(last)];
  append(nodes, head, wanted, head_ids);
  return Network(std::move(nodes), ids[static_cast<std::size_t>(network.input())],
                 head_ids[static_cast<std::size_t>(head.output())], network.input_shape());
}

}  // namespace cameo::zoo
