#include "zoo/models/inception.h"

#include <memory>

#include "core/ops/concat.h"
#include "layers/modules.h"
#include "zoo/models/basic_conv.h"
#include "zoo/models/transform_input.h"

namespace cameo::zoo {

namespace {

using namespace cameo::layers;

/// Padded to keep the size.
Sequential conv(std::int64_t channels, Extent2d kernel) {
  return basic_conv({.out_channels = channels,
                     .kernel = kernel,
                     .padding = {kernel.height / 2, kernel.width / 2},
                     .weight_initializer = normal(0.1F)});
}

/// Not padded.
Sequential valid_conv(std::int64_t channels, std::int64_t kernel, std::int64_t stride = 1) {
  return basic_conv({.out_channels = channels,
                     .kernel = kernel,
                     .stride = stride,
                     .weight_initializer = normal(0.1F)});
}

MaxPool2d max_pool() { return MaxPool2d({.kernel = 3, .stride = 2}); }

Sequential pool_branch(std::int64_t channels) {
  return Sequential()
      .add("avg_pool", AveragePool2d({.kernel = 3, .stride = 1, .padding = 1}))
      .add("branch_pool", conv(channels, 1));
}

/// Figure 5.
Branches inception_a(std::int64_t pool_channels) {
  return Branches()
      .add("branch1x1", conv(64, 1))
      .add("", Sequential().add("branch5x5_1", conv(48, 1)).add("branch5x5_2", conv(64, 5)))
      .add("", Sequential()
                   .add("branch3x3dbl_1", conv(64, 1))
                   .add("branch3x3dbl_2", conv(96, 3))
                   .add("branch3x3dbl_3", conv(96, 3)))
      .add("", pool_branch(pool_channels));
}

/// Figure 10: halves the size.
Branches inception_b() {
  return Branches()
      .add("branch3x3", valid_conv(384, 3, 2))
      .add("", Sequential()
                   .add("branch3x3dbl_1", conv(64, 1))
                   .add("branch3x3dbl_2", conv(96, 3))
                   .add("branch3x3dbl_3", valid_conv(96, 3, 2)))
      .add("max_pool", max_pool());
}

/// Figure 6.
Branches inception_c(std::int64_t channels) {
  return Branches()
      .add("branch1x1", conv(192, 1))
      .add("", Sequential()
                   .add("branch7x7_1", conv(channels, 1))
                   .add("branch7x7_2", conv(channels, {1, 7}))
                   .add("branch7x7_3", conv(192, {7, 1})))
      .add("", Sequential()
                   .add("branch7x7dbl_1", conv(channels, 1))
                   .add("branch7x7dbl_2", conv(channels, {7, 1}))
                   .add("branch7x7dbl_3", conv(channels, {1, 7}))
                   .add("branch7x7dbl_4", conv(channels, {7, 1}))
                   .add("branch7x7dbl_5", conv(192, {1, 7})))
      .add("", pool_branch(192));
}

/// Halves the size.
Branches inception_d() {
  return Branches()
      .add("",
           Sequential().add("branch3x3_1", conv(192, 1)).add("branch3x3_2", valid_conv(320, 3, 2)))
      .add("", Sequential()
                   .add("branch7x7x3_1", conv(192, 1))
                   .add("branch7x7x3_2", conv(192, {1, 7}))
                   .add("branch7x7x3_3", conv(192, {7, 1}))
                   .add("branch7x7x3_4", valid_conv(192, 3, 2)))
      .add("max_pool", max_pool());
}

/// A 1x3 and a 3x1 convolution side by side, PREFIXa and PREFIXb, and their concatenation.
class Split3x3 final : public Module {
 public:
  Split3x3(std::string prefix, std::string concat)
      : prefix_(std::move(prefix)), concat_(std::move(concat)) {}

  ValueId build(Builder& builder, std::string_view name, ValueId x) const override {
    const Builder::Scope scope = builder.scope(name);
    const ValueId wide = conv(384, {1, 3}).build(builder, prefix_ + "a", x);
    const ValueId tall = conv(384, {3, 1}).build(builder, prefix_ + "b", x);
    return builder.apply(concat_, std::make_shared<ops::Concat>(), {wide, tall});
  }

 private:
  std::string prefix_;
  std::string concat_;
};

/// Figure 7.
Branches inception_e() {
  return Branches()
      .add("branch1x1", conv(320, 1))
      .add("", Sequential()
                   .add("branch3x3_1", conv(384, 1))
                   .add("", Split3x3("branch3x3_2", "branch3x3")))
      .add("", Sequential()
                   .add("branch3x3dbl_1", conv(448, 1))
                   .add("branch3x3dbl_2", conv(384, 3))
                   .add("", Split3x3("branch3x3dbl_3", "branch3x3dbl")))
      .add("", pool_branch(192));
}

}  // namespace

Network inception_v3(const ModelOptions& options) {
  return build_network(Sequential()
                           .add("transform_input", TransformInput())
                           .add("Conv2d_1a_3x3", valid_conv(32, 3, 2))
                           .add("Conv2d_2a_3x3", valid_conv(32, 3))
                           .add("Conv2d_2b_3x3", conv(64, 3))
                           .add("maxpool1", max_pool())
                           .add("Conv2d_3b_1x1", conv(80, 1))
                           .add("Conv2d_4a_3x3", valid_conv(192, 3))
                           .add("maxpool2", max_pool())
                           .add("Mixed_5b", inception_a(32))
                           .add("Mixed_5c", inception_a(64))
                           .add("Mixed_5d", inception_a(64))
                           .add("Mixed_6a", inception_b())
                           .add("Mixed_6b", inception_c(128))
                           .add("Mixed_6c", inception_c(160))
                           .add("Mixed_6d", inception_c(160))
                           .add("Mixed_6e", inception_c(192))
                           .add("Mixed_7a", inception_d())
                           .add("Mixed_7b", inception_e())
                           .add("Mixed_7c", inception_e())
                           .add("avgpool", GlobalAveragePool())
                           .add("dropout", Dropout(0.5F))
                           .add("flatten", Flatten())
                           .add("fc", normal_linear(2048, options.classes, 0.1F)),
                       options);
}

std::vector<ModelEntry> inception_models() {
  ModelInfo info = imagenet_info(
      "inception_v3", "factorised convolutions in Inception modules (Szegedy et al. 2016)", 75,
      {pytorch_checkpoint("inception_v3_google-0cc3c7bd.pth", 77.294),
       pytorch_checkpoint("inception_v3_google-1a9a5a14.pth", 77.294)});
  info.input_shape = {3, 299, 299};
  return {{std::move(info), inception_v3}};
}

}  // namespace cameo::zoo
