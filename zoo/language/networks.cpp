#include "zoo/language/networks.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/ops/add.h"
#include "core/ops/concat.h"
#include "core/ops/gather.h"
#include "core/ops/log_softmax.h"
#include "core/ops/matmul.h"
#include "core/ops/mul.h"
#include "core/ops/reduce_sum.h"
#include "core/ops/reshape.h"
#include "core/ops/softmax.h"
#include "core/ops/transpose.h"
#include "layers/modules.h"
#include "zoo/models/gapnet.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

constexpr std::int64_t kGlimpses = 2;  // places a question may ask for: of its two nouns

/// gapnet without its head, and behind it a convolution that also sees what gapnet's first layers
/// saw: its last ones tell shapes apart and forget colours.
ValueId feature_map(Builder& builder, ValueId picture) {
  const ValueId early = gapnet_early_layers().build(builder, "", picture);
  const ValueId late = gapnet_late_layers().build(builder, "", early);
  const ValueId both =
      builder.apply("early_and_late", std::make_shared<ops::Concat>(), {early, late});
  return conv_bn_relu({.out_channels = 96, .kernel = 1}).build(builder, kLastMap, both);
}

ValueId words_value(Builder& builder, std::int64_t texts) {
  return builder.parameter(kWords, {texts, 1}, constant(Vocabulary::kStart), false);
}

/// Word vectors `[T,N,features]` of so many texts a picture, as an LSTM reads them.
ValueId word_vectors(Builder& builder, std::int64_t texts, const EmbeddingOptions& options) {
  const ValueId steps = builder.apply(
      "steps", std::make_shared<ops::Transpose>(ops::TransposeOptions{.perm = {1, 0}}),
      {words_value(builder, texts)});
  return Embedding(options).build(builder, "embedding", steps);
}

template <typename Op>
ValueId binary(Builder& builder, std::string_view name, ValueId a, ValueId b) {
  return builder.apply(name, std::make_shared<Op>(), {a, b});
}

ValueId reshaped(Builder& builder, std::string_view name, ValueId x, Shape shape) {
  return builder.apply(
      name, std::make_shared<ops::Reshape>(ops::ReshapeOptions{.shape = std::move(shape)}), {x});
}

ValueId transposed(Builder& builder, std::string_view name, ValueId x,
                   std::vector<std::int64_t> perm) {
  return builder.apply(
      name, std::make_shared<ops::Transpose>(ops::TransposeOptions{.perm = std::move(perm)}), {x});
}

/// The questions `[N,hidden]`.
ValueId read_question(Builder& builder, const AnswerNetworkOptions& options) {
  constexpr std::int64_t kWordFeatures = 64;
  const ValueId vectors =
      word_vectors(builder, options.questions, {.words = options.words, .features = kWordFeatures});
  const ValueId states = Lstm({.hidden = options.hidden}).build(builder, "lstm", vectors);
  return builder.apply(
      "question", std::make_shared<ops::Gather>(ops::GatherOptions{.axis = 0, .indices = {-1}}),
      {states});
}

/// The whole picture as a vector `[N,features]`.
ValueId overview(Builder& builder, ValueId map, std::int64_t features) {
  return Sequential()
      .add("reduce", MaxPool2d({.kernel = 2}))
      .add("flatten", Flatten())
      .add("overview", Linear({.out_features = features}))
      .add("overview_relu", Relu())
      .build(builder, "", map);
}

/// A direction in the channels for left and right and one for up and down, `[1,C,H,W]`: places that
/// are apart begin with vectors that are apart.
Tensor coordinates(const Shape& shape, Random& random) {
  Tensor result(shape);
  float* out = result.mutable_data().data();
  const auto centred = [](std::int64_t i, std::int64_t count) {
    return 2.0F * (static_cast<float>(i) + 0.5F) / static_cast<float>(count) - 1.0F;
  };
  for (std::int64_t channel = 0; channel < shape[1]; ++channel) {
    const float across = random.uniform(-1.0F, 1.0F);
    const float down = random.uniform(-1.0F, 1.0F);
    for (std::int64_t y = 0; y < shape[2]; ++y) {
      for (std::int64_t x = 0; x < shape[3]; ++x) {
        *out++ = across * centred(x, shape[3]) + down * centred(y, shape[2]);
      }
    }
  }
  return result;
}

/// Soft attention (Xu et al. 2015): each query `[N,Q,C]` is answered by the mean of the map's
/// places, weighted by the softmax of their scalar products with it, `[N,Q,C]`. Places know where
/// they are through a vector of their own that is added.
ValueId attend(Builder& builder, ValueId map, ValueId queries) {
  const Shape& shape = builder.shape_of(map);
  const std::int64_t channels = shape[1];
  const ValueId position =
      builder.parameter("position", {1, channels, shape[2], shape[3]}, coordinates);
  const ValueId placed = binary<ops::Add>(builder, "placed", map, position);
  const ValueId places = reshaped(builder, "places", placed, {0, channels, -1});
  const ValueId products = binary<ops::MatMul>(builder, "products", queries, places);
  const ValueId attention =
      builder.apply("attention", std::make_shared<ops::Softmax>(), {products});
  return binary<ops::MatMul>(builder, "attended", attention,
                             transposed(builder, "places_last", places, {0, 2, 1}));
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
  const ValueId map = feature_map(builder, builder.input("input", {3, 64, 64}));
  const ValueId seen = reshaped(builder, "seen", overview(builder, map, options.features),
                                {1, -1, options.features});
  const ValueId vectors =
      word_vectors(builder, 1, {.words = options.words, .features = options.features});
  const ValueId steps = binary<ops::Add>(builder, "seen_words", vectors, seen);
  const ValueId states = Lstm({.hidden = options.hidden}).build(builder, "lstm", steps);
  const ValueId rows = reshaped(builder, "rows", transposed(builder, "states", states, {1, 0, 2}),
                                {-1, options.hidden});
  return std::move(builder).finish(
      Linear({.out_features = options.words}).build(builder, "fc", rows));
}

Network answer_network(const AnswerNetworkOptions& options) {
  Builder builder(options.seed);
  const ValueId picture = builder.input("input", {3, 64, 64});
  const ValueId question = read_question(builder, options);
  const auto linear = [&](std::string_view name, ValueId x, std::int64_t features) {
    return Linear({.out_features = features}).build(builder, name, x);
  };
  ValueId joined = linear("from_question", question, options.features);
  if (options.sees_picture) {
    const ValueId map = feature_map(builder, picture);
    const std::int64_t channels = builder.shape_of(map)[1];
    const ValueId queries =
        reshaped(builder, "queries", linear("query", question, kGlimpses * channels),
                 {-1, options.questions * kGlimpses, channels});
    const ValueId glimpses =
        reshaped(builder, "glimpses", attend(builder, map, queries), {-1, kGlimpses * channels});
    const ValueId seen = reshaped(builder, "seen", overview(builder, map, options.features),
                                  {-1, 1, options.features});
    const ValueId gates = reshaped(builder, "gates", linear("gate", question, options.features),
                                   {-1, options.questions, options.features});
    const ValueId gated =
        reshaped(builder, "gated", binary<ops::Mul>(builder, "seen_and_asked", seen, gates),
                 {-1, options.features});
    joined = binary<ops::Add>(builder, "with_glimpses", joined,
                              linear("from_glimpses", glimpses, options.features));
    joined = binary<ops::Add>(builder, "with_overview", joined,
                              linear("from_overview", gated, options.features));
  }
  return std::move(builder).finish(
      linear("fc", Relu().build(builder, "joined", joined), options.answers));
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
  Tensor chosen({1, length, vocabulary});
  for (std::size_t t = 0; t < words.size(); ++t) {
    if (words[t] < 0 || words[t] >= vocabulary) {
      throw ArgumentError("caption: there is no word " + std::to_string(words[t]) + " of " +
                          std::to_string(vocabulary));
    }
    chosen.mutable_data()[t * static_cast<std::size_t>(vocabulary) +
                          static_cast<std::size_t>(words[t])] = 1.0F;
  }
  nodes.push_back({.name = "caption", .parameter = std::move(chosen), .trainable = false});
  const auto caption_value = static_cast<ValueId>(nodes.size() - 1);
  const ValueId by_step =
      append("by_step",
             std::make_shared<ops::Reshape>(ops::ReshapeOptions{.shape = {-1, length, vocabulary}}),
             {caption_network.output()});
  const ValueId logs = append("log_softmax", std::make_shared<ops::LogSoftmax>(), {by_step});
  const ValueId own = append("own", std::make_shared<ops::Mul>(), {logs, caption_value});
  const ValueId scores = append(
      "word_scores",
      std::make_shared<ops::ReduceSum>(ops::ReduceOptions{.axes = {-1}, .keepdims = false}), {own});
  append("sentence_score", std::make_shared<ops::ReduceSum>(ops::ReduceOptions{.axes = {-1}}),
         {scores});
  return {std::move(nodes), caption_network.input(), scores, caption_network.input_shape()};
}

}  // namespace cameo::zoo
