#include "zoo/language/networks.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/ops/add.h"
#include "core/ops/gather.h"
#include "core/ops/log_softmax.h"
#include "core/ops/mul.h"
#include "core/ops/reduce_sum.h"
#include "core/ops/reshape.h"
#include "core/ops/transpose.h"
#include "core/ops/unsqueeze.h"
#include "layers/modules.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

Sequential conv3x3(std::int64_t channels, std::int64_t stride = 1) {
  return conv_bn_relu({.out_channels = channels, .kernel = 3, .stride = stride, .padding = 1});
}

/// gapnet without its head; the names are the same, so its weights fit.
ValueId feature_map(Builder& builder, ValueId picture) {
  return Sequential()
      .add("layer1", conv3x3(16, 2))
      .add("layer2", conv3x3(20))
      .add("pool", MaxPool2d({.kernel = 2}))
      .add("layer3", conv3x3(32))
      .add("layer4", conv3x3(48))
      .add("layer5", conv3x3(48))
      .add("layer6", conv_bn_relu({.out_channels = 96, .kernel = 1}))
      .build(builder, "", picture);
}

ValueId words_value(Builder& builder) {
  return builder.parameter(kWords, {1, 1}, constant(Vocabulary::kStart), false);
}

/// Word vectors `[T,N,features]`, as an LSTM reads them.
ValueId word_vectors(Builder& builder, std::int64_t words, std::int64_t features) {
  const ValueId steps = builder.apply(
      "steps", std::make_shared<ops::Transpose>(ops::TransposeOptions{.perm = {1, 0}}),
      {words_value(builder)});
  return Embedding({.words = words, .features = features}).build(builder, "embedding", steps);
}

ValueId with_axes(Builder& builder, std::string_view name, ValueId x,
                  std::vector<std::int64_t> axes) {
  return builder.apply(
      name, std::make_shared<ops::Unsqueeze>(ops::UnsqueezeOptions{.axes = std::move(axes)}), {x});
}

/// The question `[N,hidden]`.
ValueId read_question(Builder& builder, const AnswerNetworkOptions& options) {
  const ValueId vectors = word_vectors(builder, options.words, 64);
  const ValueId states = Lstm({.hidden = options.hidden}).build(builder, "lstm", vectors);
  return builder.apply(
      "question", std::make_shared<ops::Gather>(ops::GatherOptions{.axis = 0, .indices = {-1}}),
      {states});
}

/// scale·map + shift, both from the question.
ValueId modulate(Builder& builder, ValueId map, ValueId question) {
  const std::int64_t channels = builder.shape_of(map)[1];
  const auto from_question = [&](const std::string& name, float initial) {
    const ValueId vector = Linear({.out_features = channels, .bias_initializer = constant(initial)})
                               .build(builder, name, question);
    return with_axes(builder, name + "_per_channel", vector, {2, 3});
  };
  const ValueId scaled =
      builder.apply("scaled", std::make_shared<ops::Mul>(), {map, from_question("scale", 1.0F)});
  return builder.apply("shifted", std::make_shared<ops::Add>(),
                       {scaled, from_question("shift", 0.0F)});
}

std::size_t index_of(ValueId id) { return static_cast<std::size_t>(id); }

Tensor one_text(std::span<const int> words) {
  const WordIds ids(words.begin(), words.end());
  return word_tensor(std::span(&ids, 1), PadSide::kAfter);
}

std::vector<Node> nodes_with_words(const Network& network, std::span<const int> words) {
  if (words.empty()) throw ArgumentError("language: a text needs at least one word");
  std::vector<Node> nodes(network.nodes().begin(), network.nodes().end());
  nodes[index_of(network.find(kWords))].parameter = one_text(words);
  return nodes;
}

}  // namespace

Network caption_network(const CaptionNetworkOptions& options) {
  Builder builder(options.seed);
  const ValueId picture = builder.input("input", {3, 64, 64});
  const ValueId seen = Sequential()
                           .add("reduce", MaxPool2d({.kernel = 2}))
                           .add("flatten", Flatten())
                           .add("picture", Linear({.out_features = options.features}))
                           .add("picture_relu", Relu())
                           .build(builder, "", feature_map(builder, picture));
  const ValueId vectors = word_vectors(builder, options.words, options.features);
  const ValueId steps = builder.apply("seen_words", std::make_shared<ops::Add>(),
                                      {vectors, with_axes(builder, "seen", seen, {0})});
  const ValueId states = Lstm({.hidden = options.hidden}).build(builder, "lstm", steps);
  const ValueId rows = builder.apply(
      "rows", std::make_shared<ops::Reshape>(ops::ReshapeOptions{.shape = {-1, options.hidden}}),
      {states});
  return std::move(builder).finish(
      Linear({.out_features = options.words}).build(builder, "fc", rows));
}

Network answer_network(const AnswerNetworkOptions& options) {
  Builder builder(options.seed);
  const ValueId picture = builder.input("input", {3, 64, 64});
  const ValueId question = read_question(builder, options);
  if (!options.sees_picture) {
    return std::move(builder).finish(
        Linear({.out_features = options.answers}).build(builder, "fc", question));
  }
  const ValueId map = Conv2d({.out_channels = options.features, .kernel = 1})
                          .build(builder, "project", feature_map(builder, picture));
  return std::move(builder).finish(Sequential()
                                       .add("modulated_relu", Relu())
                                       .add("reduce", MaxPool2d({.kernel = 2}))
                                       .add("combine", conv3x3(options.features))
                                       .add("flatten", Flatten())
                                       .add("fc1", Linear({.out_features = 128}))
                                       .add("fc1_relu", Relu())
                                       .add("fc", Linear({.out_features = options.answers}))
                                       .build(builder, "", modulate(builder, map, question)));
}

Network with_words(const Network& network, std::span<const int> words) {
  return {nodes_with_words(network, words), network.input(), network.output(),
          network.input_shape()};
}

Network caption_scorer(const Network& caption_network, std::span<const int> caption) {
  WordIds before(caption.begin(), caption.end());
  WordIds words = before;
  before.insert(before.begin(), Vocabulary::kStart);
  words.push_back(Vocabulary::kEnd);
  const auto length = static_cast<std::int64_t>(words.size());

  std::vector<Node> nodes = nodes_with_words(caption_network, before);
  const auto append = [&](std::string name, std::shared_ptr<const Op> op,
                          std::vector<ValueId> inputs) {
    nodes.push_back({.name = std::move(name), .op = std::move(op), .inputs = std::move(inputs)});
    return static_cast<ValueId>(nodes.size() - 1);
  };
  const std::int64_t vocabulary =
      caption_network.node(caption_network.find("fc.weight")).parameter.dim(0);
  Tensor chosen({length, 1, vocabulary});
  for (std::size_t t = 0; t < words.size(); ++t) {
    chosen.mutable_data()[t * index_of(static_cast<ValueId>(vocabulary)) + index_of(words[t])] =
        1.0F;
  }
  const auto reshaped =
      std::make_shared<ops::Reshape>(ops::ReshapeOptions{.shape = {length, -1, vocabulary}});
  nodes.push_back({.name = "caption", .parameter = std::move(chosen), .trainable = false});
  const auto picked = static_cast<ValueId>(nodes.size() - 1);
  const ValueId by_step = append("by_step", reshaped, {caption_network.output()});
  const ValueId logs = append("log_softmax", std::make_shared<ops::LogSoftmax>(), {by_step});
  const ValueId own = append("own", std::make_shared<ops::Mul>(), {logs, picked});
  const ValueId sums = append(
      "sums", std::make_shared<ops::ReduceSum>(ops::ReduceOptions{.axes = {-1}, .keepdims = false}),
      {own});
  const ValueId scores =
      append("word_scores", std::make_shared<ops::Transpose>(ops::TransposeOptions{.perm = {1, 0}}),
             {sums});
  append("sentence_score", std::make_shared<ops::ReduceSum>(ops::ReduceOptions{.axes = {-1}}),
         {scores});
  return {std::move(nodes), caption_network.input(), scores, caption_network.input_shape()};
}

}  // namespace cameo::zoo
