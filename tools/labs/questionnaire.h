/// Questions for people, asked by one HTML file that needs neither server nor network.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tools/html.h"

namespace cameo::tools {

/// What an observer sees; nothing in it tells the right answer.
struct Question {
  std::string id;  ///< letters, digits and hyphens
  std::vector<PictureCell> pictures;
  std::string text;
  std::vector<std::string> choices;
};

struct Questionnaire {
  std::string study;  ///< marks its answers, so that those to another one are told apart
  std::string title;
  std::string instructions;
  std::vector<Question> questions;
};

/// Puts the questions into an order drawn by lot and numbers them "q1", "q2", …, so that neither
/// place nor id tells anything. Gives, for each place, where the question stood before.
std::vector<std::size_t> shuffle_questions(Questionnaire& questionnaire, std::uint64_t seed);

/// The page: the questions in their order, a field for the observer's name and a button that saves
/// the answers as a CSV file with the columns study, observer, question and choice (from 0).
std::string questionnaire_html(const Questionnaire& questionnaire);

struct Answer {
  std::string observer;
  std::size_t question = 0;  ///< its place in Questionnaire::questions
  std::size_t choice = 0;    ///< its place in Question::choices
};

/// The answers in such files. Throws FileError, and FormatError for anything but answers to this
/// questionnaire.
std::vector<Answer> read_answers(std::span<const std::string> files,
                                 const Questionnaire& questionnaire);

/// "1 observer", "30 observers"
std::string observer_count(std::size_t count);

}  // namespace cameo::tools
