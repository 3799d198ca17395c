#include "zoo/language/caption_scores.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"

using namespace cameo::zoo;
using Corpus = std::vector<JudgedCaption>;

TEST_CASE("BLEU clips counts to the reference that has most") {
  // The paper's example: "the" is right twice of seven times; the nearest reference has 7 words.
  const Corpus corpus{
      {"the the the the the the the", {"the cat is on the mat", "there is a cat on the mat"}}};
  CHECK(bleu(corpus)[0] == Approx(2.0 / 7));
  CHECK(bleu(corpus)[1] == 0.0);
}

TEST_CASE("BLEU of a corpus multiplies the precisions of all captions together") {
  // n-grams right: 4+4 of 4+5, 3+2 of 3+4, 2+0 of 2+3, 1+0 of 1+2; 9 words against 9.
  const Corpus corpus{{"a large red star", {"a large red star"}},
                      {"a small blue ring here", {"a small green ring here"}}};
  const auto scores = bleu(corpus);
  CHECK(scores[0] == Approx(8.0 / 9));
  CHECK(scores[1] == Approx(std::sqrt(8.0 / 9 * 5 / 7)));
  CHECK(scores[2] == Approx(std::cbrt(8.0 / 9 * 5 / 7 * 2 / 5)));
  CHECK(scores[3] == Approx(std::pow(8.0 / 9 * 5 / 7 * 2 / 5 * 1 / 3, 0.25)));
}

TEST_CASE("BLEU punishes captions that are too short, as a whole") {
  CHECK(bleu(Corpus{{"a red star", {"a red star left of"}}})[2] == Approx(std::exp(1.0 - 5.0 / 3)));
  CHECK(bleu(Corpus{{"a red star", {"a red star left of"}}})[3] == 0.0);
  // One word too few and one too many: 3+5 words against 4+4. All is right but two unigrams.
  const Corpus balanced{{"a red star", {"a red star there"}}, {"a ring b c d", {"a ring b c"}}};
  CHECK(bleu(balanced)[0] == Approx(7.0 / 8));
  // Of references as near, 2 and 4 words to 3, the shorter one counts: no penalty.
  CHECK(bleu(Corpus{{"a red star", {"a red star there", "a red"}}})[2] == Approx(1.0));
}

TEST_CASE("CIDEr-D of captions worked by hand") {
  SECTION("words that every picture has weigh nothing; one of two pictures is right") {
    // "star", "ring", "a star", "a ring" have idf log 2, "a" has log 1. Trigrams there are none.
    const auto scores = cider_d(Corpus{{"a star", {"a star"}}, {"a star", {"a ring"}}});
    CHECK(scores[0] == Approx(10.0 / 4 * (1 + 1)));
    CHECK(scores[1] == 0.0);
  }
  SECTION("repeating a word is clipped, and a length that differs is punished") {
    // Weights of "star": 3·log 2 against log 2, clipped to log 2, over norms 3·log 2 and log 2.
    const auto scores = cider_d(Corpus{{"star star star", {"a star"}}, {"a ring", {"a ring"}}});
    CHECK(scores[0] == Approx(10.0 / 4 / 3 * std::exp(-1.0 / 72)));
  }
  SECTION("the mean over the references") {
    // Against "the star" the unigrams' cosine is 1/sqrt 2 and no bigram is right.
    const auto scores = cider_d(Corpus{{"a star", {"a star", "the star"}}, {"a ring", {"a ring"}}});
    CHECK(scores[0] == Approx(10.0 / 4 * ((1 + 1 / std::sqrt(2.0)) / 2 + 1.0 / 2)));
  }
  SECTION("a caption equal to its only reference has 10 where all n-grams weigh") {
    const auto scores = cider_d(Corpus{{"one two three four", {"one two three four"}},
                                       {"five six seven eight", {"five six seven eight"}}});
    CHECK(scores[0] == Approx(10.0));
  }
}

TEST_CASE("caption scores of nothing") {
  CHECK(bleu(Corpus{{"", {"a star"}}})[0] == 0.0);
  CHECK(cider_d(Corpus{{"", {"a star"}}, {"a ring", {"a ring"}}})[0] == 0.0);
  CHECK_THROWS_AS(bleu(Corpus{}), cameo::ArgumentError);
  CHECK_THROWS_AS(cider_d(Corpus{}), cameo::ArgumentError);
  CHECK_THROWS_WITH(bleu(Corpus{{"a star", {}}}), Catch::Contains("a star"));
}
