#include "layers/lstm.h"

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/ops/lstm.h"

namespace cameo::layers {

ValueId Lstm::build(Builder& builder, std::string_view name, ValueId x) const {
  const Shape& shape = builder.shape_of(x);
  if (shape.size() != 3) {
    throw ShapeError("layer \"" + builder.full_name(name) + "\": LSTM needs [T,N,I], got " +
                     to_string(shape));
  }
  if (options_.hidden < 1) {
    throw ArgumentError("layer \"" + builder.full_name(name) +
                        "\": LSTM needs at least one hidden unit, got " +
                        std::to_string(options_.hidden));
  }
  const std::int64_t features = shape[2];
  const std::int64_t gates = 4 * options_.hidden;
  const Initializer initial = uniform(1.0F / std::sqrt(static_cast<float>(options_.hidden)));
  std::vector<ValueId> inputs{x};
  {
    const Builder::Scope scope = builder.scope(name);
    inputs.push_back(builder.parameter("weight_ih_l0", {gates, features}, initial));
    inputs.push_back(builder.parameter("weight_hh_l0", {gates, options_.hidden}, initial));
    inputs.push_back(builder.parameter("bias_ih_l0", {gates}, initial));
    inputs.push_back(builder.parameter("bias_hh_l0", {gates}, initial));
  }
  return builder.apply(name, std::make_shared<ops::Lstm>(), std::move(inputs));
}

}  // namespace cameo::layers
