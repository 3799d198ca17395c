/// Questions about scenes, with their answers.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/random.h"
#include "zoo/datasets/scenes/scene.h"

namespace cameo::zoo {

enum class QuestionKind { kColour, kShape, kCount, kRelation };
inline constexpr int kQuestionKinds = 4;
/// "colour", "shape", "count", "relation".
const std::string& name_of(QuestionKind kind);

struct SceneQuestion {
  std::string text;
  QuestionKind kind = QuestionKind::kColour;
  std::string answer;
  std::vector<std::size_t> about;  ///< the objects that it names or counts
};

/// One of these, each kind equally often where the scene allows it, a colour question where not:
///
/// * "what colour is the star"
/// * "what shape is the red object", of a colour that only one object has
/// * "how many objects are there", "how many red objects are there" (every other one of a colour
///   that is there)
/// * "is the star left of the ring", yes as often as no
///
/// The same for the same scene and state of `random`. Shapes in a scene are distinct, as
/// describe_scene() makes them. Throws ArgumentError for a scene without objects.
SceneQuestion ask(const Scene& scene, Random& random);

/// Every answer there is: "yes", "no", "zero" … "four", the colours and the shapes.
std::span<const std::string> scene_answers();
/// Throws LookupError with close matches.
int scene_answer(std::string_view answer);

/// Every word that questions use, separated by blanks.
const std::string& question_words();

}  // namespace cameo::zoo
