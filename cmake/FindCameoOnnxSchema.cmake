# ONNX's protobuf schema (libonnx-dev) with protobuf as the imported target cameo::onnx_schema, found
# anew on each machine. Installed beside cameo-config.cmake.
include(FindPackageHandleStandardArgs)

find_package(Protobuf QUIET)
find_path(CameoOnnxSchema_INCLUDE_DIR onnx/onnx_pb.h)
find_library(CameoOnnxSchema_LIBRARY onnx_proto)
find_package_handle_standard_args(CameoOnnxSchema
  REQUIRED_VARS CameoOnnxSchema_LIBRARY CameoOnnxSchema_INCLUDE_DIR Protobuf_FOUND
  REASON_FAILURE_MESSAGE "reading ONNX needs protobuf and ONNX's schema (Debian: apt install \
libprotobuf-dev protobuf-compiler libonnx-dev), or leave it out with -DCAMEO_ONNX=OFF")
if(CameoOnnxSchema_FOUND AND NOT TARGET cameo::onnx_schema)
  add_library(cameo::onnx_schema UNKNOWN IMPORTED)
  set_target_properties(cameo::onnx_schema PROPERTIES
    IMPORTED_LOCATION ${CameoOnnxSchema_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${CameoOnnxSchema_INCLUDE_DIR}
    INTERFACE_COMPILE_DEFINITIONS "ONNX_NAMESPACE=onnx;ONNX_ML=1"
    INTERFACE_LINK_LIBRARIES protobuf::libprotobuf)
endif()
mark_as_advanced(CameoOnnxSchema_INCLUDE_DIR CameoOnnxSchema_LIBRARY)
