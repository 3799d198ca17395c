set(CAMEO_LANGUAGE_SOURCES
  language/caption_scores.cpp language/decoding.cpp language/networks.cpp language/vocabulary.cpp)
set(CAMEO_LANGUAGE_HEADERS
  language/caption_scores.h language/decoding.h language/networks.h language/vocabulary.h)
