/// Annotated pictures as a model takes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "explain/metrics/metric.h"
#include "tools/model_input.h"
#include "zoo/datasets/annotations/annotated_pictures.h"
#include "zoo/model.h"

namespace cameo::tools {

/// The model's class for each of a data set's; -1 where there is none of that name.
std::vector<std::int64_t> matching_classes(const zoo::Model& model,
                                           const std::vector<std::string>& names);

/// A picture as the network takes it, labels being the model's classes.
struct Sample {
  ModelInput input;
  std::int64_t label = -1;                 ///< -1: unknown, or none of the model's
  std::vector<zoo::PlacedObject> objects;  ///< likewise
};

/// `classes` are matching_classes(). Throws what preprocessing throws.
Sample prepare_sample(const zoo::Model& model, zoo::AnnotatedPicture picture,
                      const std::vector<std::int64_t>& classes);

/// Where the class is; its mask where every object of it has one.
explain::Truth truth_of(const Sample& sample, std::int64_t index);

}  // namespace cameo::tools
