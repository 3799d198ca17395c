#include "tools/sample.h"

#include <algorithm>
#include <utility>

namespace cameo::tools {

std::vector<std::int64_t> matching_classes(const zoo::Model& model,
                                           const std::vector<std::string>& names) {
  std::vector<std::int64_t> classes;
  const bool nameless =
      model.class_names.empty() && zoo::class_count(model.network) == std::ssize(names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = std::find(model.class_names.begin(), model.class_names.end(), names[i]);
    const bool known = found != model.class_names.end();
    classes.push_back(known      ? found - model.class_names.begin()
                      : nameless ? static_cast<std::int64_t>(i)
                                 : -1);
  }
  return classes;
}

Sample prepare_sample(const zoo::Model& model, zoo::AnnotatedPicture picture,
                      const std::vector<std::int64_t>& classes) {
  const auto class_of = [&](int label) {
    return label < 0 ? -1 : classes.at(static_cast<std::size_t>(label));
  };
  Sample sample{.label = class_of(picture.label),
                .objects = zoo::place_objects(model.preprocess, picture)};
  for (zoo::PlacedObject& object : sample.objects) {
    object.label = static_cast<int>(class_of(object.label));
  }
  sample.input = picture_input(model, std::move(picture.name), std::move(picture.image));
  return sample;
}

explain::Truth truth_of(const Sample& sample, std::int64_t index) {
  explain::Truth truth;
  Tensor mask({sample.input.tensor.dim(2), sample.input.tensor.dim(3)});
  bool masked = true;
  for (const zoo::PlacedObject& object : sample.objects) {
    if (object.label != index) continue;
    truth.boxes.push_back(
        {.left = object.left, .top = object.top, .right = object.right, .bottom = object.bottom});
    masked = masked && !object.mask.empty();
    for (std::size_t i = 0; i < object.mask.size(); ++i) {
      if (object.mask[i] != 0) mask.mutable_data()[i] = 1.0F;
    }
  }
  if (masked && !truth.boxes.empty()) truth.mask = std::move(mask);
  return truth;
}

}  // namespace cameo::tools
