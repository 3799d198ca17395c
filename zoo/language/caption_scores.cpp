#include "zoo/language/caption_scores.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>

#include "core/error.h"
#include "zoo/datasets/annotations/text_lines.h"

namespace cameo::zoo {

namespace {

constexpr std::size_t kLongest = 4;  // words of an n-gram

using Words = std::vector<std::string>;
/// How often each n-gram of one length occurs.
using Counts = std::map<Words, std::int64_t>;

Counts count_ngrams(const Words& words, std::size_t n) {
  Counts counts;
  for (std::size_t i = 0; i + n <= words.size(); ++i) {
    const auto first = words.begin() + static_cast<std::ptrdiff_t>(i);
    ++counts[Words(first, first + static_cast<std::ptrdiff_t>(n))];
  }
  return counts;
}

std::int64_t count_of(const Counts& counts, const Words& ngram) {
  const auto found = counts.find(ngram);
  return found == counts.end() ? 0 : found->second;
}

struct Split {
  Words caption;
  std::vector<Words> references;
};

std::vector<Split> split(std::span<const JudgedCaption> corpus) {
  if (corpus.empty()) throw ArgumentError("caption scores: there are no captions");
  std::vector<Split> result;
  for (const JudgedCaption& judged : corpus) {
    if (judged.references.empty()) {
      throw ArgumentError("caption scores: nothing to compare \"" + judged.caption + "\" with");
    }
    result.push_back({.caption = split_words(judged.caption), .references = {}});
    for (const std::string& text : judged.references) {
      result.back().references.push_back(split_words(text));
    }
  }
  return result;
}

std::size_t nearest_length(const Split& judged) {
  const auto length = static_cast<std::int64_t>(judged.caption.size());
  const auto distance = [length](const Words& words) {
    return std::abs(static_cast<std::int64_t>(words.size()) - length);
  };
  const auto nearest = std::min_element(
      judged.references.begin(), judged.references.end(), [&](const Words& a, const Words& b) {
        return std::pair(distance(a), a.size()) < std::pair(distance(b), b.size());
      });
  return nearest->size();
}

/// The share of the captions' n-grams that are right; each counts at most as often as the reference
/// that has it most often.
double clipped_precision(std::span<const Split> corpus, std::size_t n) {
  std::int64_t right = 0;
  std::int64_t total = 0;
  for (const Split& judged : corpus) {
    std::vector<Counts> references;
    for (const Words& words : judged.references) references.push_back(count_ngrams(words, n));
    for (const auto& [ngram, count] : count_ngrams(judged.caption, n)) {
      std::int64_t most = 0;
      for (const Counts& counts : references) most = std::max(most, count_of(counts, ngram));
      right += std::min(count, most);
      total += count;
    }
  }
  return total == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(total);
}

/// tf-idf by n-gram.
using Weights = std::map<Words, double>;

Weights weigh(const Counts& counts, const Counts& pictures_with, double pictures) {
  Weights weights;
  for (const auto& [ngram, count] : counts) {
    const auto with = std::max<std::int64_t>(1, count_of(pictures_with, ngram));
    weights[ngram] = static_cast<double>(count) * std::log(pictures / static_cast<double>(with));
  }
  return weights;
}

double norm(const Weights& weights) {
  double squares = 0.0;
  for (const auto& [ngram, weight] : weights) squares += weight * weight;
  return std::sqrt(squares);
}

/// The cosine with the caption's weights clipped to the reference's.
double clipped_cosine(const Weights& caption, const Weights& reference) {
  const double norms = norm(caption) * norm(reference);
  if (norms == 0.0) return 0.0;
  double product = 0.0;
  for (const auto& [ngram, weight] : caption) {
    const auto found = reference.find(ngram);
    if (found != reference.end()) product += std::min(weight, found->second) * found->second;
  }
  return product / norms;
}

Counts pictures_by_ngram(std::span<const Split> corpus, std::size_t n) {
  Counts pictures;
  for (const Split& judged : corpus) {
    std::set<Words> present;
    for (const Words& words : judged.references) {
      for (const auto& [ngram, count] : count_ngrams(words, n)) present.insert(ngram);
    }
    for (const Words& ngram : present) ++pictures[ngram];
  }
  return pictures;
}

double length_penalty(const Words& a, const Words& b) {
  constexpr double kDeviation = 6.0;
  const double difference = static_cast<double>(a.size()) - static_cast<double>(b.size());
  return std::exp(-difference * difference / (2.0 * kDeviation * kDeviation));
}

}  // namespace

std::array<double, 4> bleu(std::span<const JudgedCaption> corpus) {
  const std::vector<Split> judged = split(corpus);
  double words = 0.0;
  double reference_words = 0.0;
  for (const Split& one : judged) {
    words += static_cast<double>(one.caption.size());
    reference_words += static_cast<double>(nearest_length(one));
  }
  std::array<double, kLongest> scores{};
  if (words == 0.0) return scores;
  const double brevity = words < reference_words ? std::exp(1.0 - reference_words / words) : 1.0;
  double product = 1.0;
  for (std::size_t n = 1; n <= kLongest; ++n) {
    product *= clipped_precision(judged, n);
    scores[n - 1] = brevity * std::pow(product, 1.0 / static_cast<double>(n));
  }
  return scores;
}

std::vector<double> cider_d(std::span<const JudgedCaption> corpus) {
  const std::vector<Split> judged = split(corpus);
  const auto pictures = static_cast<double>(judged.size());
  std::vector<double> scores(judged.size(), 0.0);
  for (std::size_t n = 1; n <= kLongest; ++n) {
    const Counts with = pictures_by_ngram(judged, n);
    for (std::size_t i = 0; i < judged.size(); ++i) {
      const Weights caption = weigh(count_ngrams(judged[i].caption, n), with, pictures);
      double sum = 0.0;
      for (const Words& words : judged[i].references) {
        sum += clipped_cosine(caption, weigh(count_ngrams(words, n), with, pictures)) *
               length_penalty(judged[i].caption, words);
      }
      scores[i] += 10.0 / kLongest * sum / static_cast<double>(judged[i].references.size());
    }
  }
  return scores;
}

}  // namespace cameo::zoo
