/// Pieces that the networks for mobile devices share.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "layers/modules.h"

namespace cameo::zoo {

struct ConvNormOptions {
  std::int64_t channels = 0;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t groups = 1;  ///< the number of channels: a depthwise convolution
  layers::BatchNorm2dOptions norm{};
};

/// A convolution without bias, padded to keep the size at stride 1, and batch normalisation, named
/// "0" and "1".
layers::Sequential conv_norm(const ConvNormOptions& options);

/// Channel numbers are multiples of 8, at most a tenth below `channels`.
std::int64_t multiple_of_8(double channels);

/// x·sigmoid(x) (Ramachandran, Zoph & Le 2017).
class Silu final : public layers::Module {
 public:
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;
};

/// Weighs channels by a function of their means (Hu, Shen & Sun 2018, equations 2 to 4), the
/// fully connected layers written as 1x1 convolutions "fc1" and "fc2".
class SqueezeExcitation final : public layers::Module {
 public:
  template <typename Activation, typename Gate>
  SqueezeExcitation(std::int64_t channels, std::int64_t squeezed, Activation activation, Gate gate)
      : scale_(layers::Sequential()
                   .add("avgpool", layers::GlobalAveragePool())
                   .add("fc1", conv(squeezed))
                   .add("activation", std::move(activation))
                   .add("fc2", conv(channels))
                   .add("scale_activation", std::move(gate))) {}
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  static layers::Conv2d conv(std::int64_t channels);
  layers::Sequential scale_;
};

/// branch(x), or x + branch(x) where `skip`, without an activation behind it (Sandler et al. 2018,
/// section 3.3). The branch lies in the scope `branch_name` of the block.
class InvertedResidual final : public layers::Module {
 public:
  InvertedResidual(std::string branch_name, layers::Sequential branch, bool skip)
      : branch_name_(std::move(branch_name)), branch_(std::move(branch)), skip_(skip) {}
  ValueId build(Builder& builder, std::string_view name, ValueId x) const override;

 private:
  std::string branch_name_;
  layers::Sequential branch_;
  bool skip_;
};

}  // namespace cameo::zoo
