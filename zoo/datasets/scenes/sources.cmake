# Drawn scenes. The same bytes everywhere need a*b+c to stay two rounded steps.
set(CAMEO_SCENES_SOURCES
  datasets/scenes/captions.cpp datasets/scenes/coco.cpp datasets/scenes/describe.cpp datasets/scenes/export.cpp
  datasets/scenes/geometry.cpp datasets/scenes/pattern.cpp datasets/scenes/questions.cpp
  datasets/scenes/render.cpp datasets/scenes/scene.cpp datasets/scenes/scenes.cpp
  datasets/scenes/shapes.cpp datasets/scenes/surroundings.cpp)
set(CAMEO_SCENES_HEADERS
  datasets/scenes/captions.h datasets/scenes/coco.h datasets/scenes/describe.h datasets/scenes/export.h
  datasets/scenes/geometry.h datasets/scenes/pattern.h datasets/scenes/questions.h
  datasets/scenes/render.h datasets/scenes/scene.h datasets/scenes/scenes.h
  datasets/scenes/shapes.h)
set_source_files_properties(${CAMEO_SCENES_SOURCES} PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
