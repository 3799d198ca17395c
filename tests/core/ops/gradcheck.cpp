#include "tests/core/ops/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "core/ops/check.h"
#include "core/random.h"

namespace cameo::test {

namespace {

constexpr double kStep = 1e-3;
constexpr double kTolerance = 0.01;
constexpr double kKink = 0.02;  // relative jump between one-sided differences
constexpr double kMostSkipped = 0.05;

/// One recorded forward and the vjps from it.
class Run {
 public:
  explicit Run(const OpCase& test)
      : test_(test),
        shapes_(ops::shapes_of(test.inputs)),
        output_(test.op.forward(
            test.inputs, {.training = test.training, .seed = test.seed, .residuals = &residuals_})),
        cotangent_(random_tensor(output_.shape(), 99)) {}

  const Tensor& output() const { return output_; }
  const Tensor& cotangent() const { return cotangent_; }

  /// Everything given, every gradient wanted.
  std::vector<Tensor> all_gradients() const {
    return gradients(std::vector<char>(test_.inputs.size(), 1), test_.inputs, output_);
  }

  /// The same from a gradient whose memory may be used up.
  std::vector<Tensor> all_gradients_in_place() const {
    Tensor spent(cotangent_.shape(), cotangent_.data());
    return gradients(std::vector<char>(test_.inputs.size(), 1), test_.inputs, output_, &spent);
  }

  /// Only what reads() declares given, only the gradient of `input` wanted.
  std::vector<Tensor> one_gradient(std::size_t input) const {
    std::vector<char> wanted(test_.inputs.size(), 0);
    wanted[input] = 1;
    const auto needs = flags(wanted);
    const Reads reads = test_.op.reads({needs.get(), wanted.size()});
    std::vector<Tensor> given(test_.inputs.size());
    for (const std::size_t i : reads.inputs) given[i] = test_.inputs[i];
    return gradients(wanted, given, reads.output ? output_ : Tensor());
  }

 private:
  static std::unique_ptr<bool[]> flags(const std::vector<char>& wanted) {
    auto result = std::make_unique<bool[]>(wanted.size());
    std::copy(wanted.begin(), wanted.end(), result.get());
    return result;
  }

  std::vector<Tensor> gradients(const std::vector<char>& wanted, const std::vector<Tensor>& inputs,
                                const Tensor& output, Tensor* spent_grad = nullptr) const {
    const auto needs = flags(wanted);
    std::vector<Tensor> grads(wanted.size());
    test_.op.vjp({.inputs = inputs,
                  .input_shapes = shapes_,
                  .output = output,
                  .residuals = residuals_,
                  .grad = spent_grad == nullptr ? cotangent_ : *spent_grad,
                  .needs = {needs.get(), wanted.size()},
                  .input_grads = grads,
                  .spent_grad = spent_grad});
    return grads;
  }

  const OpCase& test_;
  std::vector<Shape> shapes_;
  Residuals residuals_;
  Tensor output_;
  Tensor cotangent_;
};

double dot(const DoubleTensor& y, const Tensor& cotangent) {
  double total = 0.0;
  for (std::size_t i = 0; i < y.values.size(); ++i) {
    total += y.values[i] * static_cast<double>(cotangent.data()[i]);
  }
  return total;
}

struct Slopes {
  double before, after;
  double central() const { return (before + after) / 2.0; }
  bool kink(double scale) const {
    return std::fabs(before - after) >
           kKink * std::max({std::fabs(before), std::fabs(after), scale});
  }
};

/// The one-sided differences of <reference, cotangent> in every element of one input.
std::vector<Slopes> numeric_slopes(const OpCase& test, std::size_t input, const Tensor& cotangent) {
  std::vector<DoubleTensor> inputs(test.inputs.begin(), test.inputs.end());
  const double centre = dot(test.reference(inputs), cotangent);
  std::vector<Slopes> slopes;
  for (double& value : inputs[input].values) {
    const double kept = value;
    value = kept + kStep;
    const double above = dot(test.reference(inputs), cotangent);
    value = kept - kStep;
    const double below = dot(test.reference(inputs), cotangent);
    value = kept;
    slopes.push_back({.before = (centre - below) / kStep, .after = (above - centre) / kStep});
  }
  return slopes;
}

std::string compare_gradient(const OpCase& test, std::size_t input, const Tensor& gradient,
                             const Tensor& cotangent) {
  const std::string name = "gradient of input " + std::to_string(input);
  if (!gradient.defined() || gradient.shape() != test.inputs[input].shape()) {
    return name + " is missing or misshapen\n";
  }
  const std::vector<Slopes> slopes = numeric_slopes(test, input, cotangent);
  double largest = 0.0;
  for (const Slopes& s : slopes) largest = std::max(largest, std::fabs(s.central()));
  // Entries far below the largest are held to a share of it.
  const double scale = std::max(0.1 * largest, 1e-6);
  std::size_t skipped = 0;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    if (slopes[i].kink(scale)) {
      ++skipped;
      continue;
    }
    const double expected = slopes[i].central();
    const auto got = static_cast<double>(gradient.data()[i]);
    if (!(std::fabs(got - expected) <= kTolerance * std::max(std::fabs(expected), scale))) {
      return name + " at " + std::to_string(i) + " is " + std::to_string(got) + ", expected " +
             std::to_string(expected) + "\n";
    }
  }
  if (static_cast<double>(skipped) > kMostSkipped * static_cast<double>(slopes.size())) {
    return name + ": " + std::to_string(skipped) + " of " + std::to_string(slopes.size()) +
           " entries lie at kinks\n";
  }
  return "";
}

std::string compare_forward(const OpCase& test, const Tensor& output) {
  const std::vector<DoubleTensor> inputs(test.inputs.begin(), test.inputs.end());
  const DoubleTensor expected = test.reference(inputs);
  if (output.shape() != expected.shape) {
    return "forward gave " + to_string(output.shape()) + ", expected " + to_string(expected.shape) +
           "\n";
  }
  if (test.op.infer_shape(ops::shapes_of(test.inputs)) != expected.shape) {
    return "infer_shape disagrees with forward\n";
  }
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double want = expected.values[i];
    const auto got = static_cast<double>(output.data()[i]);
    if (!(std::fabs(got - want) <= 1e-5 * std::max(1.0, std::fabs(want)))) {
      return "forward at " + std::to_string(i) + " is " + std::to_string(got) + ", expected " +
             std::to_string(want) + "\n";
    }
  }
  return "";
}

std::string compare_reads(const Run& run, const std::vector<Tensor>& all) {
  std::string found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string name = "asked for input " + std::to_string(i) + " alone, the vjp ";
    try {
      const std::vector<Tensor> one = run.one_gradient(i);
      if (!one[i].defined() || !same_bits(one[i], all[i])) found += name + "gives other bits\n";
      for (std::size_t k = 0; k < one.size(); ++k) {
        if (k != i && one[k].defined()) found += name + "writes " + std::to_string(k) + "\n";
      }
    } catch (const std::exception& error) {
      found += name + "throws: " + error.what() + "\n";
    }
  }
  return found;
}

std::string compare_in_place(const Run& run, const std::vector<Tensor>& all) {
  const std::vector<Tensor> in_place = run.all_gradients_in_place();
  std::string found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (same_bits(in_place[i], all[i])) continue;
    found += "in place, the gradient of input " + std::to_string(i) + " has other bits\n";
  }
  return found;
}

}  // namespace

Tensor random_tensor(Shape shape, std::uint64_t seed, float low, float high) {
  Tensor result = Tensor::uninitialized(std::move(shape));
  Random random(seed);
  for (float& value : result.mutable_data()) value = random.uniform(low, high);
  return result;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && (a.size() == 0 || std::memcmp(a.data().data(), b.data().data(),
                                                                 a.data().size_bytes()) == 0);
}

std::string problems(const OpCase& test) {
  const Run run(test);
  std::string found = compare_forward(test, run.output());
  if (!found.empty()) return found;
  const Tensor plain = test.op.forward(test.inputs, {.training = test.training, .seed = test.seed});
  if (!same_bits(plain, run.output())) found += "forward depends on who asks for residuals\n";
  const std::vector<Tensor> gradients = run.all_gradients();
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    found += compare_gradient(test, i, gradients[i], run.cotangent());
  }
  return found + compare_reads(run, gradients) + compare_in_place(run, gradients);
}

std::vector<Tensor> run_all(const OpCase& test) {
  const Run run(test);
  std::vector<Tensor> result = run.all_gradients();
  result.push_back(run.output());
  return result;
}

}  // namespace cameo::test
