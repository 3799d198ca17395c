#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "core/error.h"
#include "core/names.h"
#include "zoo/datasets/scenes/captions.h"
#include "zoo/datasets/scenes/describe.h"
#include "zoo/datasets/scenes/questions.h"

namespace {

using namespace cameo;
using namespace cameo::zoo;

SceneObject object(SceneShape shape, SceneColour colour, double diameter, ScenePoint centre) {
  return {.shape = shape, .colour = colour, .fill = {}, .diameter = diameter, .centre = centre};
}

/// A large red star at the left, a small blue ring at the right and a medium red cross below both.
Scene three_objects() {
  Scene scene;
  scene.objects = {object(SceneShape::kRing, SceneColour::kBlue, 0.3, {0.8, 0.3}),
                   object(SceneShape::kStar, SceneColour::kRed, 0.6, {0.3, 0.3}),
                   object(SceneShape::kCross, SceneColour::kRed, 0.5, {0.32, 0.8})};
  return scene;
}

std::vector<std::string> words_in(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

std::set<std::string> vocabulary(const std::string& words) {
  const std::vector<std::string> all = words_in(words);
  return {all.begin(), all.end()};
}

Scene drawn(std::uint64_t index) {
  SceneOptions options = multi_object_scenes();
  options.min_objects = 1;
  return describe_scene(options, {3, SceneSplit::kTest, index});
}

std::map<std::string, int> counts_of_colours(const Scene& scene) {
  std::map<std::string, int> counts;
  for (const SceneObject& o : scene.objects) ++counts[name_of(o.colour)];
  return counts;
}

const SceneObject& object_called(const Scene& scene, const std::string& shape) {
  return *std::find_if(scene.objects.begin(), scene.objects.end(),
                       [&](const SceneObject& o) { return name_of(o.shape) == shape; });
}

/// The answer, read from the question's words and the scene alone.
std::string answer_to(const std::string& question, const Scene& scene) {
  static const std::vector<std::string> numbers{"zero", "one", "two", "three", "four"};
  const std::vector<std::string> words = words_in(question);
  if (words[0] == "is") {
    const ScenePoint a = object_called(scene, words[2]).centre;
    const ScenePoint b = object_called(scene, words.back()).centre;
    const bool yes = words[3] == "left"    ? a.x < b.x
                     : words[3] == "right" ? a.x > b.x
                     : words[3] == "above" ? a.y < b.y
                                           : a.y > b.y;
    return yes ? "yes" : "no";
  }
  if (words[0] == "how") {
    const bool all = words[2] == "objects";
    return numbers.at(all ? scene.objects.size()
                          : static_cast<std::size_t>(counts_of_colours(scene)[words[2]]));
  }
  if (words[1] == "colour") return name_of(object_called(scene, words[4]).colour);
  std::string found;
  for (const SceneObject& o : scene.objects) {
    if (name_of(o.colour) == words[4]) found += name_of(o.shape);
  }
  return found;
}

}  // namespace

TEST_CASE("captions: the largest object, the next, and the relation that is plainest") {
  const Scene scene = three_objects();
  const SceneCaption caption = caption_of(scene);
  CHECK(caption.text == "a large red star above a medium red cross");
  CHECK(caption.subject == 1);
  CHECK(caption.object == 2U);
  Scene alone;
  alone.objects = {scene.objects[0]};
  CHECK(caption_of(alone).text == "a small blue ring");
  CHECK(all_captions(alone).size() == 1);
  CHECK_THROWS_AS(caption_of(Scene()), ArgumentError);
}

TEST_CASE("captions: everything true that can be said in their form") {
  std::set<std::string> texts;
  for (const SceneCaption& caption : all_captions(three_objects())) texts.insert(caption.text);
  CHECK(texts == std::set<std::string>{"a large red star above a medium red cross",
                                       "a medium red cross below a large red star",
                                       "a large red star left of a small blue ring",
                                       "a small blue ring right of a large red star",
                                       "a small blue ring above a medium red cross",
                                       "a medium red cross below a small blue ring",
                                       "a small blue ring right of a medium red cross",
                                       "a medium red cross left of a small blue ring"});
}

TEST_CASE("captions of drawn scenes keep to their words") {
  const std::set<std::string> known = vocabulary(caption_words());
  std::set<std::string> said;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Scene scene = drawn(i);
    const std::vector<SceneCaption> captions = all_captions(scene);
    REQUIRE(captions.front().text == caption_of(scene).text);
    std::set<std::string> distinct;
    for (const SceneCaption& caption : captions) {
      distinct.insert(caption.text);
      for (const std::string& word : words_in(caption.text)) said.insert(word);
      REQUIRE(caption.text.find(phrase_of(scene.objects[caption.subject])) != std::string::npos);
    }
    REQUIRE(distinct.size() == captions.size());
  }
  CHECK(said == known);
}

TEST_CASE("questions about drawn scenes have the answers that the scene gives") {
  const std::set<std::string> known = vocabulary(question_words());
  const auto answers = scene_answers();
  std::set<std::string> said;
  std::map<std::string, int> kinds;
  std::map<std::string, int> given;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Scene scene = drawn(i);
    Random random({i});
    const SceneQuestion question = ask(scene, random);
    INFO(question.text);
    REQUIRE(question.answer == answer_to(question.text, scene));
    REQUIRE(std::find(answers.begin(), answers.end(), question.answer) != answers.end());
    for (const std::string& word : words_in(question.text)) said.insert(word);
    ++kinds[name_of(question.kind)];
    ++given[question.answer];
    Random again({i});
    REQUIRE(ask(scene, again).text == question.text);
  }
  CHECK(said == known);
  for (const char* kind : {"colour", "shape", "count", "relation"}) CHECK(kinds[kind] > 300);
  CHECK(given["yes"] == Approx(given["no"]).epsilon(0.2));
}

TEST_CASE("answers have numbers") {
  CHECK(scene_answer("yes") == 0);
  CHECK(scene_answers()[static_cast<std::size_t>(scene_answer("star"))] == "star");
  CHECK_THROWS_WITH(scene_answer("stra"), Catch::Contains("star"));
  Random random(1);
  CHECK_THROWS_AS(ask(Scene(), random), ArgumentError);
}
