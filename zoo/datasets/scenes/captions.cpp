#include "zoo/datasets/scenes/captions.h"

#include <cmath>

namespace cameo::zoo {

namespace {

SceneRelation main_relation(const SceneObject& a, const SceneObject& b) {
  const ScenePoint apart = b.centre - a.centre;
  if (std::abs(apart.x) >= std::abs(apart.y)) {
    return apart.x >= 0 ? SceneRelation::kLeftOf : SceneRelation::kRightOf;
  }
  return apart.y >= 0 ? SceneRelation::kAbove : SceneRelation::kBelow;
}

SceneCaption caption_of(const Scene& scene, const SceneFact& fact) {
  return {.text = "a " + phrase_of(scene.objects[fact.subject]) + " " + name_of(fact.relation) +
                  " a " + phrase_of(scene.objects[fact.object]),
          .subject = fact.subject,
          .object = fact.object};
}

}  // namespace

std::string phrase_of(const SceneObject& object) {
  return size_name(object) + " " + name_of(object.colour) + " " + noun_of(object);
}

const std::string& noun_of(const SceneObject& object) { return name_of(object.shape); }

SceneCaption caption_of(const Scene& scene) {
  const std::size_t largest = largest_object(scene);
  std::optional<std::size_t> next;
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    if (i == largest) continue;
    if (!next || scene.objects[i].diameter > scene.objects[*next].diameter) next = i;
  }
  if (!next) return {.text = "a " + phrase_of(scene.objects[largest]), .subject = largest};
  return caption_of(scene,
                    {largest, main_relation(scene.objects[largest], scene.objects[*next]), *next});
}

std::vector<SceneCaption> all_captions(const Scene& scene) {
  std::vector<SceneCaption> captions{caption_of(scene)};
  for (const SceneFact& fact : relations(scene)) {
    SceneCaption caption = caption_of(scene, fact);
    if (caption.text != captions.front().text) captions.push_back(std::move(caption));
  }
  return captions;
}

const std::string& caption_words() {
  static const std::string words = [] {
    std::string all = "a small medium large left right of above below";
    for (const std::string& name : scene_colour_names()) all += " " + name;
    for (const std::string& name : scene_shape_names()) all += " " + name;
    return all;
  }();
  return words;
}

}  // namespace cameo::zoo
