#include "zoo/language/vocabulary.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/names.h"
#include "zoo/datasets/annotations/text_lines.h"

namespace cameo::zoo {

Vocabulary::Vocabulary(std::span<const std::string> texts) : words_{"<pad>", "<start>", "<end>"} {
  std::set<std::string> distinct;
  for (const std::string& text : texts) {
    for (std::string& word : split_words(text)) distinct.insert(std::move(word));
  }
  for (const std::string& word : words_) distinct.erase(word);
  words_.insert(words_.end(), distinct.begin(), distinct.end());
  for (std::size_t i = 0; i < words_.size(); ++i) ids_[words_[i]] = static_cast<int>(i);
}

const std::string& Vocabulary::word(int id) const {
  if (id >= 0 && id < size()) return words_[static_cast<std::size_t>(id)];
  throw ArgumentError("vocabulary: there is no word " + std::to_string(id) + " of " +
                      std::to_string(size()));
}

int Vocabulary::id(std::string_view word) const {
  const auto found = ids_.find(word);
  if (found == ids_.end()) throw LookupError(unknown_name_message("word", word, words_));
  return found->second;
}

WordIds Vocabulary::encode(std::string_view text) const {
  WordIds ids;
  for (const std::string& word : split_words(text)) ids.push_back(id(word));
  return ids;
}

std::string Vocabulary::decode(std::span<const int> ids) const {
  std::string text;
  for (const int id : ids) {
    if (id == kEnd) break;
    if (id == kPad || id == kStart) continue;
    if (!text.empty()) text += ' ';
    text += word(id);
  }
  return text;
}

Tensor word_tensor(std::span<const WordIds> sentences, PadSide side, std::size_t least) {
  std::size_t length = least;
  for (const WordIds& sentence : sentences) length = std::max(length, sentence.size());
  Tensor result({static_cast<std::int64_t>(sentences.size()), static_cast<std::int64_t>(length)},
                static_cast<float>(Vocabulary::kPad));
  float* row = result.mutable_data().data();
  for (const WordIds& sentence : sentences) {
    float* const first = side == PadSide::kBefore ? row + (length - sentence.size()) : row;
    std::transform(sentence.begin(), sentence.end(), first,
                   [](int id) { return static_cast<float>(id); });
    row += length;
  }
  return result;
}

}  // namespace cameo::zoo
