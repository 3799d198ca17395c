/// Everything in a scene but its objects.
#pragma once

#include <vector>

#include "core/random.h"
#include "zoo/datasets/scenes/scene.h"

namespace cameo::zoo::scenes {

/// False when none of many muted backgrounds differs from every object by kSceneContrast; the best
/// one is kept then.
bool draw_background(Random& random, const std::vector<ScenePatternKind>& kinds, Scene& scene);

void draw_clutter(Random& random, int most, Scene& scene);

/// An occluder over part of one object that hides at most a quarter of any; none where that fails.
void draw_occluder(Random& random, Scene& scene);

void draw_light_and_noise(Random& random, Scene& scene);

}  // namespace cameo::zoo::scenes
