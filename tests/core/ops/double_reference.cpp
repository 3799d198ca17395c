#include "tests/core/ops/double_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/core/ops/tabulate.h"

namespace cameo::test {

namespace {

/// Row-major position of an index, -1 outside.
std::int64_t position(const Shape& shape, const Shape& index) {
  std::int64_t result = 0;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (index[axis] < 0 || index[axis] >= shape[axis]) return -1;
    result = result * shape[axis] + index[axis];
  }
  return result;
}

/// Window starts -pad, -pad + stride, ... as long as a window is allowed there.
std::int64_t count_windows(std::int64_t extent, std::int64_t span, std::int64_t stride,
                           std::int64_t before, std::int64_t after, bool ceil_mode) {
  std::int64_t count = 0;
  for (std::int64_t start = -before;; start += stride, ++count) {
    const bool whole = start + span <= extent + after;
    const bool partial = ceil_mode && start < extent && start + span - stride < extent + after;
    if (!whole && !partial) return count;
  }
}

/// The input indices along one axis that a window touches, padding included.
Shape window(std::int64_t start, std::int64_t kernel, std::int64_t dilation) {
  Shape indices;
  for (std::int64_t k = 0; k < kernel; ++k) indices.push_back(start + k * dilation);
  return indices;
}

bool within(std::int64_t index, std::int64_t extent) { return index >= 0 && index < extent; }

}  // namespace

DoubleTensor::DoubleTensor(Shape extents)
    : shape(std::move(extents)), values(static_cast<std::size_t>(element_count(shape)), 0.0) {}

DoubleTensor::DoubleTensor(const Tensor& tensor)
    : shape(tensor.shape()), values(tensor.data().begin(), tensor.data().end()) {}

double DoubleTensor::at(const Shape& index) const {
  const std::int64_t where = position(shape, index);
  return where < 0 ? 0.0 : values[static_cast<std::size_t>(where)];
}

double& DoubleTensor::operator[](const Shape& index) {
  return values.at(static_cast<std::size_t>(position(shape, index)));
}

DoubleFunction unary(std::function<double(double)> f) {
  return [f = std::move(f)](Inputs in) {
    DoubleTensor y = in[0];
    std::transform(y.values.begin(), y.values.end(), y.values.begin(), f);
    return y;
  };
}

DoubleFunction binary(std::function<double(double, double)> f) {
  return [f = std::move(f)](Inputs in) {
    const std::size_t rank = std::max(in[0].shape.size(), in[1].shape.size());
    const auto aligned = [&](const Shape& shape) {
      Shape result(rank - shape.size(), 1);
      result.insert(result.end(), shape.begin(), shape.end());
      return result;
    };
    const Shape a = aligned(in[0].shape);
    const Shape b = aligned(in[1].shape);
    Shape whole(rank);
    for (std::size_t i = 0; i < rank; ++i) whole[i] = a[i] == 1 ? b[i] : a[i];
    const auto value = [&](const DoubleTensor& t, const Shape& shape, const Shape& index) {
      Shape own;
      for (std::size_t i = rank - t.shape.size(); i < rank; ++i) {
        own.push_back(shape[i] == 1 ? 0 : index[i]);
      }
      return t.at(own);
    };
    return tabulate(whole, [&](const Shape& index) {
      return f(value(in[0], a, index), value(in[1], b, index));
    });
  };
}

DoubleFunction folded(std::function<double(double, double)> f) {
  return [f = binary(std::move(f))](Inputs in) {
    DoubleTensor y = in[0];
    for (const DoubleTensor& x : in.subspan(1)) y = f(std::vector<DoubleTensor>{y, x});
    return y;
  };
}

DoubleFunction conv(ops::ConvOptions o) {
  return [o](Inputs in) {
    const Shape& x = in[0].shape;
    const Shape& w = in[1].shape;
    const std::int64_t height = count_windows(x[2], (w[2] - 1) * o.dilations[0] + 1, o.strides[0],
                                              o.pads[0], o.pads[2], false);
    const std::int64_t width = count_windows(x[3], (w[3] - 1) * o.dilations[1] + 1, o.strides[1],
                                             o.pads[1], o.pads[3], false);
    return tabulate({x[0], w[0], height, width}, [&](const Shape& i) {
      double total = in.size() == 3 ? in[2].at({i[1]}) : 0.0;
      const std::int64_t first_channel = i[1] / (w[0] / o.groups) * w[1];
      for (std::int64_t c = 0; c < w[1]; ++c) {
        for (std::int64_t ky = 0; ky < w[2]; ++ky) {
          for (std::int64_t kx = 0; kx < w[3]; ++kx) {
            total += in[1].at({i[1], c, ky, kx}) *
                     in[0].at({i[0], first_channel + c,
                               i[2] * o.strides[0] - o.pads[0] + ky * o.dilations[0],
                               i[3] * o.strides[1] - o.pads[1] + kx * o.dilations[1]});
          }
        }
      }
      return total;
    });
  };
}

DoubleFunction gemm(ops::GemmOptions o) {
  return [o](Inputs in) {
    const std::int64_t depth = in[0].shape[1];
    const std::int64_t columns = in[1].shape[o.transpose_b ? 0 : 1];
    return tabulate({in[0].shape[0], columns}, [&](const Shape& i) {
      double total = in.size() == 3 ? in[2].at({i[1]}) : 0.0;
      for (std::int64_t k = 0; k < depth; ++k) {
        total += in[0].at({i[0], k}) * in[1].at(o.transpose_b ? Shape{i[1], k} : Shape{k, i[1]});
      }
      return total;
    });
  };
}

DoubleFunction max_pool(ops::MaxPoolOptions o) {
  return [o](Inputs in) {
    const Shape& x = in[0].shape;
    const std::int64_t height = count_windows(x[2], (o.kernel[0] - 1) * o.dilations[0] + 1,
                                              o.strides[0], o.pads[0], o.pads[2], o.ceil_mode);
    const std::int64_t width = count_windows(x[3], (o.kernel[1] - 1) * o.dilations[1] + 1,
                                             o.strides[1], o.pads[1], o.pads[3], o.ceil_mode);
    return tabulate({x[0], x[1], height, width}, [&](const Shape& i) {
      double best = -std::numeric_limits<double>::infinity();
      for (const auto y : window(i[2] * o.strides[0] - o.pads[0], o.kernel[0], o.dilations[0])) {
        for (const auto c : window(i[3] * o.strides[1] - o.pads[1], o.kernel[1], o.dilations[1])) {
          if (within(y, x[2]) && within(c, x[3]))
            best = std::max(best, in[0].at({i[0], i[1], y, c}));
        }
      }
      return best;
    });
  };
}

DoubleFunction average_pool(ops::AveragePoolOptions o) {
  return [o](Inputs in) {
    const Shape& x = in[0].shape;
    const std::int64_t height =
        count_windows(x[2], o.kernel[0], o.strides[0], o.pads[0], o.pads[2], o.ceil_mode);
    const std::int64_t width =
        count_windows(x[3], o.kernel[1], o.strides[1], o.pads[1], o.pads[3], o.ceil_mode);
    return tabulate({x[0], x[1], height, width}, [&](const Shape& i) {
      double total = 0.0;
      double counted = 0.0;
      for (const auto y : window(i[2] * o.strides[0] - o.pads[0], o.kernel[0], 1)) {
        for (const auto c : window(i[3] * o.strides[1] - o.pads[1], o.kernel[1], 1)) {
          const bool real = within(y, x[2]) && within(c, x[3]);
          const bool padded = y < x[2] + o.pads[2] && c < x[3] + o.pads[3];
          total += in[0].at({i[0], i[1], y, c});
          counted += real || (o.count_include_pad && padded) ? 1.0 : 0.0;
        }
      }
      return total / counted;
    });
  };
}

DoubleFunction global_average_pool() {
  return [](Inputs in) {
    const Shape& x = in[0].shape;
    return tabulate({x[0], x[1], 1, 1}, [&](const Shape& i) {
      double total = 0.0;
      for (std::int64_t y = 0; y < x[2]; ++y) {
        for (std::int64_t c = 0; c < x[3]; ++c) total += in[0].at({i[0], i[1], y, c});
      }
      return total / static_cast<double>(x[2] * x[3]);
    });
  };
}

DoubleFunction adaptive_average_pool(std::int64_t height, std::int64_t width) {
  return [height, width](Inputs in) {
    const Shape& x = in[0].shape;
    const auto bin = [](std::int64_t i, std::int64_t extent, std::int64_t bins) {
      const double size = static_cast<double>(extent) / static_cast<double>(bins);
      Shape indices;
      for (std::int64_t at = 0; at < extent; ++at) {
        const auto low = static_cast<double>(at);
        // An element [at, at+1) belongs to every bin it overlaps.
        if (low + 1.0 > static_cast<double>(i) * size + 1e-9 &&
            low < static_cast<double>(i + 1) * size - 1e-9) {
          indices.push_back(at);
        }
      }
      return indices;
    };
    return tabulate({x[0], x[1], height, width}, [&](const Shape& i) {
      const Shape rows = bin(i[2], x[2], height);
      const Shape columns = bin(i[3], x[3], width);
      double total = 0.0;
      for (const auto y : rows) {
        for (const auto c : columns) total += in[0].at({i[0], i[1], y, c});
      }
      return total / static_cast<double>(rows.size() * columns.size());
    });
  };
}

DoubleFunction batch_normalization(ops::BatchNormalizationOptions o, bool training) {
  return [o, training](Inputs in) {
    DoubleTensor mean = in[3];
    DoubleTensor variance = in[4];
    if (training) {
      const auto channels = static_cast<std::size_t>(in[0].shape[1]);
      const double count = static_cast<double>(in[0].values.size()) / static_cast<double>(channels);
      std::fill(mean.values.begin(), mean.values.end(), 0.0);
      std::fill(variance.values.begin(), variance.values.end(), 0.0);
      static_cast<void>(tabulate(
          in[0].shape, [&](const Shape& i) { return mean[{i[1]}] += in[0].at(i) / count; }));
      static_cast<void>(tabulate(in[0].shape, [&](const Shape& i) {
        const double d = in[0].at(i) - mean.at({i[1]});
        return variance[{i[1]}] += d * d / count;
      }));
    }
    return tabulate(in[0].shape, [&](const Shape& i) {
      const double deviation = std::sqrt(variance.at({i[1]}) + static_cast<double>(o.epsilon));
      return (in[0].at(i) - mean.at({i[1]})) / deviation * in[1].at({i[1]}) + in[2].at({i[1]});
    });
  };
}

DoubleFunction lrn(ops::LrnOptions o) {
  return [o](Inputs in) {
    return tabulate(in[0].shape, [&](const Shape& i) {
      double squares = 0.0;
      Shape neighbour = i;
      const std::int64_t first = i[1] - (o.size - 1) / 2;
      for (neighbour[1] = first; neighbour[1] < first + o.size; ++neighbour[1]) {
        squares += in[0].at(neighbour) * in[0].at(neighbour);
      }
      const double sum = static_cast<double>(o.bias) +
                         static_cast<double>(o.alpha) / static_cast<double>(o.size) * squares;
      return in[0].at(i) / std::pow(sum, static_cast<double>(o.beta));
    });
  };
}

DoubleFunction softmax(std::size_t axis, bool logarithm) {
  return [axis, logarithm](Inputs in) {
    return tabulate(in[0].shape, [&](const Shape& i) {
      double total = 0.0;
      Shape other = i;
      for (other[axis] = 0; other[axis] < in[0].shape[axis]; ++other[axis]) {
        total += std::exp(in[0].at(other));
      }
      const double share = std::exp(in[0].at(i)) / total;
      return logarithm ? std::log(share) : share;
    });
  };
}

DoubleFunction cross_entropy() {
  return [](Inputs in) {
    const DoubleTensor log_share = softmax(1, true)(in.first(1));
    DoubleTensor loss{Shape{}};
    for (std::size_t i = 0; i < log_share.values.size(); ++i) {
      loss.values[0] -= in[1].values[i] * log_share.values[i] / static_cast<double>(in[0].shape[0]);
    }
    return loss;
  };
}

DoubleFunction reshaped(Shape shape) {
  return [shape = std::move(shape)](Inputs in) {
    DoubleTensor y = in[0];
    y.shape = shape;
    return y;
  };
}

DoubleFunction concat(std::size_t axis) {
  return [axis](Inputs in) {
    Shape shape = in[0].shape;
    for (const DoubleTensor& input : in.subspan(1)) shape[axis] += input.shape[axis];
    return tabulate(shape, [&](Shape i) {
      std::size_t k = 0;
      while (i[axis] >= in[k].shape[axis]) i[axis] -= in[k++].shape[axis];
      return in[k].at(i);
    });
  };
}

DoubleFunction expand(Shape shape) {
  return [shape = std::move(shape)](Inputs in) {
    const std::vector<DoubleTensor> pair{in[0], DoubleTensor(shape)};
    return binary([](double x, double) { return x; })(pair);
  };
}

DoubleFunction transpose(std::vector<std::size_t> perm) {
  return [perm = std::move(perm)](Inputs in) {
    Shape shape;
    for (const std::size_t axis : perm) shape.push_back(in[0].shape[axis]);
    return tabulate(shape, [&](const Shape& i) {
      Shape source(i.size());
      for (std::size_t axis = 0; axis < i.size(); ++axis) source[perm[axis]] = i[axis];
      return in[0].at(source);
    });
  };
}

DoubleFunction pad(ops::PadOptions o) {
  return [o = std::move(o)](Inputs in) {
    const std::size_t rank = in[0].shape.size();
    Shape shape = in[0].shape;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      shape[axis] += o.pads[axis] + o.pads[rank + axis];
    }
    return tabulate(shape, [&](Shape i) {
      bool real = true;
      for (std::size_t axis = 0; axis < rank; ++axis) {
        i[axis] -= o.pads[axis];
        real = real && within(i[axis], in[0].shape[axis]);
      }
      return real ? in[0].at(i) : static_cast<double>(o.value);
    });
  };
}

DoubleFunction slice(std::vector<Shape> taken) {
  return [taken = std::move(taken)](Inputs in) {
    Shape shape;
    for (const Shape& indices : taken) shape.push_back(static_cast<std::int64_t>(indices.size()));
    return tabulate(shape, [&](Shape i) {
      for (std::size_t axis = 0; axis < i.size(); ++axis) {
        i[axis] = taken[axis][static_cast<std::size_t>(i[axis])];
      }
      return in[0].at(i);
    });
  };
}

}  // namespace cameo::test
