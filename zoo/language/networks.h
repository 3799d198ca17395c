/// Networks of a picture and words: captions and answers. Two values go in, the picture (the
/// network's input) and the value called kWords, numbers of words `[N,T]`. That one is a parameter
/// which training leaves alone, so a run that is not given words takes those that the network
/// holds: a network that holds a question is a classifier of pictures, and a network that holds a
/// caption scores it, and whatever explains a classifier explains them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/network.h"
#include "zoo/language/vocabulary.h"

namespace cameo::zoo {

inline constexpr std::string_view kWords = "words";
/// The last feature map of both networks, `[N,96,16,16]` for pictures of 64×64.
inline constexpr std::string_view kLastMap = "layer7";

struct CaptionNetworkOptions {
  std::int64_t words = 0;  ///< size of the vocabulary
  std::int64_t features = 256;
  std::int64_t hidden = 256;
  std::uint64_t seed = 0;
};

/// Convolutions, as gapnet has them, whose last map becomes a vector that is added to every word's
/// before an LSTM (after Vinyals et al. 2015, who show it the picture once). Given the words before
/// each, from Vocabulary::kStart on, its output are the logits of the next words, `[N·T,words]`,
/// text by text.
Network caption_network(const CaptionNetworkOptions& options);

struct AnswerNetworkOptions {
  std::int64_t words = 0;    ///< size of the vocabulary
  std::int64_t answers = 0;  ///< classes
  std::int64_t features = 256;
  std::int64_t hidden = 128;
  std::int64_t questions = 1;  ///< to each picture
  bool sees_picture = true;    ///< false: the language-only baseline
  std::uint64_t seed = 0;
};

/// An LSTM reads the question, padded in front; what it ends with asks for two glimpses at the
/// convolutions' last map by soft attention (Xu et al. 2015, Yang et al. 2016) and gates an
/// overview of the picture. Output: logits of the answers, `[N·questions,answers]`, picture by
/// picture as the questions are.
Network answer_network(const AnswerNetworkOptions& options);

/// The network with these words, one text, in place of those it held. Other parameters share
/// storage with `network`'s until either is written.
Network with_words(const Network& network, std::span<const int> words);

/// A caption network that scores one caption: its output "word_scores" `[N,T]` are the
/// log-probabilities of the words, kEnd the last, each given the picture and the words before it;
/// "sentence_score" `[N,1]` is their sum. Throws ArgumentError for a caption without words.
Network caption_scorer(const Network& caption_network, std::span<const int> caption);

}  // namespace cameo::zoo
