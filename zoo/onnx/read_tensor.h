/// TensorProto as a Constant.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <optional>

#include "zoo/checkpoints/dtype.h"
#include "zoo/onnx/constant.h"

namespace cameo::zoo::onnx {

/// Nothing for types that are no numbers, and for complex ones.
std::optional<DType> dtype_of(int data_type);

/// Takes the values out of `proto`, so that a large model is not held twice. Throws ArgumentError
/// or ShapeError naming the tensor, also when its external data cannot be opened.
Constant take_tensor(::onnx::TensorProto& proto, const std::filesystem::path& folder);

}  // namespace cameo::zoo::onnx
