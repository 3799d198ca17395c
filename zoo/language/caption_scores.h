/// How well captions agree with what people wrote.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

namespace cameo::zoo {

/// One picture's caption and the texts it is compared with, words separated by blanks.
struct JudgedCaption {
  std::string caption;
  std::vector<std::string> references;
};

/// BLEU-1 … BLEU-4 of a whole corpus (Papineni et al. 2002): the geometric mean of the n-grams'
/// clipped precisions with equal weights, times the brevity penalty exp(1 - r/c) where the captions
/// have c words and the references nearest to them in length (ties: the shorter) r > c. 0 where no
/// n-gram of some length is right. Throws ArgumentError for a picture without references or a
/// corpus without pictures.
std::array<double, 4> bleu(std::span<const JudgedCaption> corpus);

/// CIDEr-D of each picture (Vedantam et al. 2015, section 4), usually between 0 and 10: the cosine
/// of the tf-idf vectors of n-grams, counts clipped to the reference's, times
/// exp(-(difference in words)²/72), averaged over the references and n = 1 … 4, times 10. An
/// n-gram's idf is log(pictures / pictures that have it in some reference), so the corpus must
/// have more than one picture to mean anything. Throws like bleu().
std::vector<double> cider_d(std::span<const JudgedCaption> corpus);

}  // namespace cameo::zoo
