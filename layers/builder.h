/// Builds a Network node by node, with names that equal PyTorch's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/network.h"
#include "layers/initializers.h"

namespace cameo {

/// Appends nodes; a scope prefixes every name made inside it: scope("layer4") makes "layer4.conv1".
/// scope("") prefixes nothing, and the empty name inside a scope is the scope's own.
class Builder {
 public:
  /// Parameters are drawn from `seed` and their own name, so adding a layer leaves the others'
  /// values. Without a seed they are indeterminate, and cost neither time nor memory until written:
  /// for callers that set every parameter.
  explicit Builder(std::optional<std::uint64_t> seed = 0) : seed_(seed) {}

  /// Ends its prefix when destroyed; scopes nest and must end in reverse order.
  class Scope {
   public:
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    friend class Builder;
    Scope(Builder& builder, std::string_view name);
    Builder& builder_;
    std::size_t previous_length_;
  };
  [[nodiscard]] Scope scope(std::string_view name);

  /// The network's input; `picture_shape` is `[C,H,W]`, without the batch. Once per network.
  ValueId input(std::string name, Shape picture_shape);
  /// Its value comes from `initializer` and a Random of (seed, full name). Throws ShapeError when
  /// the initialiser makes another shape.
  ValueId parameter(std::string_view name, Shape shape, const Initializer& initializer,
                    bool trainable = true);
  /// Throws ShapeError naming the layer when the inputs do not fit.
  ValueId apply(std::string_view name, std::shared_ptr<const Op> op, std::vector<ValueId> inputs);
  /// The shape `value` has for one picture of the input's shape, `[1,C,H,W]`; a parameter's own.
  const Shape& shape_of(ValueId value) const;

  /// The name a node called `name` would get here: the scopes, then `name`.
  std::string full_name(std::string_view name) const;

  /// Throws ArgumentError when there is no input or two values share a name.
  Network finish(ValueId output) &&;

 private:
  ValueId append(Node node, Shape shape);

  std::optional<std::uint64_t> seed_;
  std::string prefix_;
  std::vector<Node> nodes_;
  std::vector<Shape> shapes_;
  ValueId input_ = -1;
  Shape picture_shape_;
};

}  // namespace cameo
