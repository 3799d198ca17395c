// Every algorithm against the reference, over one list of shapes.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>

#include "core/conv/algorithm.h"
#include "core/error.h"
#include "core/ops/max_pool.h"
#include "core/parallel.h"
#include "tests/core/conv/shapes.h"
#include "tests/core/ops/gradcheck.h"

using namespace cameo;
using namespace cameo::test;

namespace {

std::string describe(const ConvParams& p) {
  std::ostringstream text;
  text << p.batch << "x" << p.channels << "x" << p.height << "x" << p.width << ", " << p.filters
       << " filters " << p.kernel[0] << "x" << p.kernel[1] << ", strides " << p.strides[0] << " "
       << p.strides[1] << ", pads " << p.pads[0] << " " << p.pads[1] << " " << p.pads[2] << " "
       << p.pads[3] << ", dilations " << p.dilations[0] << " " << p.dilations[1] << ", groups "
       << p.groups;
  return text.str();
}

/// The tensors of one convolution; outputs start as NaN, so that nothing unwritten is missed.
struct Tensors {
  explicit Tensors(const ConvParams& p)
      : x(random_tensor({p.batch, p.channels, p.height, p.width}, 1)),
        weight(random_tensor({p.filters, p.group_channels(), p.kernel[0], p.kernel[1]}, 2)),
        bias(random_tensor({p.filters}, 3)),
        dy(random_tensor({p.batch, p.filters, p.out_height, p.out_width}, 4)),
        scale(random_tensor({p.filters}, 5)),
        residual(random_tensor(dy.shape(), 6)) {}

  ConvEpilogue epilogue() const {
    return {.scale = scale.data(), .bias = bias.data(), .residual = residual.data()};
  }

  Tensors magnitudes() const {
    Tensors result = *this;
    for (Tensor* t :
         {&result.x, &result.weight, &result.bias, &result.dy, &result.scale, &result.residual}) {
      for (float& value : t->mutable_data()) value = std::fabs(value);
    }
    return result;
  }

  Tensor x, weight, bias, dy, scale, residual;
};

class ForcedAlgorithm {
 public:
  explicit ForcedAlgorithm(std::string_view name) {
    setenv(kVariable, std::string(name).c_str(), 1);
  }
  ~ForcedAlgorithm() { unsetenv(kVariable); }
  ForcedAlgorithm(const ForcedAlgorithm&) = delete;
  ForcedAlgorithm& operator=(const ForcedAlgorithm&) = delete;

 private:
  static constexpr const char* kVariable = "CAMEO_CONV_ALGORITHM";
};

/// Outputs by name.
using Results = std::map<std::string_view, Tensor>;

/// What `algorithm` gives for the passes that it supports.
Results run(const ConvAlgorithm& algorithm, const ConvParams& p, const Tensors& t) {
  const ForcedAlgorithm forced(algorithm.name);
  const std::span<const float> x = t.x.data();
  const std::span<const float> weight = t.weight.data();
  Results results;
  const auto output = [&](std::string_view name, const Shape& shape) {
    return results.emplace(name, Tensor(shape, NAN)).first->second.mutable_data();
  };
  if (algorithm.supports(p, ConvPass::kForward)) {
    conv2d_forward(p, x, weight, t.bias.data(), output("y", t.dy.shape()));
    conv2d_forward(p, x, weight, {}, output("y without bias", t.dy.shape()));
    conv2d_forward(p, x, weight, nullptr, t.epilogue(), output("finished y", t.dy.shape()));
  }
  if (algorithm.supports(p, ConvPass::kBackwardData)) {
    conv2d_backward_data(p, weight, t.dy.data(), output("dx", t.x.shape()));
  }
  if (algorithm.supports(p, ConvPass::kBackwardWeights)) {
    conv2d_backward_weights(p, x, t.dy.data(), output("dweight", t.weight.shape()));
  }
  return results;
}

/// The largest |got - expected| as a share of `scale`, the sum of the terms' absolute values.
double worst(const Tensor& got, const Tensor& expected, const Tensor& scale) {
  double result = 0.0;
  for (std::size_t i = 0; i < got.data().size(); ++i) {
    const double error =
        std::fabs(static_cast<double>(got.data()[i]) - static_cast<double>(expected.data()[i]));
    if (std::isnan(error)) return error;
    if (error > 0.0) result = std::max(result, error / static_cast<double>(scale.data()[i]));
  }
  return result;
}

}  // namespace

TEST_CASE("convolution algorithms agree with the reference") {
  for (const ConvShape& shape : kConvShapes) {
    const ConvParams p = shape.params();
    const Tensors tensors(p);
    const Results expected = run(reference_conv(), p, tensors);
    const Results scale = run(reference_conv(), p, tensors.magnitudes());
    for (const ConvAlgorithm& algorithm : conv_algorithms()) {
      INFO(algorithm.name << ": " << describe(p));
      const Results got = run(algorithm, p, tensors);
      const double tolerance = algorithm.tolerance(p);
      for (const auto& [name, value] : got) {
        INFO(name);
        CHECK(worst(value, expected.at(name), scale.at(name)) <= tolerance);
      }
    }
  }
}

TEST_CASE("convolution algorithms give the same bits for any number of threads") {
  for (const ConvShape& shape : kConvShapes) {
    const ConvParams p = shape.params();
    const Tensors tensors(p);
    for (const ConvAlgorithm& algorithm : conv_algorithms()) {
      INFO(algorithm.name << ": " << describe(p));
      const Results expected = [&] {
        const ThreadLimit limit(1);
        return run(algorithm, p, tensors);
      }();
      for (const int threads : {2, 3, 5}) {
        const ThreadLimit limit(threads);
        const Results got = run(algorithm, p, tensors);
        for (const auto& [name, value] : got) {
          INFO(name);
          CHECK(same_bits(value, expected.at(name)));
        }
      }
    }
  }
}

TEST_CASE("a pooled convolution is the convolution and a pool behind it") {
  for (const ConvShape& shape : kConvShapes) {
    const ConvParams p = shape.params();
    if (p.out_height < 2 || p.out_width < 2) continue;
    Tensors tensors(p);
    if (p.batch > 0) {
      tensors.residual.mutable_data()[0] = NAN;
      tensors.residual.mutable_data().back() = NAN;
    }
    const Shape shape_of_y{p.batch, p.filters, p.out_height / 2, p.out_width / 2};
    for (const ConvAlgorithm& algorithm : conv_algorithms()) {
      if (!algorithm.supports(p, ConvPass::kForward)) continue;
      INFO(algorithm.name << ": " << describe(p));
      const ForcedAlgorithm forced(algorithm.name);
      CHECK(pools_outputs(p) == (algorithm.name == "winograd"));
      ConvEpilogue epilogue = tensors.epilogue();
      epilogue.low = -0.25F;
      Tensor whole(tensors.dy.shape(), 0.0F);
      conv2d_forward(p, tensors.x.data(), tensors.weight.data(), nullptr, epilogue,
                     whole.mutable_data());
      epilogue.pooled = true;
      Tensor pooled(shape_of_y, 77.0F);
      conv2d_forward(p, tensors.x.data(), tensors.weight.data(), nullptr, epilogue,
                     pooled.mutable_data());
      const Tensor expected = ops::MaxPool().forward(std::span(&whole, 1), {});
      REQUIRE(expected.shape() == shape_of_y);
      const auto same = [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); };
      CHECK(std::ranges::equal(pooled.data(), expected.data(), same));
    }
  }
}

TEST_CASE("winograd gives a picture the same bits in any batch") {
  const ConvParams all =
      ConvShape{.x = {24, 12, 7, 9}, .weight = {20, 3, 3}, .pads = {1, 1, 1, 1}}.params();
  const Tensors tensors(all);
  const ConvAlgorithm winograd = winograd_conv();
  const Results expected = run(winograd, all, tensors);
  for (const std::int64_t image : {0, 11, 23}) {
    ConvParams one = all;
    one.batch = 1;
    const auto picture = [&](const Tensor& batch, std::int64_t size) {
      return batch.data().subspan(static_cast<std::size_t>(image * size),
                                  static_cast<std::size_t>(size));
    };
    const std::int64_t y_size = all.filters * all.out_size();
    const std::int64_t x_size = all.channels * all.in_size();
    std::vector<float> y(static_cast<std::size_t>(y_size), NAN);
    std::vector<float> dx(static_cast<std::size_t>(x_size), NAN);
    const ConvWeights weights{.stored = tensors.weight.data().data(), .prepared = nullptr};
    winograd.forward(one, picture(tensors.x, x_size).data(), weights, {.bias = tensors.bias.data()},
                     y.data());
    winograd.backward_data(one, weights, picture(tensors.dy, y_size).data(), dx.data());
    CHECK(std::equal(y.begin(), y.end(), picture(expected.at("y"), y_size).begin()));
    CHECK(std::equal(dx.begin(), dx.end(), picture(expected.at("dx"), x_size).begin()));
  }
}

TEST_CASE("prepared weights change no bits") {
  for (const ConvShape& shape : kConvShapes) {
    const ConvParams p = shape.params();
    const Tensors t(p);
    const std::span<const float> weight = t.weight.data();
    for (const ConvAlgorithm& algorithm : conv_algorithms()) {
      INFO(algorithm.name << ": " << describe(p));
      const Results expected = run(algorithm, p, t);
      const ForcedAlgorithm forced(algorithm.name);
      if (algorithm.supports(p, ConvPass::kForward)) {
        const auto prepared = prepare_conv(p, ConvPass::kForward, weight);
        Tensor y(t.dy.shape(), NAN);
        conv2d_forward(p, t.x.data(), weight, prepared.get(), t.epilogue(), y.mutable_data());
        CHECK(same_bits(y, expected.at("finished y")));
      }
      if (algorithm.supports(p, ConvPass::kBackwardData)) {
        const auto prepared = prepare_conv(p, ConvPass::kBackwardData, weight);
        Tensor dx(t.x.shape(), NAN);
        conv2d_backward_data(p, weight, t.dy.data(), dx.mutable_data(), prepared.get());
        CHECK(same_bits(dx, expected.at("dx")));
      }
    }
  }
}

TEST_CASE("a clamp bounds what the convolution gives without one") {
  for (const ConvShape& shape : kConvShapes) {
    const ConvParams p = shape.params();
    const Tensors t(p);
    ConvEpilogue clamped = t.epilogue();
    clamped.low = 0.0F;
    clamped.high = 0.25F;
    for (const ConvAlgorithm& algorithm : conv_algorithms()) {
      if (!algorithm.supports(p, ConvPass::kForward)) continue;
      INFO(algorithm.name << ": " << describe(p));
      const ForcedAlgorithm forced(algorithm.name);
      const auto forward = [&](const ConvEpilogue& epilogue) {
        Tensor y(t.dy.shape(), NAN);
        conv2d_forward(p, t.x.data(), t.weight.data(), nullptr, epilogue, y.mutable_data());
        return y;
      };
      Tensor bounded = forward(t.epilogue());
      for (float& value : bounded.mutable_data()) {
        value = value <= 0.0F ? 0.0F : std::min(value, 0.25F);
      }
      CHECK(same_bits(forward(clamped), bounded));
    }
  }
}

TEST_CASE("prepared weights serve any batch and picture size, but no other parameters") {
  ConvParams p =
      ConvShape{.x = {1, 16, 32, 32}, .weight = {24, 3, 3}, .pads = {1, 1, 1, 1}}.params();
  const Tensor weight = random_tensor({24, 16, 3, 3}, 1);
  const auto prepared = prepare_conv(p, ConvPass::kForward, weight.data());
  REQUIRE(prepared != nullptr);
  CHECK(prepared_bytes(*prepared) >= weight.size() * std::int64_t{sizeof(float)});
  p = ConvShape{.x = {3, 16, 5, 7}, .weight = {24, 3, 3}, .pads = {1, 1, 1, 1}}.params();
  const Tensors tensors(p);
  Tensor y(tensors.dy.shape(), NAN);
  conv2d_forward(p, tensors.x.data(), weight.data(), prepared.get(), {}, y.mutable_data());
  Tensor reference(y.shape(), NAN);
  {
    const ForcedAlgorithm forced("reference");
    conv2d_forward(p, tensors.x.data(), weight.data(), {}, reference.mutable_data());
  }
  CHECK(worst(y, reference, Tensor(y.shape(), 100.0F)) <= 1e-5);
  Tensor dx(tensors.x.shape(), NAN);
  CHECK_THROWS_AS(
      conv2d_backward_data(p, weight.data(), tensors.dy.data(), dx.mutable_data(), prepared.get()),
      ArgumentError);
  p.pads = {0, 1, 2, 1};
  CHECK_THROWS_AS(
      conv2d_forward(p, tensors.x.data(), weight.data(), prepared.get(), {}, y.mutable_data()),
      ArgumentError);
}

TEST_CASE("the entry points handle an empty batch and check sizes") {
  const ConvParams none = ConvShape{.x = {0, 2, 4, 4}, .weight = {3, 3, 3}}.params();
  std::vector<float> weight(54, 1.0F);
  std::vector<float> dweight(weight.size(), NAN);
  std::vector<float> dbias(3, NAN);
  conv2d_forward(none, {}, weight, {}, {});
  conv2d_backward_data(none, weight, {}, {});
  conv2d_backward_weights(none, {}, {}, dweight);
  conv2d_backward_bias(none, {}, dbias);
  for (const float value : dweight) CHECK(value == 0.0F);
  for (const float value : dbias) CHECK(value == 0.0F);
  CHECK_THROWS_AS(conv2d_forward(none, weight, weight, {}, {}), ArgumentError);
  CHECK_THROWS_AS(conv2d_backward_data(none, dbias, {}, {}), ArgumentError);
  CHECK_THROWS_AS(conv2d_backward_weights(none, {}, {}, dbias), ArgumentError);
  CHECK_THROWS_AS(conv2d_backward_bias(none, {}, dweight), ArgumentError);
}

TEST_CASE("algorithms are tried in order and can be forced") {
  const auto name = [](const ConvShape& shape, ConvPass pass, bool prepared = false) {
    return select_conv_algorithm(shape.params(), pass, prepared).name;
  };
  constexpr ConvPass kForward = ConvPass::kForward;
  const ConvShape pointwise{.x = {2, 4, 16, 16}, .weight = {8, 1, 1}};
  const ConvShape plain{.x = {2, 4, 16, 16}, .weight = {8, 3, 3}};
  const ConvShape many{.x = {2, 48, 16, 16}, .weight = {48, 3, 3}};
  const ConvShape few{.x = {1, 48, 14, 14}, .weight = {48, 3, 3}};
  const ConvShape narrow{.x = {2, 16, 16, 16}, .weight = {16, 3, 3}};
  const ConvShape strided{.x = {2, 16, 16, 16}, .weight = {16, 3, 3}, .strides = {2, 2}};
  CHECK(conv_algorithms().back().name == "reference");
  CHECK(name(pointwise, kForward) == "packed");
  CHECK(name(pointwise, ConvPass::kBackwardWeights) == "im2col");
  CHECK(name(plain, kForward) == "packed");
  CHECK(name(plain, ConvPass::kBackwardWeights) == "im2col");
  CHECK(name(many, kForward) == "winograd");
  CHECK(name(few, kForward) == "packed");
  CHECK(name(narrow, kForward) == "packed");
  CHECK(name(narrow, ConvPass::kBackwardData) == "winograd");
  CHECK(name(few, kForward, true) == "winograd");
  CHECK(name(strided, kForward) == "packed");
  CHECK(name(strided, ConvPass::kBackwardData) == "phases");
  {
    const ForcedAlgorithm forced("im2col");
    CHECK(name(pointwise, kForward) == "im2col");
    CHECK(name(many, kForward) == "im2col");
  }
  {
    const ForcedAlgorithm forced("winograd");
    CHECK(name(plain, kForward) == "winograd");
    CHECK(name(strided, kForward) == "reference");
  }
  {
    const ForcedAlgorithm forced("packed");
    CHECK(name(many, kForward) == "packed");
    CHECK(name(strided, ConvPass::kBackwardData) == "reference");
  }
  {
    const ForcedAlgorithm forced("winograt");
    CHECK_THROWS_AS(name(plain, kForward), LookupError);
  }
  {
    const ForcedAlgorithm forced("");
    CHECK(name(plain, kForward) == "packed");
  }
}
