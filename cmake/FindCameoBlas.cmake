# OpenBLAS as the imported target cameo::blas, found anew on each machine so that an installed package
# carries no absolute path. Installed beside cameo-config.cmake.
include(FindPackageHandleStandardArgs)

find_path(CameoBlas_INCLUDE_DIR cblas.h
  PATH_SUFFIXES ${CMAKE_LIBRARY_ARCHITECTURE} openblas ${CMAKE_LIBRARY_ARCHITECTURE}/openblas-pthread)
find_library(CameoBlas_LIBRARY openblas)
find_package_handle_standard_args(CameoBlas
  REQUIRED_VARS CameoBlas_LIBRARY CameoBlas_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "OpenBLAS is missing (Debian: apt install libopenblas-dev)")
if(CameoBlas_FOUND AND NOT TARGET cameo::blas)
  add_library(cameo::blas UNKNOWN IMPORTED)
  set_target_properties(cameo::blas PROPERTIES
    IMPORTED_LOCATION ${CameoBlas_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${CameoBlas_INCLUDE_DIR})
endif()
mark_as_advanced(CameoBlas_INCLUDE_DIR CameoBlas_LIBRARY)
