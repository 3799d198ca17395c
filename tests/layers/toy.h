/// A small problem and networks that solve it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/network.h"
#include "core/random.h"
#include "layers/dataset.h"
#include "layers/modules.h"

namespace toy {

/// Noisy pictures [1,6,6]; class k of 3 has bright rows 2k and 2k+1.
class Stripes : public cameo::Dataset {
 public:
  explicit Stripes(std::size_t size, std::vector<std::string> names = {"top", "middle", "bottom"})
      : size_(size), names_(std::move(names)) {}

  std::size_t size() const override { return size_; }
  cameo::Shape image_shape() const override { return {1, 6, 6}; }
  const std::vector<std::string>& class_names() const override { return names_; }
  int label(std::size_t index) const override { return static_cast<int>(index % 3); }
  cameo::Batch batch(std::span<const std::size_t> indices) const override {
    cameo::Batch batch{
        .images = cameo::Tensor({static_cast<std::int64_t>(indices.size()), 1, 6, 6}),
        .labels = {}};
    float* pixel = batch.images.mutable_data().data();
    for (const std::size_t index : indices) {
      if (index == broken) throw std::runtime_error("picture " + std::to_string(index));
      batch.labels.push_back(label(index));
      cameo::Random random({7, index});
      for (int i = 0; i < 36; ++i) {
        const bool bright = i / 12 == label(index);
        *pixel++ = index == not_a_number ? std::numeric_limits<float>::quiet_NaN()
                                         : (bright ? 0.8F : 0.2F) + random.uniform(-0.2F, 0.2F);
      }
    }
    return batch;
  }

  static constexpr std::size_t kNone = SIZE_MAX;
  std::size_t broken = kNone;        ///< reading this picture throws
  std::size_t not_a_number = kNone;  ///< this picture is NaN throughout

 private:
  std::size_t size_;
  std::vector<std::string> names_;
};

inline cameo::Network build(const cameo::layers::Module& module, std::uint64_t seed = 1) {
  cameo::Builder builder(seed);
  const cameo::ValueId input = builder.input("input", {1, 6, 6});
  const cameo::ValueId output = module.build(builder, "", input);
  return std::move(builder).finish(output);
}

/// Convolution, batch norm, dropout: one of everything that training treats specially.
inline cameo::Network conv_network() {
  using namespace cameo::layers;
  return build(Sequential(Conv2d({.out_channels = 4, .kernel = 3, .padding = 1}), BatchNorm2d(),
                          Relu(), MaxPool2d(), Dropout(0.2F), Flatten(),
                          Linear({.out_features = 3})));
}

inline cameo::Network linear_network() {
  using namespace cameo::layers;
  return build(Sequential(Flatten(), Linear({.out_features = 3})));
}

inline bool same_bits(const cameo::Tensor& a, const cameo::Tensor& b) {
  return a.shape() == b.shape() &&
         std::equal(a.data().begin(), a.data().end(), b.data().begin(), [](float x, float y) {
           return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
         });
}

}  // namespace toy
