/// What scenes are said to show.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "zoo/datasets/scenes/scene.h"

namespace cameo::zoo {

/// "large red star"
std::string phrase_of(const SceneObject& object);
/// "star"
const std::string& noun_of(const SceneObject& object);

/// A sentence about one object or about two, and which objects its nouns name.
struct SceneCaption {
  std::string text;
  std::size_t subject = 0;
  std::optional<std::size_t> object{};
};

/// The largest object and, where there are more, the next in size: "a large red star left of a
/// small blue ring". Of the relations between the two it is that along the axis on which they are
/// further apart. Throws ArgumentError for a scene without objects.
SceneCaption caption_of(const Scene& scene);

/// Every caption of that form that is true, caption_of() first: one for each relation that holds
/// between two objects, or "a large red star" where there is a single one.
std::vector<SceneCaption> all_captions(const Scene& scene);

/// Every word that captions use, separated by blanks.
const std::string& caption_words();

}  // namespace cameo::zoo
