#include "zoo/language/decoding.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/tape.h"
#include "zoo/language/networks.h"

namespace cameo::zoo {

namespace {

void check(const DecodingOptions& options) {
  if (options.beams >= 1 && options.max_words >= 1) return;
  throw ArgumentError("beam search: it needs at least one beam and one word, got " +
                      std::to_string(options.beams) + " and " + std::to_string(options.max_words));
}

double log_sum_exp(std::span<const float> logits) {
  const double largest = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
  double sum = 0.0;
  for (const float v : logits) sum += std::exp(static_cast<double>(v) - largest);
  return largest + std::log(sum);
}

/// A sentence with one word more.
struct Continuation {
  std::size_t sentence;
  int word;
  double log_probability;
};

/// The `count` best, best first.
std::vector<Continuation> best_continuations(std::span<const Sentence> live, const Tensor& logits,
                                             std::size_t count) {
  const auto words = static_cast<std::size_t>(logits.dim(1));
  std::vector<Continuation> all;
  for (std::size_t i = 0; i < live.size(); ++i) {
    const std::span<const float> row = logits.data().subspan(i * words, words);
    const double log_sum = log_sum_exp(row);
    for (std::size_t word = Vocabulary::kEnd; word < words; ++word) {
      all.push_back(
          {.sentence = i,
           .word = static_cast<int>(word),
           .log_probability = live[i].log_probability + static_cast<double>(row[word]) - log_sum});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Continuation& a, const Continuation& b) {
    return a.log_probability > b.log_probability;
  });
  all.resize(std::min(all.size(), count));
  return all;
}

std::vector<WordIds> texts_of(std::span<const Sentence> live) {
  std::vector<WordIds> texts;
  for (const Sentence& sentence : live) {
    texts.push_back({Vocabulary::kStart});
    texts.back().insert(texts.back().end(), sentence.words.begin(), sentence.words.end());
  }
  return texts;
}

void sort_by_score(std::vector<Sentence>& sentences, double length_exponent) {
  const auto score = [length_exponent](const Sentence& s) {
    const double words = static_cast<double>(s.words.size() + (s.finished ? 1 : 0));
    return s.log_probability / std::pow(words, length_exponent);
  };
  std::stable_sort(sentences.begin(), sentences.end(),
                   [&](const Sentence& a, const Sentence& b) { return score(a) > score(b); });
}

/// The last of every text's `steps` rows of `[texts·steps,V]`.
Tensor last_rows(const Tensor& logits, std::int64_t texts, std::int64_t steps) {
  const std::int64_t words = logits.dim(1);
  Tensor result = Tensor::uninitialized({texts, words});
  for (std::int64_t i = 0; i < texts; ++i) {
    std::copy_n(logits.data().data() + ((i + 1) * steps - 1) * words, words,
                result.mutable_data().data() + i * words);
  }
  return result;
}

}  // namespace

std::vector<Sentence> beam_search(const NextWords& next_words, const DecodingOptions& options) {
  check(options);
  const auto beams = static_cast<std::size_t>(options.beams);
  std::vector<Sentence> live(1);
  std::vector<Sentence> finished;
  for (std::int64_t length = 0; length < options.max_words && !live.empty(); ++length) {
    const Tensor logits = next_words(texts_of(live));
    std::vector<Sentence> longer;
    for (const Continuation& next : best_continuations(live, logits, beams)) {
      Sentence sentence = live[next.sentence];
      sentence.log_probability = next.log_probability;
      sentence.finished = next.word == Vocabulary::kEnd;
      if (sentence.finished) {
        finished.push_back(std::move(sentence));
      } else {
        sentence.words.push_back(next.word);
        longer.push_back(std::move(sentence));
      }
    }
    live = std::move(longer);
    if (finished.size() >= beams) break;
  }
  std::vector<Sentence>& result = finished.empty() ? live : finished;
  sort_by_score(result, options.length_exponent);
  return std::move(result);
}

std::vector<Sentence> describe(const Network& caption_network, const Tensor& picture,
                               const DecodingOptions& options) {
  const ValueId words = caption_network.find(kWords);
  const ValueId seen = caption_network.find("seen");
  const Tensor overview = forward(caption_network, picture, {.keep = {seen}}).value(seen);
  return beam_search(
      [&](std::span<const WordIds> before) {
        const Tensor text = word_tensor(before, PadSide::kAfter);
        const Tape tape = forward_from(caption_network, {{seen, overview}, {words, text}});
        return last_rows(tape.output(), text.dim(0), text.dim(1));
      },
      options);
}

}  // namespace cameo::zoo
