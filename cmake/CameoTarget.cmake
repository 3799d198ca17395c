# How every Cameo target is compiled.

# Designated initialisers leave members at their defaults on purpose; -Wrestrict (GCC bug 105651),
# -Warray-bounds and -Wstringop-overflow and -overread of GCC 12 misfire on the small buffer of
# std::string, the more so behind precompiled headers.
add_library(cameo_options INTERFACE)
target_compile_options(cameo_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Wno-missing-field-initializers $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>
  $<$<BOOL:${CAMEO_WERROR}>:-Werror>)
if(CAMEO_SANITIZE)
  # Under the sanitizers GCC takes its own <regex> for uninitialised; the release build still looks.
  target_compile_options(cameo_options INTERFACE
    -fsanitize=${CAMEO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(cameo_options INTERFACE -fsanitize=${CAMEO_SANITIZE})
endif()

# Code that runs once for a model or a command; the time goes into core, layers and explain.
set(CAMEO_LIGHT_OPTIMIZATION $<$<CONFIG:Release>:-O1>)

# The standard headers that most files include, precompiled once for each way of compiling.
set(CAMEO_STANDARD_HEADERS
  <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <limits> <map> <memory> <numeric>
  <optional> <span> <sstream> <string> <string_view> <utility> <vector>)
find_path(CAMEO_NLOHMANN_INCLUDE_DIR nlohmann/json.hpp REQUIRED)
file(WRITE ${PROJECT_BINARY_DIR}/generated/empty.cpp "")
add_library(cameo_standard_headers OBJECT ${PROJECT_BINARY_DIR}/generated/empty.cpp)
target_link_libraries(cameo_standard_headers PRIVATE cameo_options)
target_precompile_headers(cameo_standard_headers PRIVATE ${CAMEO_STANDARD_HEADERS})
add_library(cameo_light_headers OBJECT ${PROJECT_BINARY_DIR}/generated/empty.cpp)
target_link_libraries(cameo_light_headers PRIVATE cameo_options)
target_compile_options(cameo_light_headers PRIVATE ${CAMEO_LIGHT_OPTIMIZATION})
target_precompile_headers(cameo_light_headers PRIVATE ${CAMEO_STANDARD_HEADERS})

# cameo_optimize_lightly(TARGET): -O1 in a release build.
function(cameo_optimize_lightly target)
  target_compile_options(${target} PRIVATE ${CAMEO_LIGHT_OPTIMIZATION})
  target_include_directories(${target} SYSTEM PRIVATE ${CAMEO_NLOHMANN_INCLUDE_DIR})
  target_precompile_headers(${target} REUSE_FROM cameo_light_headers)
endfunction()

# cameo_library(core SOURCES ... HEADERS ... [PUBLIC_LINKS ...] [PRIVATE_LINKS ...] [LIGHT]) makes the
# target cameo_core, known to outside projects as cameo::core. Headers are named relative to the
# folder. LIGHT: compiled by cameo_optimize_lightly().
function(cameo_library name)
  cmake_parse_arguments(ARG "LIGHT" "" "SOURCES;HEADERS;PUBLIC_LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(cameo_${name} STATIC ${ARG_SOURCES})
  add_library(cameo::${name} ALIAS cameo_${name})
  set_target_properties(cameo_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(cameo_${name} PUBLIC cxx_std_20)
  # Installed headers are <cameo/core/tensor.h>; among themselves they say "core/tensor.h".
  target_include_directories(cameo_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/cameo>)
  target_link_libraries(cameo_${name}
    PUBLIC ${ARG_PUBLIC_LINKS}
    PRIVATE $<BUILD_INTERFACE:cameo_options> ${ARG_PRIVATE_LINKS})
  if(ARG_LIGHT)
    cameo_optimize_lightly(cameo_${name})
  else()
    target_precompile_headers(cameo_${name} REUSE_FROM cameo_standard_headers)
  endif()
  foreach(header IN LISTS ARG_HEADERS)
    get_filename_component(folder ${header} DIRECTORY)
    install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cameo/${name}/${folder})
  endforeach()
  install(TARGETS cameo_${name} EXPORT cameo-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()
