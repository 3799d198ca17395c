/// The deconvnet of one unit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "explain/explainer.h"

namespace cameo::explain {

/// One activation of a layer `[1,C,H,W]`.
struct Unit {
  std::int64_t channel = 0;
  std::int64_t row = 0;
  std::int64_t column = 0;

  bool operator==(const Unit&) const = default;
};

struct DeconvnetUnitOptions {
  std::string layer = "auto";             ///< a value's name; "auto": see default_layer()
  std::optional<std::int64_t> channel{};  ///< that of the strongest activation when left out
  std::optional<std::int64_t> row{};      ///< likewise, within the channel
  std::optional<std::int64_t> column{};
  bool unit_start = false;  ///< start from 1 in place of the activation's own value
};

/// The strongest activation that the options leave to choose, the first in memory order. Throws
/// ArgumentError where they name one outside the layer.
Unit find_unit(const Tensor& features, const DeconvnetUnitOptions& options);

/// What of the picture one activation answers to, `[C,H,W]` (Zeiler & Fergus 2014, Visualizing and
/// Understanding Convolutional Networks, section 2.1): all other activations of its layer are set
/// to 0, then signals go down through the switches of max pooling, ReLUs that let pass what is
/// positive and the transposed filters without their biases, with no ReLU at the picture. The
/// target class is not looked at.
class DeconvnetUnit final : public Explainer {
 public:
  explicit DeconvnetUnit(DeconvnetUnitOptions options = {}) : options_(std::move(options)) {}
  const MethodInfo& info() const override;
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 private:
  DeconvnetUnitOptions options_;
};

}  // namespace cameo::explain
