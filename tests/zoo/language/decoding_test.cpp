#include "zoo/language/decoding.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "core/error.h"
#include "core/random.h"

using namespace cameo;
using namespace cameo::zoo;

namespace {

constexpr int kA = 3;
constexpr int kB = 4;
constexpr int kC = 5;

/// Probabilities of the next word after a text; what is not listed is as good as impossible.
using Table = std::map<WordIds, std::map<int, double>>;

NextWords from_table(const Table& table) {
  return [&table](std::span<const WordIds> before) {
    Tensor logits({static_cast<std::int64_t>(before.size()), 6}, -100.0F);
    for (std::size_t i = 0; i < before.size(); ++i) {
      for (const auto& [word, p] : table.at(before[i])) {
        logits.mutable_data()[i * 6 + static_cast<std::size_t>(word)] =
            3.0F + static_cast<float>(std::log(p));
      }
    }
    return logits;
  };
}

constexpr int kStart = Vocabulary::kStart;
constexpr int kEnd = Vocabulary::kEnd;

/// "a c" .6·.5 = .3, "a b" .6·.4 = .24, "b" .4·.9 = .36
const Table kGarden{
    {{kStart}, {{kA, 0.6}, {kB, 0.4}}},       {{kStart, kA}, {{kC, 0.5}, {kB, 0.4}, {kEnd, 0.1}}},
    {{kStart, kB}, {{kEnd, 0.9}, {kC, 0.1}}}, {{kStart, kA, kC}, {{kEnd, 1.0}}},
    {{kStart, kA, kB}, {{kEnd, 1.0}}},        {{kStart, kB, kC}, {{kEnd, 1.0}}}};

/// Logits that depend on the whole text, of 3 words to say.
Tensor random_logits(std::span<const WordIds> before) {
  Tensor logits({static_cast<std::int64_t>(before.size()), 6});
  for (std::size_t i = 0; i < before.size(); ++i) {
    std::uint64_t hash = 17;
    for (const int word : before[i]) hash = hash * 31 + static_cast<std::uint64_t>(word);
    Random random({hash});
    for (std::size_t k = 0; k < 6; ++k) logits.mutable_data()[i * 6 + k] = random.uniform(-2, 2);
  }
  return logits;
}

}  // namespace

TEST_CASE("greedy decoding takes the best word at every place") {
  const auto sentences = beam_search(from_table(kGarden), {.beams = 1});
  REQUIRE(sentences.size() == 1);
  CHECK(sentences[0].words == WordIds{kA, kC});
  CHECK(sentences[0].finished);
  CHECK(sentences[0].log_probability == Approx(std::log(0.3)).epsilon(1e-5));
}

TEST_CASE("beam search finds a sentence that begins worse") {
  const auto plain = beam_search(from_table(kGarden), {.beams = 2, .length_exponent = 0.0});
  REQUIRE(plain.size() == 2);
  CHECK(plain[0].words == WordIds{kB});
  CHECK(plain[0].log_probability == Approx(std::log(0.36)).epsilon(1e-5));
  CHECK(plain[1].words == WordIds{kA, kC});
  // log .36 / 2 = -0.51, log .3 / 3 = -0.40
  const auto mean = beam_search(from_table(kGarden), {.beams = 2, .length_exponent = 1.0});
  CHECK(mean[0].words == WordIds{kA, kC});
}

TEST_CASE("a beam wide enough finds the best of all sentences") {
  constexpr std::size_t kMost = 3;
  struct Best {
    WordIds words;
    double log_probability = -1e9;
  } best;
  const std::function<void(const WordIds&, double)> search = [&](const WordIds& text, double log) {
    const Tensor logits = random_logits(std::span(&text, 1));
    double sum = 0.0;
    for (const float v : logits.data()) sum += std::exp(static_cast<double>(v));
    for (const int word : {kEnd, kA, kB, kC}) {
      const double next =
          log + static_cast<double>(logits.data()[static_cast<std::size_t>(word)]) - std::log(sum);
      if (word == kEnd && next > best.log_probability) {
        best = {.words = {text.begin() + 1, text.end()}, .log_probability = next};
      }
      if (word == kEnd || text.size() == kMost) continue;
      WordIds longer = text;
      longer.push_back(word);
      search(longer, next);
    }
  };
  search({kStart}, 0.0);
  const auto sentences =
      beam_search(random_logits, {.beams = 1000, .max_words = kMost, .length_exponent = 0.0});
  CHECK(sentences.front().words == best.words);
  CHECK(sentences.front().log_probability == Approx(best.log_probability).epsilon(1e-6));
}

TEST_CASE("a sentence without an end stops at the greatest length") {
  const auto never = [](std::span<const WordIds> before) {
    Tensor logits({static_cast<std::int64_t>(before.size()), 6}, -50.0F);
    for (std::size_t i = 0; i < before.size(); ++i) logits.mutable_data()[i * 6 + kB] = 0.0F;
    return logits;
  };
  const auto sentences = beam_search(never, {.beams = 1, .max_words = 4});
  REQUIRE(sentences.size() == 1);
  CHECK(sentences[0].words == WordIds(4, kB));
  CHECK_FALSE(sentences[0].finished);
}

TEST_CASE("padding and the start are never said") {
  const auto tempting = [](std::span<const WordIds> before) {
    Tensor logits({static_cast<std::int64_t>(before.size()), 6}, 0.0F);
    for (std::size_t i = 0; i < before.size(); ++i) {
      logits.mutable_data()[i * 6 + Vocabulary::kPad] = 9.0F;
      logits.mutable_data()[i * 6 + kStart] = 9.0F;
    }
    return logits;
  };
  CHECK(beam_search(tempting, {.beams = 1}).at(0).words.empty());
}

TEST_CASE("beam search checks its options") {
  CHECK_THROWS_AS(beam_search(random_logits, {.beams = 0}), ArgumentError);
  CHECK_THROWS_AS(beam_search(random_logits, {.max_words = 0}), ArgumentError);
}
