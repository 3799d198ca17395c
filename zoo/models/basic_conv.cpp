#include "zoo/models/basic_conv.h"

#include <cmath>
#include <utility>

namespace cameo::zoo {

layers::Sequential basic_conv(layers::Conv2dOptions options) {
  options.bias = false;
  return layers::Sequential()
      .add("conv", layers::Conv2d(std::move(options)))
      .add("bn", layers::BatchNorm2d({.epsilon = 1e-3F}))
      .add("relu", layers::Relu());
}

layers::Linear normal_linear(std::int64_t in_features, std::int64_t out_features, float deviation) {
  const float bound = 1.0F / std::sqrt(static_cast<float>(in_features));
  return layers::Linear({.out_features = out_features,
                         .weight_initializer = normal(deviation),
                         .bias_initializer = uniform(bound)});
}

}  // namespace cameo::zoo
