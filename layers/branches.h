/// Parallel branches.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "layers/module.h"

namespace cameo::layers {

/// Feeds the same input to every branch and concatenates the outputs along the channels in the
/// order they were added, as the Inception module does (Szegedy et al. 2015, figure 2). A branch
/// lies in the scope of its name, directly in the block's where that is empty; the output is NAME.
class Branches final : public Module {
 public:
  template <std::derived_from<Module> M>
  Branches& add(std::string name, M module) {
    branches_.push_back({std::move(name), std::make_shared<const M>(std::move(module))});
    return *this;
  }

  /// Throws ShapeError when the branches' outputs differ in height or width.
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  struct Branch {
    std::string name;
    std::shared_ptr<const Module> module;
  };
  std::vector<Branch> branches_;
};

}  // namespace cameo::layers
