/// Words and their numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace cameo::zoo {

/// A text as the numbers of its words.
using WordIds = std::vector<int>;

/// A fixed list of words. Three of them are not text: kPad fills up, kStart comes before a sentence
/// and kEnd after it. Const after construction.
class Vocabulary {
 public:
  static constexpr int kPad = 0;
  static constexpr int kStart = 1;
  static constexpr int kEnd = 2;

  /// The words of all texts, sorted bytewise, after the three.
  explicit Vocabulary(std::span<const std::string> texts);

  std::int64_t size() const { return static_cast<std::int64_t>(words_.size()); }
  /// Throws ArgumentError for a number outside 0 … size()-1.
  const std::string& word(int id) const;
  /// Throws LookupError with close matches.
  int id(std::string_view word) const;
  /// Without kStart and kEnd. Throws LookupError for an unknown word.
  WordIds encode(std::string_view text) const;
  /// The words up to the first kEnd, without kPad and kStart, one blank between two.
  std::string decode(std::span<const int> ids) const;

 private:
  std::vector<std::string> words_;
  std::map<std::string, int, std::less<>> ids_;
};

/// Where the padding of sentences of unequal length goes.
enum class PadSide { kBefore, kAfter };
/// `[N,T]`, one sentence a row, T the longest one's length or `least` when that is more.
Tensor word_tensor(std::span<const WordIds> sentences, PadSide side, std::size_t least = 0);

}  // namespace cameo::zoo
