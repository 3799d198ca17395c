/// A questionnaire with what its analysis knows and its observers must not.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tools/labs/questionnaire.h"

namespace cameo::tools {

/// `Key` says what a question is about; its member `automatic` is the automatic observer's choice.
template <typename Key>
struct Study {
  Questionnaire questionnaire;
  std::vector<Key> keys;  ///< of the questions, in their order
};

/// Puts questions and keys into an order drawn by lot.
template <typename Key>
void shuffle(Study<Key>& study, std::uint64_t seed) {
  std::vector<Key> keys;
  for (const std::size_t place : shuffle_questions(study.questionnaire, seed)) {
    keys.push_back(study.keys[place]);
  }
  study.keys = std::move(keys);
}

/// What the files hold; without files, the automatic observer's answers. Throws like
/// read_answers().
template <typename Key>
std::vector<Answer> answers_to(const Study<Key>& study, const std::vector<std::string>& files) {
  if (!files.empty()) return read_answers(files, study.questionnaire);
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < study.keys.size(); ++i) {
    answers.push_back({.observer = "automatic", .question = i, .choice = study.keys[i].automatic});
  }
  return answers;
}

}  // namespace cameo::tools
