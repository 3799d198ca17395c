#include "zoo/models/models.h"

#include <array>
#include <vector>

#include "core/error.h"
#include "core/names.h"
#include "zoo/models/gapnet.h"
#include "zoo/models/nin.h"

namespace cameo::zoo {

namespace {

struct Entry {
  ModelInfo info;
  Network (*build)(const ModelOptions&);
};

const std::array<Entry, 3>& entries() {
  static const std::array<Entry, 3> list{{
      {{.name = "gapnet",
        .description =
            "convolutions, batch normalisation, GAP and one linear layer, as CAM wants it "
            "(Zhou et al. 2016)",
        .input_shape = {3, 64, 64},
        .classes = 10,
        .minimum_size = 4,
        .weights = "built in: Scenes"},
       gapnet},
      {{.name = "nin_small",
        .description =
            "three small mlpconv blocks with batch normalisation; GAP of the class maps is "
            "the score",
        .input_shape = {3, 64, 64},
        .classes = 10,
        .minimum_size = 4,
        .weights = ""},
       nin_small},
      {{.name = "nin_cifar",
        .description = "Network in Network for CIFAR-10 with its dropout (Lin, Chen & Yan 2014)",
        .input_shape = {3, 32, 32},
        .classes = 10,
        .minimum_size = 4,
        .weights = ""},
       nin_cifar},
  }};
  return list;
}

const Entry& entry(std::string_view name) {
  std::vector<std::string> names;
  for (const Entry& candidate : entries()) {
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
    for (const Entry& candidate : entries()) list.push_back(candidate.info);
    return list;
  }();
  return infos;
}

const ModelInfo& model_info(std::string_view name) { return entry(name).info; }

Network make_model(std::string_view name, const ModelOptions& options) {
  const Entry& found = entry(name);
  return found.build(complete(found.info, options));
}

}  // namespace cameo::zoo
