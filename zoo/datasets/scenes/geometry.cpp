#include "zoo/datasets/scenes/geometry.h"

#include <numbers>

namespace cameo::zoo::scenes {

Rotation rotation(double degrees) {
  const double quarter = std::floor(degrees / 90.0 + 0.5);
  const double t = (degrees - 90.0 * quarter) * (std::numbers::pi / 180.0);  // within ±π/4
  double sine = 0;
  double cosine = 0;
  double term = 1;
  for (int k = 0; k < 16; k += 2) {
    cosine += term;
    sine += term * t / (k + 1);
    term *= -t * t / ((k + 1) * (k + 2));
  }
  const int turns = static_cast<int>(quarter - 4.0 * std::floor(quarter / 4.0));
  if (turns == 1) return {-sine, cosine};
  if (turns == 2) return {-cosine, -sine};
  if (turns == 3) return {sine, -cosine};
  return {cosine, sine};
}

}  // namespace cameo::zoo::scenes
