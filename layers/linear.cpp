#include "layers/linear.h"

#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/ops/gemm.h"

namespace cameo::layers {

ValueId Linear::build(Builder& builder, std::string_view name, ValueId x) const {
  const Shape& shape = builder.shape_of(x);
  if (shape.size() != 2) {
    throw ShapeError("layer \"" + builder.full_name(name) + "\": Linear needs [N,K], got " +
                     to_string(shape) + "; put a Flatten before it");
  }
  if (options_.out_features < 1) {
    throw ArgumentError("layer \"" + builder.full_name(name) +
                        "\": Linear needs at least one output feature, got " +
                        std::to_string(options_.out_features));
  }
  const std::int64_t in_features = shape[1];
  std::vector<ValueId> inputs{x};
  {
    const Builder::Scope scope = builder.scope(name);
    inputs.push_back(builder.parameter("weight", {options_.out_features, in_features},
                                       options_.weight_initializer));
    if (options_.bias) {
      inputs.push_back(
          builder.parameter("bias", {options_.out_features}, options_.bias_initializer));
    }
  }
  return builder.apply(name, std::make_shared<ops::Gemm>(), std::move(inputs));
}

}  // namespace cameo::layers
