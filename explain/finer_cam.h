/// Finer-CAM.
#pragma once

#include <cstdint>
#include <utility>

#include "explain/layer_method.h"

namespace cameo::explain {

struct FinerCamOptions {
  LayerMethodOptions layer;
  std::int64_t references = 3;  ///< the classes nearest in score to compare with
  double strength = 1.0;        ///< how much of their mean score is taken off
};

/// Grad-CAM of the score less `strength` times the mean score of the `references` other classes
/// whose scores are nearest to it (the lower index first among equals): what tells the class from
/// those it is most like (Zhang et al. 2025, Finer-CAM, equation 3).
class FinerCam final : public LayerMethod {
 public:
  /// Throws ArgumentError for less than one reference and for a strength that is not finite.
  explicit FinerCam(FinerCamOptions options = {});
  const MethodInfo& info() const override;

 protected:
  Tensor layer_gradient(const Tape& tape, const Target& target, ValueId layer) const override;
  Tensor contributions(const Tensor& activations, const Tensor& gradient) const override;

 private:
  std::int64_t references_;
  double strength_;
};

}  // namespace cameo::explain
