#include "tools/model_input.h"

#include <filesystem>

#include "core/error.h"
#include "zoo/checkpoints/npy.h"

namespace cameo::tools {

ModelInput picture_input(const zoo::Model& model, std::string name, zoo::Image original) {
  zoo::PreparedImage prepared = zoo::apply(model.preprocess, original);
  std::string stem = std::filesystem::path(name).stem().string();
  return {.name = std::move(name),
          .stem = std::move(stem),
          .tensor = std::move(prepared.input),
          .original = std::move(original),
          .shown = std::move(prepared.shown)};
}

ModelInput open_picture(const zoo::Model& model, const std::string& path) {
  return picture_input(model, path, zoo::read_image(path));
}

std::vector<ModelInput> open_array(const zoo::Model& model, const std::string& path) {
  const Tensor array = zoo::read_npy(path);
  const std::int64_t channels = model.network.input_shape()[0];
  if (array.rank() != 4 || array.dim(0) < 1 || (channels > 0 && array.dim(1) != channels)) {
    throw FormatError(path, -1,
                      "expected a float32 array [N," +
                          (channels > 0 ? std::to_string(channels) : std::string("C")) +
                          ",H,W], got " + to_string(array.shape()));
  }
  const std::int64_t size = array.size() / array.dim(0);
  std::vector<ModelInput> inputs;
  for (std::int64_t i = 0; i < array.dim(0); ++i) {
    const std::string name = "input" + std::to_string(i);
    inputs.push_back({.name = name,
                      .stem = name,
                      .tensor = Tensor({1, array.dim(1), array.dim(2), array.dim(3)},
                                       array.data().subspan(static_cast<std::size_t>(i * size),
                                                            static_cast<std::size_t>(size))),
                      .original = {},
                      .shown = {}});
  }
  return inputs;
}

}  // namespace cameo::tools
