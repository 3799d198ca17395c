#include "zoo/datasets/scenes/pattern.h"

#include <array>

#include "core/random.h"

namespace cameo::zoo {

const std::string& name_of(ScenePatternKind kind) {
  static const std::array<std::string, 7> names = {"plain", "stripes",  "dots", "checks",
                                                   "noise", "gradient", "blobs"};
  return names.at(static_cast<std::size_t>(kind));
}

namespace scenes {

namespace {

constexpr int kCells = 32;  // the noise lattice repeats after this many

double triangle_wave(double t) { return std::abs(2.0 * (t - std::floor(t)) - 1.0); }

/// 0 or 1 with a ramp between, centred on v = 0.5.
double steep(double v, double slope) { return clamp01((v - 0.5) * slope + 0.5); }

double smooth(double t) { return t * t * (3.0 - 2.0 * t); }

}  // namespace

SceneRgb blend(SceneRgb a, SceneRgb b, double share_of_b) {
  const double keep = 1.0 - share_of_b;
  return {keep * a.r + share_of_b * b.r, keep * a.g + share_of_b * b.g,
          keep * a.b + share_of_b * b.b};
}

double colour_distance(SceneRgb a, SceneRgb b) {
  const double r = a.r - b.r;
  const double g = a.g - b.g;
  const double blue = a.b - b.b;
  return std::sqrt(r * r + g * g + blue * blue);
}

double pattern_contrast(const ScenePattern& a, const ScenePattern& b) {
  constexpr int kSteps = 4;
  double least = 2;
  for (int i = 0; i <= kSteps; ++i) {
    const SceneRgb tone = blend(a.first, a.second, static_cast<double>(i) / kSteps);
    for (int j = 0; j <= kSteps; ++j) {
      const SceneRgb other = blend(b.first, b.second, static_cast<double>(j) / kSteps);
      least = std::min(least, colour_distance(tone, other));
    }
  }
  return least;
}

PatternPainter::PatternPainter(const ScenePattern& pattern)
    : pattern_(pattern), turn_(rotation(pattern.degrees)) {
  if (pattern.kind != ScenePatternKind::kNoise && pattern.kind != ScenePatternKind::kBlobs) return;
  Random random(pattern.seed);
  lattice_.resize(std::size_t{kCells} * kCells);
  for (double& value : lattice_) value = random.uniform();
}

SceneRgb PatternPainter::at(ScenePoint p) const {
  return blend(pattern_.first, pattern_.second, share(p));
}

double PatternPainter::share(ScenePoint p) const {
  if (pattern_.kind == ScenePatternKind::kPlain) return 0;
  const ScenePoint q = (1.0 / pattern_.period) * turn_.undo(p) + pattern_.phase;
  switch (pattern_.kind) {
    case ScenePatternKind::kPlain:
      return 0;
    case ScenePatternKind::kStripes:
      return steep(triangle_wave(q.x), 4);
    case ScenePatternKind::kDots: {
      const ScenePoint cell{q.x - std::floor(q.x) - 0.5, q.y - std::floor(q.y) - 0.5};
      return steep(0.83 - length(cell), 7);
    }
    case ScenePatternKind::kChecks:
      return steep(0.5 + 2.0 * (triangle_wave(q.x) - 0.5) * (triangle_wave(q.y) - 0.5), 8);
    case ScenePatternKind::kNoise:
      return steep(0.65 * lattice_noise(q) + 0.35 * lattice_noise(2.0 * q), 1.8);
    case ScenePatternKind::kGradient:
      return clamp01(0.5 + q.x);
    case ScenePatternKind::kBlobs:
      return steep(lattice_noise(q), 4);
  }
  return 0;
}

double PatternPainter::lattice_noise(ScenePoint q) const {
  const double left = std::floor(q.x);
  const double top = std::floor(q.y);
  const auto cell = [](double v) {
    return static_cast<std::size_t>(static_cast<long>(v) & (kCells - 1));
  };
  const std::size_t x0 = cell(left);
  const std::size_t x1 = cell(left + 1);
  const std::size_t y0 = cell(top) * kCells;
  const std::size_t y1 = cell(top + 1) * kCells;
  const double across = smooth(q.x - left);
  const double down = smooth(q.y - top);
  const double upper = lattice_[y0 + x0] + across * (lattice_[y0 + x1] - lattice_[y0 + x0]);
  const double lower = lattice_[y1 + x0] + across * (lattice_[y1 + x1] - lattice_[y1 + x0]);
  return upper + down * (lower - upper);
}

}  // namespace scenes
}  // namespace cameo::zoo
