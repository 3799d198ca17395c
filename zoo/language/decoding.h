/// From the probabilities of next words to sentences.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/network.h"
#include "core/tensor.h"
#include "zoo/language/vocabulary.h"

namespace cameo::zoo {

struct DecodingOptions {
  std::int64_t beams = 1;       ///< sentences followed at once; 1 is greedy decoding
  std::int64_t max_words = 20;  ///< a sentence that long ends without kEnd
  /// Sentences are ranked by log-probability / words^length_exponent, kEnd being a word: 0 favours
  /// short ones, 1 takes the mean over the words.
  double length_exponent = 1.0;
};

struct Sentence {
  WordIds words;                 ///< without kStart and kEnd
  double log_probability = 0.0;  ///< of all words, of kEnd too where it is finished
  bool finished = false;         ///< it came to kEnd
};

/// Logits of the next words `[P,V]` after P texts of equal length that begin with kStart.
using NextWords = std::function<Tensor(std::span<const WordIds> before)>;

/// Beam search: of all continuations of the sentences followed, the `beams` most probable go on
/// (ties: the earlier sentence, the lower word); those at kEnd are set aside. It ends when `beams`
/// are, or at max_words. The sentences set aside, best first; those that never ended only where
/// none did. kPad and kStart are never chosen. Throws ArgumentError for less than one beam or word.
std::vector<Sentence> beam_search(const NextWords& next_words, const DecodingOptions& options);

/// The captions a caption_network() finds for the picture `[1,C,H,W]`, best first.
std::vector<Sentence> describe(const Network& caption_network, const Tensor& picture,
                               const DecodingOptions& options = {});

}  // namespace cameo::zoo
