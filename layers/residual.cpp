#include "layers/residual.h"

#include <memory>

#include "core/error.h"
#include "core/ops/add.h"
#include "core/ops/relu.h"

namespace cameo::layers {

ValueId add(Builder& builder, std::string_view name, ValueId x, ValueId y) {
  const Shape& a = builder.shape_of(x);
  const Shape& b = builder.shape_of(y);
  if (a != b) {
    throw ShapeError("layer \"" + builder.full_name(name) + "\": cannot add " + to_string(a) +
                     " and " + to_string(b));
  }
  return builder.apply(name, std::make_shared<ops::Add>(), {x, y});
}

ValueId Residual::build(Builder& builder, std::string_view name, ValueId x) const {
  const Builder::Scope scope = builder.scope(name);
  const ValueId y = branch_.build(builder, "", x);
  const ValueId shortcut = shortcut_.build(builder, names_.shortcut, x);
  const ValueId sum = add(builder, names_.sum, y, shortcut);
  return builder.apply(names_.relu, std::make_shared<ops::Relu>(), {sum});
}

}  // namespace cameo::layers
