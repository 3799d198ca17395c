set(CAMEO_MODELS_SOURCES
  models/gapnet.cpp models/models.cpp models/nin.cpp)
set(CAMEO_MODELS_HEADERS
  models/gapnet.h models/models.h models/nin.h)
