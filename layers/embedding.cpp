#include "layers/embedding.h"

#include <memory>
#include <string>

#include "core/error.h"
#include "core/ops/embedding.h"

namespace cameo::layers {

ValueId Embedding::build(Builder& builder, std::string_view name, ValueId x) const {
  if (options_.words < 1 || options_.features < 1) {
    throw ArgumentError("layer \"" + builder.full_name(name) +
                        "\": Embedding needs at least one word and one feature, got " +
                        std::to_string(options_.words) + " and " +
                        std::to_string(options_.features));
  }
  ValueId weight = -1;
  {
    const Builder::Scope scope = builder.scope(name);
    weight = builder.parameter("weight", {options_.words, options_.features},
                               options_.weight_initializer);
  }
  return builder.apply(name, std::make_shared<ops::Embedding>(), {x, weight});
}

}  // namespace cameo::layers
