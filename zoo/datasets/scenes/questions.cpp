#include "zoo/datasets/scenes/questions.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/error.h"
#include "core/names.h"
#include "zoo/datasets/scenes/lots.h"

namespace cameo::zoo {

namespace {

const std::array<std::string, 5> kNumbers = {"zero", "one", "two", "three", "four"};

std::vector<std::size_t> objects_of(const Scene& scene, SceneColour colour) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    if (scene.objects[i].colour == colour) found.push_back(i);
  }
  return found;
}

std::size_t any_object(const Scene& scene, Random& random) {
  return static_cast<std::size_t>(random.below(static_cast<std::int64_t>(scene.objects.size())));
}

SceneQuestion ask_colour(const Scene& scene, Random& random) {
  const std::size_t i = any_object(scene, random);
  const SceneObject& object = scene.objects[i];
  return {.text = "what colour is the " + name_of(object.shape),
          .kind = QuestionKind::kColour,
          .answer = name_of(object.colour),
          .about = {i}};
}

SceneQuestion ask_shape(const Scene& scene, Random& random) {
  std::vector<std::size_t> alone;
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    if (objects_of(scene, scene.objects[i].colour).size() == 1) alone.push_back(i);
  }
  if (alone.empty()) return ask_colour(scene, random);
  const std::size_t i = scenes::pick(random, alone);
  const SceneObject& object = scene.objects[i];
  return {.text = "what shape is the " + name_of(object.colour) + " object",
          .kind = QuestionKind::kShape,
          .answer = name_of(object.shape),
          .about = {i}};
}

SceneQuestion ask_count(const Scene& scene, Random& random) {
  SceneQuestion question{.kind = QuestionKind::kCount};
  if (random.chance(0.5F)) {
    question.text = "how many objects are there";
    question.about.resize(scene.objects.size());
    std::iota(question.about.begin(), question.about.end(), std::size_t{0});
  } else {
    SceneColour colour = scene.objects[any_object(scene, random)].colour;
    if (random.chance(0.5F)) colour = static_cast<SceneColour>(random.below(kSceneColours));
    question.text = "how many " + name_of(colour) + " objects are there";
    question.about = objects_of(scene, colour);
  }
  question.answer = kNumbers.at(question.about.size());
  return question;
}

SceneRelation opposite(SceneRelation relation) {
  switch (relation) {
    case SceneRelation::kLeftOf:
      return SceneRelation::kRightOf;
    case SceneRelation::kRightOf:
      return SceneRelation::kLeftOf;
    case SceneRelation::kAbove:
      return SceneRelation::kBelow;
    case SceneRelation::kBelow:
      return SceneRelation::kAbove;
  }
  return relation;
}

SceneQuestion ask_relation(const Scene& scene, Random& random) {
  const std::vector<SceneFact> facts = relations(scene);
  if (facts.empty()) return ask_colour(scene, random);
  const SceneFact fact = scenes::pick(random, facts);
  const bool yes = random.chance(0.5F);
  const SceneRelation asked = yes ? fact.relation : opposite(fact.relation);
  return {.text = "is the " + name_of(scene.objects[fact.subject].shape) + " " + name_of(asked) +
                  " the " + name_of(scene.objects[fact.object].shape),
          .kind = QuestionKind::kRelation,
          .answer = yes ? "yes" : "no",
          .about = {fact.subject, fact.object}};
}

}  // namespace

const std::string& name_of(QuestionKind kind) {
  static const std::array<std::string, kQuestionKinds> names = {"colour", "shape", "count",
                                                                "relation"};
  return names.at(static_cast<std::size_t>(kind));
}

SceneQuestion ask(const Scene& scene, Random& random) {
  if (scene.objects.empty()) throw ArgumentError("ask: the scene is empty");
  switch (static_cast<QuestionKind>(random.below(kQuestionKinds))) {
    case QuestionKind::kColour:
      return ask_colour(scene, random);
    case QuestionKind::kShape:
      return ask_shape(scene, random);
    case QuestionKind::kCount:
      return ask_count(scene, random);
    case QuestionKind::kRelation:
      return ask_relation(scene, random);
  }
  return {};
}

std::span<const std::string> scene_answers() {
  static const std::vector<std::string> answers = [] {
    std::vector<std::string> all = {"yes", "no"};
    all.insert(all.end(), kNumbers.begin(), kNumbers.end());
    const auto colours = scene_colour_names();
    const auto shapes = scene_shape_names();
    all.insert(all.end(), colours.begin(), colours.end());
    all.insert(all.end(), shapes.begin(), shapes.end());
    return all;
  }();
  return answers;
}

int scene_answer(std::string_view answer) {
  const auto answers = scene_answers();
  const auto found = std::find(answers.begin(), answers.end(), answer);
  if (found == answers.end()) throw LookupError(unknown_name_message("answer", answer, answers));
  return static_cast<int>(found - answers.begin());
}

const std::string& question_words() {
  static const std::string words = [] {
    std::string all =
        "what colour shape is the object how many objects are there left right of above below";
    for (const std::string& name : scene_colour_names()) all += " " + name;
    for (const std::string& name : scene_shape_names()) all += " " + name;
    return all;
  }();
  return words;
}

}  // namespace cameo::zoo
