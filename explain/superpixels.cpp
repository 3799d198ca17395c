#include "explain/superpixels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "core/parallel.h"

namespace cameo::explain {

namespace {

/// Colours with the pixel's place, scaled so that one squared distance serves both.
class Clustering {
 public:
  Clustering(const Tensor& picture, const SlicOptions& options)
      : channels_(picture.dim(1)),
        height_(picture.dim(2)),
        width_(picture.dim(3)),
        colours_(scaled_colours(picture)) {
    const double area = static_cast<double>(height_ * width_);
    step_ = std::max(1.0, std::sqrt(area / static_cast<double>(options.segments)));
    place_weight_ = options.compactness * options.compactness / (step_ * step_);
    place_centres();
    labels_.assign(static_cast<std::size_t>(height_ * width_), 0);
    for (int i = 0; i < options.iterations; ++i) {
      assign();
      move_centres();
    }
  }

  std::vector<std::int32_t> take_labels() && { return std::move(labels_); }
  std::int64_t centres() const { return grid_rows_ * grid_columns_; }

 private:
  std::size_t row_size() const { return static_cast<std::size_t>(channels_) + 2; }

  void place_centres() {
    const auto lines = [&](std::int64_t extent) {
      const auto wanted = std::llround(static_cast<double>(extent) / step_);
      return std::clamp<std::int64_t>(wanted, 1, extent);
    };
    grid_rows_ = lines(height_);
    grid_columns_ = lines(width_);
    for (std::int64_t r = 0; r < grid_rows_; ++r) {
      for (std::int64_t c = 0; c < grid_columns_; ++c) {
        const std::int64_t y = (2 * r + 1) * height_ / (2 * grid_rows_);
        const std::int64_t x = (2 * c + 1) * width_ / (2 * grid_columns_);
        centres_.push_back(static_cast<double>(y));
        centres_.push_back(static_cast<double>(x));
        for (std::int64_t k = 0; k < channels_; ++k) centres_.push_back(colour(k, y, x));
      }
    }
  }

  double colour(std::int64_t channel, std::int64_t y, std::int64_t x) const {
    return colours_[static_cast<std::size_t>((channel * height_ + y) * width_ + x)];
  }

  double distance(std::int64_t centre, std::int64_t y, std::int64_t x) const {
    const double* const at = centres_.data() + static_cast<std::size_t>(centre) * row_size();
    const double dy = static_cast<double>(y) - at[0];
    const double dx = static_cast<double>(x) - at[1];
    double result = place_weight_ * (dy * dy + dx * dx);
    for (std::int64_t k = 0; k < channels_; ++k) {
      const double difference = colour(k, y, x) - at[2 + k];
      result += difference * difference;
    }
    return result;
  }

  /// The nearest of the centres that began in this cell of the grid or beside it. A centre wanders
  /// little, so these are the ones within reach.
  std::int32_t nearest(std::int64_t y, std::int64_t x) const {
    const std::int64_t row = y * grid_rows_ / height_;
    const std::int64_t column = x * grid_columns_ / width_;
    double least = std::numeric_limits<double>::infinity();
    std::int64_t best = row * grid_columns_ + column;
    for (std::int64_t r = std::max<std::int64_t>(0, row - 1);
         r <= std::min(grid_rows_ - 1, row + 1); ++r) {
      for (std::int64_t c = std::max<std::int64_t>(0, column - 1);
           c <= std::min(grid_columns_ - 1, column + 1); ++c) {
        const double d = distance(r * grid_columns_ + c, y, x);
        if (d >= least) continue;
        least = d;
        best = r * grid_columns_ + c;
      }
    }
    return static_cast<std::int32_t>(best);
  }

  void assign() {
    parallel_for(height_, 8, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t y = begin; y < end; ++y) {
        for (std::int64_t x = 0; x < width_; ++x) {
          labels_[static_cast<std::size_t>(y * width_ + x)] = nearest(y, x);
        }
      }
    });
  }

  /// To the mean of their pixels; a centre without pixels stays.
  void move_centres() {
    std::vector<double> sums(centres_.size(), 0.0);
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(centres()), 0);
    for (std::int64_t y = 0; y < height_; ++y) {
      for (std::int64_t x = 0; x < width_; ++x) {
        const auto label =
            static_cast<std::size_t>(labels_[static_cast<std::size_t>(y * width_ + x)]);
        double* const sum = sums.data() + label * row_size();
        sum[0] += static_cast<double>(y);
        sum[1] += static_cast<double>(x);
        for (std::int64_t k = 0; k < channels_; ++k) sum[2 + k] += colour(k, y, x);
        ++sizes[label];
      }
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const std::int64_t size = sizes[i / row_size()];
      if (size > 0) centres_[i] = sums[i] / static_cast<double>(size);
    }
  }

  std::int64_t channels_, height_, width_;
  std::int64_t grid_rows_ = 0;
  std::int64_t grid_columns_ = 0;
  double step_ = 1.0;
  double place_weight_ = 0.0;
  std::vector<float> colours_;
  std::vector<double> centres_;  ///< a row each: y, x, colours
  std::vector<std::int32_t> labels_;
};

/// Gives every connected piece of equal labels a label of its own, in reading order; pieces below
/// `least` pixels take that of the piece met before them.
class Connector {
 public:
  Connector(const std::vector<std::int32_t>& from, std::int64_t height, std::int64_t width)
      : from_(from), height_(height), width_(width), labels_(from.size(), -1) {}

  Superpixels run(std::int64_t least) && {
    std::int32_t next = 0;
    for (std::int64_t start = 0; start < height_ * width_; ++start) {
      if (labels_[static_cast<std::size_t>(start)] >= 0) continue;
      const std::int32_t beside = label_beside(start);
      flood(start, next);
      if (beside >= 0 && std::ssize(piece_) < least) {
        for (const std::int64_t i : piece_) labels_[static_cast<std::size_t>(i)] = beside;
      } else {
        ++next;
      }
    }
    return {.height = height_, .width = width_, .count = next, .labels = std::move(labels_)};
  }

 private:
  /// Of the pixel above or to the left, both of which are done; -1 for the first.
  std::int32_t label_beside(std::int64_t i) const {
    if (i % width_ > 0) return labels_[static_cast<std::size_t>(i - 1)];
    return i >= width_ ? labels_[static_cast<std::size_t>(i - width_)] : -1;
  }

  /// Collects the connected pixels of the label at `start` in piece_.
  void flood(std::int64_t start, std::int32_t label) {
    piece_.assign(1, start);
    labels_[static_cast<std::size_t>(start)] = label;
    const std::int32_t wanted = from_[static_cast<std::size_t>(start)];
    const auto visit = [&](bool inside, std::int64_t i) {
      if (!inside || labels_[static_cast<std::size_t>(i)] >= 0) return;
      if (from_[static_cast<std::size_t>(i)] != wanted) return;
      labels_[static_cast<std::size_t>(i)] = label;
      piece_.push_back(i);
    };
    for (std::size_t k = 0; k < piece_.size(); ++k) {
      const std::int64_t i = piece_[k];
      visit(i % width_ > 0, i - 1);
      visit(i % width_ < width_ - 1, i + 1);
      visit(i >= width_, i - width_);
      visit(i < (height_ - 1) * width_, i + width_);
    }
  }

  const std::vector<std::int32_t>& from_;
  std::int64_t height_, width_;
  std::vector<std::int32_t> labels_;
  std::vector<std::int64_t> piece_;
};

}  // namespace

void check_picture(const Tensor& picture) {
  if (picture.rank() == 4 && picture.dim(0) == 1 && picture.size() > 0) return;
  throw ShapeError("superpixels: expected one picture [1,C,H,W], got " +
                   to_string(picture.shape()));
}

std::vector<float> scaled_colours(const Tensor& picture) {
  constexpr double kRange = 100.0;
  check_picture(picture);
  std::vector<float> colours(picture.data().begin(), picture.data().end());
  for (float& value : colours) value = std::isfinite(value) ? value : 0.0F;
  const std::int64_t area = picture.dim(2) * picture.dim(3);
  double widest = 0.0;
  for (std::int64_t c = 0; c < picture.dim(1); ++c) {
    const auto plane = colours.begin() + c * area;
    const auto [least, most] = std::minmax_element(plane, plane + area);
    widest = std::max(widest, static_cast<double>(*most) - *least);
  }
  const double scale = widest > 0.0 ? kRange / widest : 0.0;
  for (float& value : colours) value = static_cast<float>(value * scale);
  return colours;
}

Superpixels connected_pieces(const std::vector<std::int32_t>& labels, std::int64_t height,
                             std::int64_t width, std::int64_t least) {
  if (std::ssize(labels) != height * width) {
    throw ShapeError("superpixels: " + std::to_string(labels.size()) + " labels for " +
                     std::to_string(height) + "x" + std::to_string(width) + " pixels");
  }
  return Connector(labels, height, width).run(least);
}

Superpixels slic(const Tensor& picture, const SlicOptions& options) {
  check_picture(picture);
  if (options.segments < 1 || !(options.compactness > 0.0)) {
    throw ArgumentError("superpixels: at least one segment and a positive compactness are needed");
  }
  Clustering clustering(picture, options);
  const std::int64_t usual = picture.dim(2) * picture.dim(3) / clustering.centres();
  const std::vector<std::int32_t> labels = std::move(clustering).take_labels();
  return connected_pieces(labels, picture.dim(2), picture.dim(3), usual / 4);
}

Tensor paint(const Superpixels& pieces, std::span<const double> values) {
  if (std::ssize(values) != pieces.count) {
    throw ShapeError("superpixels: " + std::to_string(values.size()) + " values for " +
                     std::to_string(pieces.count) + " pieces");
  }
  Tensor map = Tensor::uninitialized({pieces.height, pieces.width});
  std::transform(pieces.labels.begin(), pieces.labels.end(), map.mutable_data().begin(),
                 [&](std::int32_t label) {
                   return static_cast<float>(values[static_cast<std::size_t>(label)]);
                 });
  return map;
}

}  // namespace cameo::explain
