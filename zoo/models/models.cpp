#include "zoo/models/models.h"

#include <vector>

#include "core/error.h"
#include "core/names.h"
#include "zoo/models/alexnet.h"
#include "zoo/models/densenet.h"
#include "zoo/models/efficientnet.h"
#include "zoo/models/gap.h"
#include "zoo/models/gapnet.h"
#include "zoo/models/googlenet.h"
#include "zoo/models/inception.h"
#include "zoo/models/mnasnet.h"
#include "zoo/models/mobilenet.h"
#include "zoo/models/mobilenet_v3.h"
#include "zoo/models/nin.h"
#include "zoo/models/resnet.h"
#include "zoo/models/resnet_cifar.h"
#include "zoo/models/shufflenet_v2.h"
#include "zoo/models/squeezenet.h"
#include "zoo/models/vgg.h"

namespace cameo::zoo {

namespace {

using Family = std::vector<ModelEntry> (*)();

constexpr Family kFamilies[] = {
    gapnet_models,        nin_models,          alexnet_models,      vgg_models,
    resnet_models,        resnet_cifar_models, squeezenet_models,   googlenet_models,
    inception_models,     densenet_models,     mobilenet_models,    mobilenet_v3_models,
    shufflenet_v2_models, mnasnet_models,      efficientnet_models, gap_models};

const std::vector<ModelEntry>& entries() {
  static const std::vector<ModelEntry> list = [] {
    std::vector<ModelEntry> all;
    for (const Family family : kFamilies) {
      for (ModelEntry& entry : family()) all.push_back(std::move(entry));
    }
    return all;
  }();
  return list;
}

const ModelEntry& entry(std::string_view name) {
  std::vector<std::string> names;
  for (const ModelEntry& candidate : entries()) {
    if (candidate.info.name == name) return candidate;
    names.push_back(candidate.info.name);
  }
  throw LookupError(unknown_name_message("model", name, names));
}

ModelOptions complete(const ModelInfo& info, ModelOptions options) {
  if (options.input_shape.empty()) options.input_shape = info.input_shape;
  if (options.classes == 0) options.classes = info.classes;
  const Shape& shape = options.input_shape;
  if (shape.size() != 3 || shape[0] < 1 || shape[1] < info.minimum_size ||
      shape[2] < info.minimum_size) {
    throw ArgumentError("model " + info.name + " needs an input [C,H,W] of at least " +
                        std::to_string(info.minimum_size) + " pixels a side, got " +
                        to_string(shape));
  }
  if (options.classes < 1) {
    throw ArgumentError("model " + info.name + " needs at least one class, got " +
                        std::to_string(options.classes));
  }
  return options;
}

}  // namespace

std::span<const ModelInfo> model_infos() {
  static const std::vector<ModelInfo> infos = [] {
    std::vector<ModelInfo> list;
    for (const ModelEntry& candidate : entries()) list.push_back(candidate.info);
    return list;
  }();
  return infos;
}

const ModelInfo& model_info(std::string_view name) { return entry(name).info; }

Network make_model(std::string_view name, const ModelOptions& options) {
  const ModelEntry& found = entry(name);
  return found.build(complete(found.info, options));
}

}  // namespace cameo::zoo
