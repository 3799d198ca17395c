#include "explain/activation_maximisation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/elementwise.h"
#include "core/error.h"
#include "core/random.h"
#include "explain/fill.h"
#include "explain/layers.h"
#include "explain/warnings.h"

namespace cameo::explain {

namespace {

/// What is to become large: a class's score, or the mean of a layer's channel.
struct Goal {
  Target target;
  ValueId layer = -1;
  std::optional<std::int64_t> channel{};

  ValueId of() const { return channel ? layer : target.of; }
};

Tensor seed_of(const Tape& tape, const Goal& goal) {
  if (!goal.channel) return seed_for(tape, goal.target);
  Tensor seed(tape.value(goal.layer).shape());
  const std::int64_t area = seed.dim(2) * seed.dim(3);
  std::fill_n(seed.mutable_data().begin() + *goal.channel * area, area,
              1.0F / static_cast<float>(area));
  return seed;
}

/// The picture's rows and columns moved round by so many pixels.
Tensor rolled(const Tensor& picture, std::int64_t down, std::int64_t right) {
  const std::int64_t height = picture.dim(2);
  const std::int64_t width = picture.dim(3);
  Tensor result = Tensor::uninitialized(picture.shape());
  const std::span<float> out = result.mutable_data();
  for (std::int64_t line = 0; line < picture.dim(1) * height; ++line) {
    const std::int64_t plane = line / height * height;
    const std::int64_t row = plane + ((line - plane + down) % height + height) % height;
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t column = ((x + right) % width + width) % width;
      out[static_cast<std::size_t>(row * width + column)] =
          picture.data()[static_cast<std::size_t>(line * width + x)];
    }
  }
  return result;
}

double root_mean_square(const Tensor& values) {
  double total = 0.0;
  for (const float v : values.data()) total += static_cast<double>(v) * v;
  return std::sqrt(total / static_cast<double>(values.size()));
}

/// Half the gradient of the squared differences of neighbours, `pattern` `[1,C,H,W]`.
Tensor roughness_gradient(const Tensor& pattern) {
  const std::int64_t height = pattern.dim(2);
  const std::int64_t width = pattern.dim(3);
  Tensor result(pattern.shape());
  const std::span<float> out = result.mutable_data();
  const auto pull = [&](std::int64_t a, std::int64_t b) {
    const auto i = static_cast<std::size_t>(a);
    const auto j = static_cast<std::size_t>(b);
    const float difference = pattern.data()[i] - pattern.data()[j];
    out[i] += difference;
    out[j] -= difference;
  };
  for (std::int64_t i = 0; i < pattern.size(); ++i) {
    if (i % width + 1 < width) pull(i, i + 1);
    if (i / width % height + 1 < height) pull(i, i + width);
  }
  return result;
}

/// pattern - factor·step, in place.
void take_off(Tensor& pattern, const Tensor& step, double factor) {
  const std::span<float> out = pattern.mutable_data();
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] -= static_cast<float>(factor * static_cast<double>(step.data()[i]));
  }
}

/// The gradient of the goal by the flat picture with the pattern, shifted.
Tensor goal_gradient(const Network& network, const Goal& goal, const Tensor& flat,
                     const Tensor& pattern, std::array<std::int64_t, 2> shift) {
  Tensor shown = rolled(pattern, shift[0], shift[1]);
  add_in_place(shown, flat);
  const ValueId input = network.input();
  const Tape tape = forward(network, shown, {.keep = {goal.of()}, .wrt = {input}});
  const Tensor gradient = tape.backward(goal.of(), seed_of(tape, goal)).at(input);
  return rolled(gradient, -shift[0], -shift[1]);
}

Tensor faint_noise(const Shape& shape, double deviation, std::uint64_t seed) {
  Tensor result(shape);
  Random random({seed, 0});
  for (float& value : result.mutable_data()) {
    value = static_cast<float>(0.1 * deviation) * random.normal();
  }
  return result;
}

}  // namespace

ActivationMaximisation::ActivationMaximisation(ActivationMaximisationOptions options)
    : options_(std::move(options)) {
  const auto share = [](double v) { return v >= 0.0 && v < 1.0; };
  if (options_.steps < 1 || !(options_.rate > 0.0) || options_.jitter < 0 ||
      options_.jitter > 1024 || !(options_.blur >= 0.0 && options_.blur <= 100.0) ||
      !share(options_.decay) || !(options_.variation >= 0.0 && options_.variation <= 0.25)) {
    throw ArgumentError(
        "activation-maximisation: expected at least one step, a positive rate, a jitter of 0 to "
        "1024, a blur of 0 to "
        "100, a decay from 0 to below 1 and a variation of 0 to 0.25");
  }
}

const MethodInfo& ActivationMaximisation::info() const {
  static const MethodInfo info{
      .name = "activation-maximisation",
      .summary = "a pattern made up to raise the score, or a channel, as far as it goes",
      .paper =
          "Erhan, Bengio, Courville & Vincent 2009, Visualizing Higher-Layer Features of a Deep "
          "Network, section 3; Simonyan, Vedaldi & Zisserman 2014, equation 1",
      .kind = MapKind::kPixel,
      .options = {{"layer", "auto", "the layer of the channel"},
                  {"channel", "none", "whose mean is raised; none: the target's score"},
                  {"steps", "200", "of the ascent"},
                  {"rate", "0.05", "length of a step, in the picture's standard deviation"},
                  {"jitter", "4", "pixels of a random shift, each step"},
                  {"blur", "0.5", "of a Gaussian every fourth step, in pixels; 0: none"},
                  {"decay", "0.01", "share of the pattern taken away each step"},
                  {"variation", "0.05", "weight of the squared differences of neighbours, to 0.25"},
                  {"seed", "0", "of the start and the shifts"}},
  };
  return info;
}

void ActivationMaximisation::prepare(const Network& network, const Shape& picture, ValueId of,
                                     Request& /*request*/) const {
  if (!options_.channel) return;
  const std::vector<Shape> shapes = network.infer_shapes(picture);
  const ValueId layer = resolve_layer(network, shapes, of, options_.layer);
  const std::int64_t channels = shapes[static_cast<std::size_t>(layer)][1];
  if (*options_.channel >= 0 && *options_.channel < channels) return;
  throw ArgumentError("activation-maximisation: there is no channel " +
                      std::to_string(*options_.channel) + "; the layer has " +
                      std::to_string(channels) + ", counted from 0");
}

Explanation ActivationMaximisation::explain(const Tape& tape, const Target& target) const {
  constexpr std::int64_t kBlurEvery = 4;
  const Network& network = tape.network();
  const Tensor& picture = tape.value(network.input());
  Goal goal{.target = target, .channel = options_.channel};
  if (goal.channel) goal.layer = resolve_layer(tape, target.of, options_.layer);
  const Tensor flat = fill_picture(picture, Fill::kMean);
  const double spread = root_mean_square(zip(picture, flat, std::minus<>()));
  const double deviation = spread > 0.0 && std::isfinite(spread) ? spread : 1.0;
  Tensor pattern = faint_noise(picture.shape(), deviation, options_.seed);
  for (std::int64_t step = 0; step < options_.steps; ++step) {
    Random random({options_.seed, 1, static_cast<std::uint64_t>(step)});
    const std::int64_t down = random.below(2 * options_.jitter + 1) - options_.jitter;
    const std::int64_t right = random.below(2 * options_.jitter + 1) - options_.jitter;
    const Tensor gradient = goal_gradient(network, goal, flat, pattern, {down, right});
    const double length = root_mean_square(gradient);
    if (length > 0.0) take_off(pattern, gradient, -options_.rate * deviation / length);
    take_off(pattern, pattern, options_.decay);
    take_off(pattern, roughness_gradient(pattern), options_.variation);
    if (options_.blur > 0.0 && step % kBlurEvery == kBlurEvery - 1) {
      pattern = gaussian_blur(pattern, options_.blur);
    }
    if (options_.progress) options_.progress(step + 1, options_.steps);
  }
  Explanation result;
  result.method = info().name;
  result.kind = MapKind::kPixel;
  result.map = pattern.reshaped({picture.dim(1), picture.dim(2), picture.dim(3)});
  result.signed_map = result.map;
  result.layer = goal.channel ? goal.layer : network.input();
  result.target = target;
  result.logit = score_of(tape, target);
  warn_about_map(result);
  return result;
}

}  // namespace cameo::explain
