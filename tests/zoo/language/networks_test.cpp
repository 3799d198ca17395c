#include "zoo/language/networks.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "core/tape.h"
#include "tests/zoo/test_files.h"
#include "zoo/language/decoding.h"
#include "zoo/model.h"

using namespace cameo;
using namespace cameo::zoo;

namespace {

Tensor random_picture(std::int64_t count = 1) {
  Tensor picture({count, 3, 64, 64});
  Random random(3);
  for (float& v : picture.mutable_data()) v = random.uniform();
  return picture;
}

Tensor words_of(const WordIds& words) { return word_tensor(std::span(&words, 1), PadSide::kAfter); }

}  // namespace

TEST_CASE("vocabulary: sorted words after the three that are no text") {
  const Vocabulary words(std::vector<std::string>{"a  red star", "a ring <end>"});
  CHECK(words.size() == 7);
  CHECK(words.encode(" star a ") == WordIds{6, 3});
  CHECK(words.word(4) == "red");
  CHECK(words.decode(WordIds{Vocabulary::kStart, 3, 6, Vocabulary::kPad, 4, Vocabulary::kEnd, 5}) ==
        "a star red");
  CHECK_THROWS_WITH(words.encode("a stra"), Catch::Contains("stra") && Catch::Contains("star"));
  CHECK_THROWS_AS(words.word(7), ArgumentError);
  CHECK_THROWS_AS(words.word(-1), ArgumentError);
}

TEST_CASE("sentences of unequal length are padded on the side asked for") {
  const std::vector<WordIds> sentences{{5}, {6, 7}};
  const Tensor before = word_tensor(sentences, PadSide::kBefore);
  CHECK(before.shape() == Shape{2, 2});
  CHECK(std::vector<float>(before.data().begin(), before.data().end()) ==
        std::vector<float>{0, 5, 6, 7});
  const Tensor after = word_tensor(sentences, PadSide::kAfter, 3);
  CHECK(std::vector<float>(after.data().begin(), after.data().end()) ==
        std::vector<float>{5, 0, 0, 6, 7, 0});
}

TEST_CASE("a network that holds words is the network that is given them") {
  const Network network = answer_network({.words = 9, .answers = 4});
  const WordIds question{3, 8, 5};
  const Tensor pictures = random_picture(3);
  const Tape given = forward_from(
      network, {{network.input(), pictures}, {network.find(kWords), words_of(question)}});
  const Network holding = with_words(network, question);
  const Tape held = forward(holding, pictures);
  CHECK(held.output().shape() == Shape{3, 4});
  CHECK(std::equal(held.output().data().begin(), held.output().data().end(),
                   given.output().data().begin()));
  CHECK_THROWS_AS(with_words(network, {}), ArgumentError);
}

TEST_CASE("the order of a question's words matters") {
  const Network network = answer_network({.words = 9, .answers = 4, .sees_picture = false});
  const Tensor picture = random_picture();
  const auto answer = [&](const WordIds& words) {
    const Network holding = with_words(network, words);
    const Tensor logits = forward(holding, picture).output();
    return std::vector<float>(logits.data().begin(), logits.data().end());
  };
  CHECK(answer({3, 8}) != answer({8, 3}));
  CHECK(answer({3, 8}) == answer({3, 8}));
}

TEST_CASE("the language-only baseline sees no picture") {
  const Network blind = answer_network({.words = 9, .answers = 4, .sees_picture = false});
  for (const Node& node : blind.nodes()) {
    if (!node.op) continue;
    CHECK(std::find(node.inputs.begin(), node.inputs.end(), blind.input()) == node.inputs.end());
  }
}

TEST_CASE("a caption's words are scored as decoding scores them") {
  const Network network = caption_network({.words = 12, .features = 16, .hidden = 16, .seed = 5});
  const Tensor picture = random_picture();
  for (const Sentence& sentence : describe(network, picture, {.beams = 3, .max_words = 6})) {
    if (sentence.words.empty()) continue;
    const Network scorer = caption_scorer(network, sentence.words);
    const ValueId whole = scorer.find("sentence_score");
    const Tape tape = forward(scorer, picture, {.keep = {scorer.output(), whole}});
    const Tensor& scores = tape.output();
    CHECK(scores.shape() == Shape{1, static_cast<std::int64_t>(sentence.words.size()) + 1});
    const auto own = scores.data().first(sentence.words.size() + (sentence.finished ? 1 : 0));
    CHECK(std::accumulate(own.begin(), own.end(), 0.0) ==
          Approx(sentence.log_probability).epsilon(1e-5));
    CHECK(tape.value(whole).data()[0] ==
          Approx(std::accumulate(scores.data().begin(), scores.data().end(), 0.0)).epsilon(1e-5));
  }
  CHECK_THROWS_AS(caption_scorer(network, WordIds{3, 12}), ArgumentError);
}

TEST_CASE("word scores of several pictures are each picture's own") {
  const Network network = caption_network({.words = 12, .features = 16, .hidden = 16});
  const Network scorer = caption_scorer(network, WordIds{4, 7, 3});
  const Tensor pictures = random_picture(2);
  const Tensor both = forward(scorer, pictures).output();
  REQUIRE(both.shape() == Shape{2, 4});
  const auto second = pictures.data().last(3 * 64 * 64);
  const Tensor alone = forward(scorer, Tensor({1, 3, 64, 64}, second)).output();
  for (std::size_t t = 0; t < 4; ++t) {
    CHECK(both.data()[4 + t] == Approx(alone.data()[t]).epsilon(1e-5));
  }
}

TEST_CASE("a network that holds a caption is saved and read like any other") {
  const Network network = caption_network({.words = 12, .features = 16, .hidden = 16});
  const Network scorer = caption_scorer(network, WordIds{4, 7});
  const TemporaryFolder folder;
  save_model(folder / "scorer.safetensors", {.architecture = "caption",
                                             .network = scorer,
                                             .class_names = {"red", "star", "<end>"},
                                             .preprocess = {}});
  const Model read = load_model(folder / "scorer.safetensors");
  const Tensor picture = random_picture();
  const Tensor expected = forward(scorer, picture).output();
  const Tensor got = forward(read.network, picture).output();
  CHECK(std::equal(got.data().begin(), got.data().end(), expected.data().begin()));
}
