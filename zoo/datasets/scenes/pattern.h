/// Two-tone patterns: what backgrounds and objects are painted with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zoo/datasets/scenes/geometry.h"

namespace cameo::zoo {

/// Linear red, green and blue in 0 … 1.
struct SceneRgb {
  double r = 0;
  double g = 0;
  double b = 0;
};

enum class ScenePatternKind { kPlain, kStripes, kDots, kChecks, kNoise, kGradient, kBlobs };
const std::string& name_of(ScenePatternKind kind);

/// Every value is a blend of the two tones. Lengths are fractions of the picture's side; the origin
/// is the picture's centre for a background, the object's centre for an object.
struct ScenePattern {
  ScenePatternKind kind = ScenePatternKind::kPlain;
  SceneRgb first;
  SceneRgb second;
  double period = 0.1;     ///< of a stripe pair, a dot, a noise cell; the length of a gradient
  double degrees = 0;      ///< of turn, clockwise
  ScenePoint phase;        ///< shift in periods
  std::uint64_t seed = 0;  ///< of noise and blobs
};

namespace scenes {

SceneRgb blend(SceneRgb a, SceneRgb b, double share_of_b);
/// Euclidean, 0 … √3.
double colour_distance(SceneRgb a, SceneRgb b);
/// The least distance between any blend of one pattern's tones and any of the other's, sampled.
double pattern_contrast(const ScenePattern& a, const ScenePattern& b);

/// A pattern made ready to be asked for many points. Const once built.
class PatternPainter {
 public:
  explicit PatternPainter(const ScenePattern& pattern);
  SceneRgb at(ScenePoint p) const;

 private:
  double share(ScenePoint p) const;
  double lattice_noise(ScenePoint q) const;

  ScenePattern pattern_;
  Rotation turn_;
  std::vector<double> lattice_;
};

}  // namespace scenes
}  // namespace cameo::zoo
