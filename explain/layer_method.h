/// What the maps of one layer's activations and gradient have in common.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "explain/explainer.h"

namespace cameo::explain {

struct LayerMethodOptions {
  std::string layer = "auto";  ///< a value's name; "auto": see default_layer()
  /// Reduces the contributions to their first principal component instead of their sum
  /// (Muhammad & Yeasin 2020, Eigen-CAM); see principal_projection() for its sign.
  bool eigen_smooth = false;
};

/// A map of one layer, `[H,W]`: ReLU(sum over k of C_k), where a method says how much each channel
/// contributes at each place. The backward pass stops at the layer.
class LayerMethod : public Explainer {
 public:
  void prepare(const Network& network, const Shape& picture, ValueId of,
               Request& request) const override;
  Explanation explain(const Tape& tape, const Target& target) const override;

 protected:
  explicit LayerMethod(LayerMethodOptions options) : options_(std::move(options)) {}

  /// The score's gradient at the layer, unless a method takes another.
  virtual Tensor layer_gradient(const Tape& tape, const Target& target, ValueId layer) const;

  /// C, `[1,C,H,W]`, from the layer's activations and gradient, of that shape.
  virtual Tensor contributions(const Tensor& activations, const Tensor& gradient) const = 0;

 private:
  LayerMethodOptions options_;
};

/// The options that make_method() gives every method of a layer: which ones, fused and smoothed how
/// (FusedLayers, Augmented).
std::vector<OptionInfo> layer_options();

/// These, and LayerMethodOptions::eigen_smooth.
std::vector<OptionInfo> layer_method_options();

}  // namespace cameo::explain
