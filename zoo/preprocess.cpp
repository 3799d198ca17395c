#include "zoo/preprocess.h"

#include <cmath>

#include "core/error.h"
#include "core/names.h"
#include "core/parallel.h"

namespace cameo::zoo {

namespace {

constexpr std::array kImagenetMean = {0.485F, 0.456F, 0.406F};
constexpr std::array kImagenetStd = {0.229F, 0.224F, 0.225F};
constexpr std::array kCaffeMean = {104.0F, 117.0F, 123.0F};
constexpr std::int64_t kMaxSize = 1 << 20;

Preprocess short_and_crop(InputSize input) {
  const std::int64_t side = input.height > 0 ? input.height : 224;
  return {.resize_short = side <= 256 ? 256 : (side * 8 + 3) / 7, .crop = side};
}

Preprocess exact(InputSize input, std::int64_t otherwise) {
  return {.resize_width = input.width > 0 ? input.width : otherwise,
          .resize_height = input.height > 0 ? input.height : otherwise};
}

Preprocess with_imagenet_values(Preprocess preprocess) {
  preprocess.mean = kImagenetMean;
  preprocess.std = kImagenetStd;
  return preprocess;
}

Preprocess imagenet(InputSize input) { return with_imagenet_values(short_and_crop(input)); }

Preprocess imagenet_bicubic(InputSize input) {
  Preprocess preprocess = imagenet(input);
  preprocess.filter = ResizeFilter::kBicubic;
  return preprocess;
}

Preprocess caffe(InputSize input) {
  Preprocess preprocess = short_and_crop(input);
  preprocess.bgr = true;
  preprocess.range = 255.0F;
  preprocess.mean = kCaffeMean;
  return preprocess;
}

struct Preset {
  std::string_view name;
  Preprocess (*make)(InputSize);
};

constexpr std::array kPresets = {
    Preset{"imagenet", imagenet},
    Preset{"imagenet-bicubic", imagenet_bicubic},
    Preset{"imagenet-full",
           [](InputSize input) { return with_imagenet_values(exact(input, 224)); }},
    Preset{"caffe", caffe},
    Preset{"cifar10", [](InputSize input) { return with_imagenet_values(exact(input, 32)); }},
    Preset{"unit", [](InputSize input) { return exact(input, 0); }},
    Preset{"none", [](InputSize) { return Preprocess{.range = 255.0F}; }}};

/// Where each of the network's channels comes from; RGB and grey sources alike.
std::int64_t source_channel(const Preprocess& preprocess, std::int64_t channel,
                            std::int64_t source_channels) {
  if (source_channels == 1) return 0;
  return preprocess.bgr ? 2 - channel : channel;
}

float luminance(float red, float green, float blue) {
  return (19595.0F * red + 38470.0F * green + 7471.0F * blue) / 65536.0F;
}

std::uint8_t luminance_level(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >>
                                   16);
}

Image to_grey(Image image) {
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    std::uint8_t* const pixel = image.pixels.data() + i;
    pixel[0] = pixel[1] = pixel[2] = luminance_level(pixel);
  }
  return image;
}

Image resize_as_asked(const Preprocess& preprocess, const Image& image) {
  if (preprocess.resize_short > 0) {
    return resize_short_side(image, preprocess.resize_short, preprocess.filter);
  }
  if (preprocess.resize_width == 0) return image;
  return resize(image, preprocess.resize_width, preprocess.resize_height, preprocess.filter);
}

}  // namespace

Preprocess preprocess_preset(std::string_view name, InputSize input) {
  for (const Preset& preset : kPresets) {
    if (preset.name == name) return preset.make(input);
  }
  throw LookupError(unknown_name_message("preprocessing", name, preprocess_names()));
}

const std::vector<std::string>& preprocess_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    list.reserve(kPresets.size());
    for (const Preset& preset : kPresets) list.emplace_back(preset.name);
    return list;
  }();
  return names;
}

void check(const Preprocess& preprocess) {
  const auto fail = [](const std::string& what) { throw ArgumentError("preprocessing: " + what); };
  for (const std::int64_t size : {preprocess.resize_short, preprocess.resize_width,
                                  preprocess.resize_height, preprocess.crop}) {
    if (size < 0 || size > kMaxSize) fail("a size of " + std::to_string(size) + " pixels");
  }
  if ((preprocess.resize_width > 0) != (preprocess.resize_height > 0)) {
    fail("an exact size needs both width and height");
  }
  if (preprocess.resize_short > 0 && preprocess.resize_width > 0) {
    fail("either the short side or both sides are resized, not both");
  }
  if (preprocess.channels != 1 && preprocess.channels != 3) {
    fail(std::to_string(preprocess.channels) + " channels; 1 or 3 were expected");
  }
  if (!std::isfinite(preprocess.range) || preprocess.range <= 0.0F) {
    fail("the range must be above 0");
  }
  for (std::size_t c = 0; c < 3; ++c) {
    if (!std::isfinite(preprocess.mean[c]) || !std::isfinite(preprocess.std[c]) ||
        preprocess.std[c] <= 0.0F) {
      fail("mean must be finite and std above 0");
    }
  }
}

Image resize_and_crop(const Preprocess& preprocess, const Image& image) {
  check(preprocess);
  Image result = resize_as_asked(preprocess, image);
  if (preprocess.crop > 0) result = center_crop(result, preprocess.crop, preprocess.crop);
  return preprocess.channels == 1 ? to_grey(std::move(result)) : result;
}

PreparedImage apply(const Preprocess& preprocess, const Image& image) {
  PreparedImage prepared;
  prepared.shown = resize_and_crop(preprocess, image);
  Tensor values = to_tensor(prepared.shown);
  if (preprocess.channels == 1) {
    // All three channels are the luminance by now, rounded as the picture shows it.
    const std::span<const float> red =
        values.data().first(static_cast<std::size_t>(values.size() / 3));
    values = Tensor({1, 1, prepared.shown.height, prepared.shown.width}, red);
  }
  prepared.input = normalize(preprocess, values);
  return prepared;
}

Tensor normalize(const Preprocess& preprocess, const Tensor& batch) {
  check(preprocess);
  if (batch.rank() != 4 || (batch.dim(1) != 1 && batch.dim(1) != 3)) {
    throw ShapeError("normalize: [N,3,H,W] or [N,1,H,W] was expected, not " +
                     to_string(batch.shape()));
  }
  const std::int64_t source_channels = batch.dim(1);
  const std::int64_t channels = preprocess.channels;
  const std::int64_t plane = batch.dim(2) * batch.dim(3);
  Tensor result = Tensor::uninitialized({batch.dim(0), channels, batch.dim(2), batch.dim(3)});
  const float* const source = batch.data().data();
  float* const target = result.mutable_data().data();
  parallel_for(batch.dim(0) * channels, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t channel = i % channels;
      const float* const picture = source + i / channels * source_channels * plane;
      const float* const in =
          picture + source_channel(preprocess, channel, source_channels) * plane;
      const bool to_luminance = channels == 1 && source_channels == 3;
      const float mean = preprocess.mean[static_cast<std::size_t>(channel)];
      const float std = preprocess.std[static_cast<std::size_t>(channel)];
      for (std::int64_t k = 0; k < plane; ++k) {
        const float value = to_luminance
                                ? luminance(picture[k], picture[plane + k], picture[2 * plane + k])
                                : in[k];
        target[i * plane + k] = (value * preprocess.range - mean) / std;
      }
    }
  });
  return result;
}

}  // namespace cameo::zoo
