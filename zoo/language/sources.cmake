set(CAMEO_LANGUAGE_SOURCES language/networks.cpp language/vocabulary.cpp)
set(CAMEO_LANGUAGE_HEADERS language/networks.h language/vocabulary.h)
