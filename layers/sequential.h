/// Modules one after another.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "layers/conv2d.h"
#include "layers/module.h"

namespace cameo::layers {

/// Feeds each child's output to the next. Children are named "0", "1", … as in PyTorch, or as
/// given: `Sequential(Conv2d({.out_channels = 8}), Relu())`, `Sequential().add("fc", Linear(…))`.
class Sequential final : public Module {
 public:
  Sequential() = default;
  /// A Sequential made of one Sequential is its copy; use append() to nest them.
  template <std::derived_from<Module>... Modules>
  explicit Sequential(Modules... modules) {
    (append(std::move(modules)), ...);
  }

  /// Named by its position.
  template <std::derived_from<Module> M>
  Sequential& append(M module) {
    return add(std::to_string(children_.size()), std::move(module));
  }
  template <std::derived_from<Module> M>
  Sequential& add(std::string name, M module) {
    children_.push_back({std::move(name), std::make_shared<const M>(std::move(module))});
    return *this;
  }

  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  struct Child {
    std::string name;
    std::shared_ptr<const Module> module;
  };
  std::vector<Child> children_;
};

/// Conv2d without bias, BatchNorm2d and Relu, named "0", "1", "2".
Sequential conv_bn_relu(Conv2dOptions options);

}  // namespace cameo::layers
