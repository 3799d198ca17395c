#include "zoo/datasets/class_names.h"

namespace cameo::zoo {

const std::vector<std::string>& cifar10_class_names() {
  static const std::vector<std::string> kNames = {
      "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
  return kNames;
}

const std::vector<std::string>& fashion_mnist_class_names() {
  static const std::vector<std::string> kNames = {"T-shirt/top", "trouser",   "pullover", "dress",
                                                  "coat",        "sandal",    "shirt",    "sneaker",
                                                  "bag",         "ankle boot"};
  return kNames;
}

}  // namespace cameo::zoo
