#include "layers/sequential.h"

#include "layers/activations.h"
#include "layers/batch_norm2d.h"

namespace cameo::layers {

ValueId Sequential::build(Builder& builder, std::string_view name, ValueId x) const {
  const Builder::Scope scope = builder.scope(name);
  for (const Child& child : children_) x = child.module->build(builder, child.name, x);
  return x;
}

Sequential conv_bn_relu(Conv2dOptions options) {
  options.bias = false;
  return Sequential(Conv2d(std::move(options)), BatchNorm2d(), Relu());
}

}  // namespace cameo::layers
