#include "explain/principal_component.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"

namespace cameo::explain {

namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double total = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) total += a[i] * b[i];
  return total;
}

void add_multiple(Vector& sum, double factor, const Vector& x) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += factor * x[i];
}

/// Scales x to length 1 and returns the length it had.
double normalise(Vector& x) {
  const double length = std::sqrt(dot(x, x));
  if (length > 0.0) {
    for (double& value : x) value /= length;
  }
  return length;
}

/// The features, channel by channel, less each channel's mean.
class CentredFeatures {
 public:
  explicit CentredFeatures(const Tensor& features)
      : channels_(features.dim(1)),
        area_(features.dim(2) * features.dim(3)),
        values_(features.data().begin(), features.data().end()) {
    for (std::int64_t c = 0; c < channels_; ++c) {
      double* row = values_.data() + c * area_;
      double mean = 0.0;
      for (std::int64_t i = 0; i < area_; ++i) mean += row[i];
      mean /= static_cast<double>(area_);
      for (std::int64_t i = 0; i < area_; ++i) row[i] -= mean;
    }
  }

  std::size_t channels() const { return static_cast<std::size_t>(channels_); }

  /// M·v, by place.
  Vector project(const Vector& v) const {
    Vector places(static_cast<std::size_t>(area_), 0.0);
    parallel_for(area_, 4096, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t c = 0; c < channels_; ++c) {
        const double* row = values_.data() + c * area_;
        const double factor = v[static_cast<std::size_t>(c)];
        for (std::int64_t i = begin; i < end; ++i) {
          places[static_cast<std::size_t>(i)] += factor * row[i];
        }
      }
    });
    return places;
  }

  /// The transpose of M times M·v, by channel.
  Vector covariance_times(const Vector& v) const {
    const Vector places = project(v);
    Vector result(channels());
    parallel_for(channels_, std::max<std::int64_t>(1, 65536 / area_),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t c = begin; c < end; ++c) {
                     const double* row = values_.data() + c * area_;
                     double total = 0.0;
                     for (std::int64_t i = 0; i < area_; ++i) {
                       total += row[i] * places[static_cast<std::size_t>(i)];
                     }
                     result[static_cast<std::size_t>(c)] = total;
                   }
                 });
    return result;
  }

 private:
  std::int64_t channels_;
  std::int64_t area_;
  Vector values_;
};

/// A small dense symmetric matrix.
using Matrix = std::vector<Vector>;

/// Turns rows and columns p and q so that entry (p,q) vanishes, and the columns of `vectors` with
/// them.
void rotate(Matrix& matrix, Matrix& vectors, std::size_t p, std::size_t q) {
  if (matrix[p][q] == 0.0) return;
  const double slope = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
  const double tangent = std::copysign(1.0, slope) / (std::abs(slope) + std::hypot(slope, 1.0));
  const double cosine = 1.0 / std::hypot(tangent, 1.0);
  const double sine = tangent * cosine;
  const auto turn = [&](double& x, double& y) {
    const double old = x;
    x = cosine * old - sine * y;
    y = sine * old + cosine * y;
  };
  for (Vector& row : matrix) turn(row[p], row[q]);
  for (std::size_t i = 0; i < matrix.size(); ++i) turn(matrix[p][i], matrix[q][i]);
  for (Vector& row : vectors) turn(row[p], row[q]);
}

/// The eigenvector of the greatest eigenvalue, by cyclic Jacobi rotations.
Vector small_top_eigenvector(Matrix matrix) {
  constexpr int kSweeps = 30;
  const std::size_t n = matrix.size();
  Matrix vectors(n, Vector(n, 0.0));
  for (std::size_t i = 0; i < n; ++i) vectors[i][i] = 1.0;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) rotate(matrix, vectors, p, q);
    }
  }
  std::size_t top = 0;
  for (std::size_t i = 1; i < n; ++i) {
    if (matrix[i][i] > matrix[top][top]) top = i;
  }
  Vector result(n);
  for (std::size_t i = 0; i < n; ++i) result[i] = vectors[i][top];
  return result;
}

/// An orthonormal basis of the Krylov space of the covariance and a start vector, and its images.
struct KrylovSpace {
  std::vector<Vector> basis;
  std::vector<Vector> images;
};

KrylovSpace krylov_space(const CentredFeatures& features, Vector start) {
  constexpr std::size_t kDimension = 24;
  constexpr double kNegligible = 1e-12;
  KrylovSpace space;
  for (Vector next = std::move(start);;) {
    space.basis.push_back(next);
    space.images.push_back(features.covariance_times(next));
    if (space.basis.size() == std::min(kDimension, features.channels())) return space;
    next = space.images.back();
    const double scale = std::sqrt(dot(next, next));
    // Twice, since once leaves rounding errors as large as what remains.
    for (int pass = 0; pass < 2; ++pass) {
      for (const Vector& other : space.basis) add_multiple(next, -dot(next, other), other);
    }
    if (normalise(next) <= kNegligible * scale) return space;
  }
}

/// The first right singular vector by restarted Lanczos iteration (Rayleigh-Ritz on a Krylov space,
/// again from the best vector found).
Vector first_singular_vector(const CentredFeatures& features) {
  constexpr int kRestarts = 200;
  constexpr double kTolerance = 1e-11;
  Vector vector(features.channels());
  Random random(0);
  for (double& value : vector) value = random.normal();
  normalise(vector);
  for (int restart = 0; restart < kRestarts; ++restart) {
    const KrylovSpace space = krylov_space(features, vector);
    const std::size_t n = space.basis.size();
    Matrix matrix(n, Vector(n));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) matrix[i][j] = dot(space.basis[i], space.images[j]);
    }
    const Vector mixture = small_top_eigenvector(matrix);
    Vector image(vector.size(), 0.0);
    std::fill(vector.begin(), vector.end(), 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      add_multiple(vector, mixture[i], space.basis[i]);
      add_multiple(image, mixture[i], space.images[i]);
    }
    normalise(vector);
    const double eigenvalue = dot(vector, image);
    add_multiple(image, -eigenvalue, vector);
    if (std::sqrt(dot(image, image)) <= kTolerance * eigenvalue) break;
  }
  return vector;
}

/// -1 where the projection runs against the sum of the channels.
double sign_of(const Vector& projection, const Tensor& features) {
  const std::span<const float> values = features.data();
  double agreement = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    agreement += projection[i % projection.size()] * values[i];
  }
  return agreement < 0.0 ? -1.0 : 1.0;
}

}  // namespace

Tensor principal_projection(const Tensor& features) {
  if (features.rank() != 4 || features.dim(0) != 1 || features.size() == 0) {
    throw ShapeError("a principal component needs features [1,C,H,W], got " +
                     to_string(features.shape()));
  }
  Tensor map({features.dim(2), features.dim(3)});
  const std::span<float> out = map.mutable_data();
  if (!all_finite(features)) {
    std::fill(out.begin(), out.end(), std::numeric_limits<float>::quiet_NaN());
    return map;
  }
  const CentredFeatures centred(features);
  const Vector projection = centred.project(first_singular_vector(centred));
  const double sign = sign_of(projection, features);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(sign * projection[i]);
  return map;
}

}  // namespace cameo::explain
