# Headers, libraries and the package that find_package(cameo) reads.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cameo)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/cameo-config.cmake.in
  ${PROJECT_BINARY_DIR}/cameo-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cameo-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(EXPORT cameo-targets NAMESPACE cameo:: DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/cameo-config.cmake
  ${PROJECT_BINARY_DIR}/cameo-config-version.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FindCameoBlas.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FindCameoOnnxSchema.cmake
  DESTINATION ${package_dir})
