set(CAMEO_CHECKPOINTS_SOURCES
  checkpoints/byte_cursor.cpp checkpoints/checkpoint.cpp checkpoints/checkpoint_kind.cpp
  checkpoints/dtype.cpp checkpoints/npy.cpp checkpoints/npz.cpp checkpoints/pickle.cpp
  checkpoints/pickle_globals.cpp checkpoints/pickle_input.cpp checkpoints/pth.cpp
  checkpoints/safetensors.cpp checkpoints/safetensors_header.cpp checkpoints/torch_storage.cpp
  checkpoints/torch_stream.cpp checkpoints/torch_tar.cpp checkpoints/torch_tensor.cpp
  checkpoints/torch_zip.cpp checkpoints/utf8.cpp checkpoints/zip.cpp)
set(CAMEO_CHECKPOINTS_HEADERS
  checkpoints/checkpoint.h checkpoints/checkpoint_kind.h checkpoints/npy.h checkpoints/npz.h
  checkpoints/pth.h checkpoints/safetensors.h checkpoints/state_dict.h)
