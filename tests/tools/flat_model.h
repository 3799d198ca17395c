/// A model that not every method can explain.
#pragma once

#include <utility>

#include "layers/builder.h"
#include "layers/modules.h"
#include "tests/tools/workspace.h"

namespace cameo::tools {

/// For pictures like those of a Workspace, with its classes and a linear layer that reads every
/// place of the features, which CAM cannot explain.
inline zoo::Model flat_model() {
  zoo::Model model =
      zoo::create_model("gapnet", {.input_shape = {3, 32, 32}, .classes = 4, .seed = 3});
  Builder builder(3);
  const ValueId output = layers::Sequential(layers::Conv2d({.out_channels = 6}), layers::Relu(),
                                            layers::MaxPool2d({.kernel = 4}), layers::Flatten(),
                                            layers::Linear({.out_features = 4}))
                             .build(builder, "layers", builder.input("input", {3, 32, 32}));
  model.network = std::move(builder).finish(output);
  model.architecture = "flat";
  model.class_names = workspace_classes();
  return model;
}

}  // namespace cameo::tools
