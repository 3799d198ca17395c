/// Every op by its name, with its options as JSON.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "core/op.h"

namespace cameo::zoo {

/// One op of core/ops.
struct OpCodec {
  std::string type;
  /// The options of an op of this type; an empty object where it has none.
  std::function<nlohmann::json(const Op&)> encode;
  /// An op of this type. Options that are not named keep their defaults; throws ArgumentError for
  /// an unknown one or a value of the wrong kind. Their sense is checked by Op::infer_shape.
  std::function<std::shared_ptr<const Op>(const nlohmann::json&)> decode;
};

/// All of them, by type.
std::span<const OpCodec> op_codecs();
/// Throws ArgumentError for an unknown type.
const OpCodec& op_codec(std::string_view type);

}  // namespace cameo::zoo
