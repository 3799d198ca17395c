set(CAMEO_CHECKPOINTS_SOURCES
  checkpoints/dtype.cpp checkpoints/npy.cpp checkpoints/safetensors.cpp
  checkpoints/safetensors_header.cpp)
set(CAMEO_CHECKPOINTS_HEADERS
  checkpoints/npy.h checkpoints/safetensors.h checkpoints/state_dict.h)
