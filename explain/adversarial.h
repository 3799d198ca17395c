/// Pictures moved towards a class by changes too small to see.
#pragma once

#include <cstdint>
#include <vector>

#include "core/network.h"
#include "core/tensor.h"
#include "explain/target.h"

namespace cameo::explain {

/// What a picture's pixels may become, channel by channel, in the values that the network takes.
struct PixelBounds {
  std::vector<float> low;     ///< of a black pixel
  std::vector<float> high;    ///< of a white one
  std::vector<float> radius;  ///< the furthest that a pixel may move
};

struct AttackOptions {
  std::int64_t steps = 40;  ///< at most
  double step = 0.1;        ///< of the radius, each time
  double enough = 1.0;      ///< stops once the class has more than this probability
};

/// One step of the whole radius along the signs of the gradient of the class's log-probability: the
/// fast gradient sign method (Goodfellow, Shlens & Szegedy 2015, Explaining and Harnessing
/// Adversarial Examples, section 4), towards a class rather than away from one. `picture` and the
/// result are `[1,C,H,W]`. The target is one class of the logits. Throws ShapeError for another
/// shape, ArgumentError for bounds that are not C of each kind or out of order, for a class that
/// does not exist and for a target of two classes.
Tensor fast_gradient_sign(const Network& network, const Tensor& picture, const Target& target,
                          const PixelBounds& bounds);

/// Such steps, small ones, each brought back within the radius: projected gradient descent (Madry
/// et al. 2018, Towards Deep Learning Models Resistant to Adversarial Attacks, section 2.1), from
/// the picture itself. Throws like fast_gradient_sign(), and ArgumentError for options that are not
/// positive.
Tensor projected_gradient_descent(const Network& network, const Tensor& picture,
                                  const Target& target, const PixelBounds& bounds,
                                  const AttackOptions& options = {});

}  // namespace cameo::explain
