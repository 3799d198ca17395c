#include "explain/dense_crf.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/gemm/gemm.h"
#include "core/parallel.h"

namespace cameo::explain {

namespace {

void check_shapes(const Tensor& picture, const Tensor& probabilities) {
  if (picture.rank() != 3 || probabilities.rank() != 3 || probabilities.size() == 0 ||
      picture.size() == 0 || picture.dim(1) != probabilities.dim(1) ||
      picture.dim(2) != probabilities.dim(2)) {
    throw ShapeError("dense CRF: expected a picture [C,H,W] and probabilities [L,H,W], got " +
                     to_string(picture.shape()) + " and " + to_string(probabilities.shape()));
  }
  if (picture.dim(1) * picture.dim(2) > kMostCrfPixels) {
    throw ArgumentError("dense CRF: a picture of " + std::to_string(picture.dim(1)) + "x" +
                        std::to_string(picture.dim(2)) + " pixels; at most " +
                        std::to_string(kMostCrfPixels) + " pixels fit");
  }
}

void check_values(const Tensor& picture, const Tensor& probabilities) {
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(picture.data().begin(), picture.data().end(), finite)) {
    throw ArgumentError("dense CRF: the picture is not finite");
  }
  const auto pixels = static_cast<std::size_t>(picture.dim(1) * picture.dim(2));
  std::vector<double> sums(pixels, 0.0);
  for (std::size_t i = 0; i < probabilities.data().size(); ++i) {
    const float value = probabilities.data()[i];
    if (!finite(value) || value < 0.0F) {
      throw ArgumentError("dense CRF: a probability is " + std::to_string(value));
    }
    sums[i % pixels] += value;
  }
  if (std::any_of(sums.begin(), sums.end(), [](double sum) { return !(sum > 0.0); })) {
    throw ArgumentError("dense CRF: a pixel has no label with a probability above 0");
  }
}

void check(const DenseCrfOptions& options) {
  if (options.iterations < 1) {
    throw ArgumentError("dense CRF: it needs at least one iteration, got " +
                        std::to_string(options.iterations));
  }
  for (const float weight : {options.appearance_weight, options.smoothness_weight}) {
    if (!(weight >= 0.0F) || !std::isfinite(weight)) {
      throw ArgumentError("dense CRF: weights must not be negative, got " + std::to_string(weight));
    }
  }
  for (const float deviation :
       {options.appearance_position, options.appearance_colour, options.smoothness_position}) {
    if (!(deviation > 0.0F) || !std::isfinite(deviation)) {
      throw ArgumentError("dense CRF: deviations must be above 0, got " +
                          std::to_string(deviation));
    }
  }
}

/// exp(-d²/2σ²) for the distances 0 … count-1.
std::vector<float> gaussian_line(std::int64_t count, float deviation) {
  std::vector<float> line(static_cast<std::size_t>(count));
  for (std::size_t d = 0; d < line.size(); ++d) {
    const double scaled = static_cast<double>(d) / deviation;
    line[d] = static_cast<float>(std::exp(-0.5 * scaled * scaled));
  }
  return line;
}

/// Numbers close to the least a float can hold are slow to count with and change nothing.
float not_faint(float value) { return value < 1e-30F ? 0.0F : value; }
constexpr float kFarthest = 140.0F;  // squared deviations: beyond it a Gaussian is faint

/// Both kernels between every two pixels, weighted and added up; 0 between a pixel and itself.
class PairwiseWeights {
 public:
  PairwiseWeights(const Tensor& picture, const DenseCrfOptions& options)
      : channels_(picture.dim(0)),
        height_(picture.dim(1)),
        width_(picture.dim(2)),
        options_(options),
        colours_(picture.data().begin(), picture.data().end()),
        far_(gaussian_line(std::max(height_, width_), options.appearance_position)),
        near_(gaussian_line(std::max(height_, width_), options.smoothness_position)),
        appearance_scales_(static_cast<std::size_t>(pixels())),
        smoothness_scales_(static_cast<std::size_t>(pixels())),
        weights_(Tensor::uninitialized({pixels(), pixels()})) {
    for (float& value : colours_) value /= options.appearance_colour;
    const std::span<float> weights = weights_.mutable_data();
    for_each_row([&](std::int64_t i) { measure(i, row(weights, i)); });
    for_each_row([&](std::int64_t i) { combine(i, row(weights, i)); });
  }

  std::int64_t pixels() const { return height_ * width_; }
  const Tensor& matrix() const { return weights_; }

 private:
  template <typename F>
  void for_each_row(F visit) const {
    parallel_for(pixels(), 16, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) visit(i);
    });
  }

  std::span<float> row(std::span<float> weights, std::int64_t i) const {
    return weights.subspan(static_cast<std::size_t>(i * pixels()),
                           static_cast<std::size_t>(pixels()));
  }

  /// `visit(j, kernel)` for every pixel j.
  template <typename F>
  void for_each_neighbour(const std::vector<float>& line, std::int64_t i, F visit) const {
    const std::int64_t row = i / width_;
    const std::int64_t column = i % width_;
    std::size_t j = 0;
    for (std::int64_t y = 0; y < height_; ++y) {
      const float down = line[static_cast<std::size_t>(std::abs(y - row))];
      for (std::int64_t x = 0; x < width_; ++x, ++j) {
        visit(j, down * line[static_cast<std::size_t>(std::abs(x - column))]);
      }
    }
  }

  /// The squared distance of every pixel's colour from that of pixel i, in deviations.
  void colour_distances(std::int64_t i, std::span<float> squares) const {
    std::fill(squares.begin(), squares.end(), 0.0F);
    for (std::int64_t c = 0; c < channels_; ++c) {
      const float* const plane = colours_.data() + c * pixels();
      for (std::size_t j = 0; j < squares.size(); ++j) {
        const float difference = plane[j] - plane[i];
        squares[j] += difference * difference;
      }
    }
  }

  /// A row of the appearance kernel, and one over the roots of both kernels' sums at pixel i.
  void measure(std::int64_t i, std::span<float> appearance) {
    colour_distances(i, appearance);
    double appearance_sum = 0.0;
    for_each_neighbour(far_, i, [&](std::size_t j, float far) {
      appearance[j] =
          appearance[j] < kFarthest ? not_faint(far * std::exp(-0.5F * appearance[j])) : 0.0F;
      appearance_sum += appearance[j];
    });
    double smoothness_sum = 0.0;
    for_each_neighbour(near_, i, [&](std::size_t, float near) { smoothness_sum += near; });
    appearance_scales_[static_cast<std::size_t>(i)] =
        static_cast<float>(1.0 / std::sqrt(appearance_sum));
    smoothness_scales_[static_cast<std::size_t>(i)] =
        static_cast<float>(1.0 / std::sqrt(smoothness_sum));
  }

  void combine(std::int64_t i, std::span<float> weights) const {
    const auto own = static_cast<std::size_t>(i);
    const float appearance = options_.appearance_weight * appearance_scales_[own];
    const float smoothness = options_.smoothness_weight * smoothness_scales_[own];
    for_each_neighbour(near_, i, [&](std::size_t j, float near) {
      weights[j] = not_faint(appearance * appearance_scales_[j] * weights[j] +
                             smoothness * smoothness_scales_[j] * near);
    });
    weights[own] = 0.0F;
  }

  std::int64_t channels_;
  std::int64_t height_;
  std::int64_t width_;
  DenseCrfOptions options_;
  std::vector<float> colours_;  ///< [C,H,W] in deviations
  std::vector<float> far_;      ///< of the appearance kernel, by distance
  std::vector<float> near_;     ///< of the smoothness kernel
  std::vector<float> appearance_scales_;
  std::vector<float> smoothness_scales_;
  Tensor weights_;  ///< [H·W,H·W]
};

/// Q of each pixel: the softmax over labels of log p + messages, both `[L,H·W]`.
void normalise(std::span<const float> unary, std::span<const float> messages,
               std::span<float> marginals, std::size_t pixels) {
  for (std::size_t i = 0; i < pixels; ++i) {
    float largest = unary[i] + messages[i];
    for (std::size_t k = i; k < unary.size(); k += pixels) {
      largest = std::max(largest, unary[k] + messages[k]);
    }
    double sum = 0.0;
    for (std::size_t k = i; k < unary.size(); k += pixels) {
      marginals[k] = std::exp(unary[k] + messages[k] - largest);
      sum += marginals[k];
    }
    for (std::size_t k = i; k < unary.size(); k += pixels) {
      marginals[k] = not_faint(static_cast<float>(marginals[k] / sum));
    }
  }
}

}  // namespace

Tensor dense_crf(const Tensor& picture, const Tensor& probabilities,
                 const DenseCrfOptions& options) {
  check(options);
  check_shapes(picture, probabilities);
  check_values(picture, probabilities);
  const PairwiseWeights weights(picture, options);
  const std::int64_t pixels = weights.pixels();

  std::vector<float> unary(probabilities.data().begin(), probabilities.data().end());
  for (float& value : unary) value = std::log(value);
  std::vector<float> messages(unary.size(), 0.0F);
  Tensor marginals = Tensor::uninitialized(probabilities.shape());
  const std::span<float> q = marginals.mutable_data();
  normalise(unary, messages, q, static_cast<std::size_t>(pixels));
  for (std::int64_t step = 0; step < options.iterations; ++step) {
    // Under Potts compatibility a label is punished by what its neighbours give to the others;
    // rewarding it by what they give to itself differs by the same amount for all labels.
    parallel_gemm({.m = probabilities.dim(0),
                   .n = pixels,
                   .k = pixels,
                   .a = q.data(),
                   .lda = pixels,
                   .b = weights.matrix().data().data(),
                   .ldb = pixels,
                   .c = messages.data(),
                   .ldc = pixels});
    normalise(unary, messages, q, static_cast<std::size_t>(pixels));
  }
  return marginals;
}

}  // namespace cameo::explain
