/// Class names of well-known data sets, in index order.
#pragma once

#include <string>
#include <vector>

namespace cameo::zoo {

const std::vector<std::string>& cifar10_class_names();
const std::vector<std::string>& fashion_mnist_class_names();

}  // namespace cameo::zoo
