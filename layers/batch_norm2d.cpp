#include "layers/batch_norm2d.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/ops/batch_normalization.h"

namespace cameo::layers {

ValueId BatchNorm2d::build(Builder& builder, std::string_view name, ValueId x) const {
  const Shape& shape = builder.shape_of(x);
  if (shape.size() != 4) {
    throw ShapeError("layer \"" + builder.full_name(name) +
                     "\": BatchNorm2d needs [N,C,H,W], got " + to_string(shape));
  }
  const std::int64_t channels = shape[1];
  std::vector<ValueId> inputs{x};
  {
    const Builder::Scope scope = builder.scope(name);
    inputs.push_back(builder.parameter("weight", {channels}, constant(options_.initial_scale)));
    inputs.push_back(builder.parameter("bias", {channels}, constant(0.0F)));
    inputs.push_back(builder.parameter("running_mean", {channels}, constant(0.0F), false));
    inputs.push_back(builder.parameter("running_var", {channels}, constant(1.0F), false));
  }
  const ops::BatchNormalizationOptions op_options{.epsilon = options_.epsilon,
                                                  .momentum = options_.momentum};
  return builder.apply(name, std::make_shared<ops::BatchNormalization>(op_options),
                       std::move(inputs));
}

}  // namespace cameo::layers
