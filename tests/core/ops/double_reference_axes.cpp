#include "tests/core/ops/double_reference_axes.h"

#include <algorithm>
#include <cmath>

#include "tests/core/ops/tabulate.h"

namespace cameo::test {

DoubleFunction matmul() {
  return [](Inputs in) {
    const std::size_t rank = in[0].shape.size();
    Shape shape = in[0].shape;
    for (std::size_t axis = 0; axis + 2 < rank; ++axis) {
      shape[axis] = std::max(shape[axis], in[1].shape[axis]);
    }
    shape[rank - 1] = in[1].shape[rank - 1];
    return tabulate(shape, [&](const Shape& i) {
      const auto element = [&](const DoubleTensor& x, std::int64_t row, std::int64_t column) {
        Shape index = i;
        for (std::size_t axis = 0; axis + 2 < rank; ++axis) {
          if (x.shape[axis] == 1) index[axis] = 0;
        }
        index[rank - 2] = row;
        index[rank - 1] = column;
        return x.at(index);
      };
      double total = 0.0;
      for (std::int64_t k = 0; k < in[0].shape[rank - 1]; ++k) {
        total += element(in[0], i[rank - 2], k) * element(in[1], k, i[rank - 1]);
      }
      return total;
    });
  };
}

DoubleFunction reduce(const std::string& what, std::vector<std::size_t> axes, bool keepdims) {
  return [what, axes = std::move(axes), keepdims](Inputs in) {
    const Shape& x = in[0].shape;
    Shape kept = x;
    for (const std::size_t axis : axes) kept[axis] = 1;
    const auto combine = [&](double a, double b) {
      return what == "Max" ? std::max(a, b) : what == "Min" ? std::min(a, b) : a + b;
    };
    DoubleTensor y(kept);
    std::vector<int> seen(y.values.size(), 0);
    static_cast<void>(tabulate(x, [&](Shape i) {
      const double value = in[0].at(i);
      for (const std::size_t axis : axes) i[axis] = 0;
      double& total = y[i];
      int& count = seen[static_cast<std::size_t>(&total - y.values.data())];
      total = count++ == 0 ? value : combine(total, value);
      return 0.0;
    }));
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (what == "Mean") y.values[i] /= seen[i];
    }
    if (!keepdims) {
      y.shape.clear();
      for (std::size_t axis = 0; axis < x.size(); ++axis) {
        if (std::find(axes.begin(), axes.end(), axis) == axes.end()) y.shape.push_back(x[axis]);
      }
    }
    return y;
  };
}

DoubleFunction depth_to_space(std::int64_t block, bool channel_first) {
  return [=](Inputs in) {
    const Shape& x = in[0].shape;
    const std::int64_t channels = x[1] / (block * block);
    return tabulate({x[0], channels, x[2] * block, x[3] * block}, [&](const Shape& i) {
      const std::int64_t cell = i[2] % block * block + i[3] % block;
      const std::int64_t channel =
          channel_first ? i[1] * block * block + cell : cell * channels + i[1];
      return in[0].at({i[0], channel, i[2] / block, i[3] / block});
    });
  };
}

DoubleFunction space_to_depth(std::int64_t block) {
  return [=](Inputs in) {
    const Shape& x = in[0].shape;
    return tabulate({x[0], x[1] * block * block, x[2] / block, x[3] / block}, [&](const Shape& i) {
      const std::int64_t cell = i[1] / x[1];
      return in[0].at(
          {i[0], i[1] % x[1], i[2] * block + cell / block, i[3] * block + cell % block});
    });
  };
}

DoubleFunction interpolate(std::vector<std::vector<double>> positions) {
  return [positions = std::move(positions)](Inputs in) {
    Shape shape;
    for (const auto& along : positions) shape.push_back(static_cast<std::int64_t>(along.size()));
    return tabulate(shape, [&](const Shape& i) {
      double total = 0.0;
      static_cast<void>(tabulate(in[0].shape, [&](const Shape& j) {
        double weight = 1.0;
        for (std::size_t axis = 0; axis < i.size(); ++axis) {
          const double at = positions[axis][static_cast<std::size_t>(i[axis])];
          weight *= std::max(0.0, 1.0 - std::fabs(at - static_cast<double>(j[axis])));
        }
        total += weight * in[0].at(j);
        return 0.0;
      }));
      return total;
    });
  };
}

DoubleFunction instance_normalization(double epsilon) {
  return [=](Inputs in) {
    const Shape& x = in[0].shape;
    DoubleTensor mean(Shape{x[0], x[1]});
    DoubleTensor variance(Shape{x[0], x[1]});
    const double count =
        static_cast<double>(in[0].values.size()) / static_cast<double>(x[0] * x[1]);
    static_cast<void>(tabulate(x, [&](const Shape& i) {
      return mean[{i[0], i[1]}] += in[0].at(i) / count;
    }));
    static_cast<void>(tabulate(x, [&](const Shape& i) {
      const double d = in[0].at(i) - mean.at({i[0], i[1]});
      return variance[{i[0], i[1]}] += d * d / count;
    }));
    return tabulate(x, [&](const Shape& i) {
      const double deviation = std::sqrt(variance.at({i[0], i[1]}) + epsilon);
      return (in[0].at(i) - mean.at({i[0], i[1]})) / deviation * in[1].at({i[1]}) +
             in[2].at({i[1]});
    });
  };
}

}  // namespace cameo::test
