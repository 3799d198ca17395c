#include "layers/branches.h"

#include "core/ops/concat.h"

namespace cameo::layers {

ValueId Branches::build(Builder& builder, std::string_view name, ValueId x) const {
  const Builder::Scope scope = builder.scope(name);
  std::vector<ValueId> outputs;
  outputs.reserve(branches_.size());
  for (const Branch& branch : branches_) {
    outputs.push_back(branch.module->build(builder, branch.name, x));
  }
  return builder.apply("", std::make_shared<ops::Concat>(), std::move(outputs));
}

}  // namespace cameo::layers
