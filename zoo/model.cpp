#include "zoo/model.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "zoo/checkpoints/safetensors.h"
#include "zoo/datasets/class_names.h"
#include "zoo/graph.h"

extern "C" {
// zoo/embedded.S
extern const unsigned char cameo_pretrained_begin[];
extern const unsigned char cameo_pretrained_end[];
}

namespace cameo::zoo {

namespace {

using nlohmann::json;

constexpr const char* kMetadataKey = "cameo.model";
constexpr int kFormat = 1;

bool in_zoo(std::string_view architecture) {
  const std::span<const ModelInfo> infos = model_infos();
  return std::any_of(infos.begin(), infos.end(),
                     [&](const ModelInfo& info) { return info.name == architecture; });
}

std::string metadata_text(const Model& model) {
  const Network& network = model.network;
  json description{{"format", kFormat},
                   {"architecture", model.architecture},
                   {"class_names", model.class_names},
                   {"preprocess", json::parse(to_json(model.preprocess))}};
  if (in_zoo(model.architecture)) {
    description["input"] = network.input_shape();
    description["classes"] = class_count(network);
  } else {
    static_cast<void>(class_count(network));  // what does not take one picture could not be read
    description["graph"] = json::parse(graph_to_json(network));
  }
  try {
    return description.dump();
  } catch (const json::exception&) {
    throw ArgumentError("the name of the model or of one of its classes is not UTF-8");
  }
}

/// Nothing is allocated by a description alone: the sizes that decide a network's memory must be
/// extents of the tensors that came with it, whose bytes are there.
void check_sizes(const ModelOptions& options, const StateDict& tensors) {
  constexpr std::int64_t kMostSide = 16384;
  const auto is_extent = [&](std::int64_t size) {
    return std::any_of(tensors.begin(), tensors.end(), [&](const auto& entry) {
      const Shape& shape = entry.second.shape();
      return element_count(shape) > 0 && std::find(shape.begin(), shape.end(), size) != shape.end();
    });
  };
  const Shape& input = options.input_shape;
  if (input.size() != 3 || !is_extent(input[0]) || std::max(input[1], input[2]) > kMostSide) {
    throw ArgumentError("its input " + to_string(input) + " does not fit its weights");
  }
  if (options.classes < 1 || !is_extent(options.classes)) {
    throw ArgumentError("its " + std::to_string(options.classes) +
                        " classes do not fit its weights");
  }
}

/// An architecture of the zoo, its parameters indeterminate.
Model named_model(const json& description, const StateDict& tensors) {
  const ModelOptions options{.input_shape = description.at("input").get<Shape>(),
                             .classes = description.at("classes").get<std::int64_t>(),
                             .seed = std::nullopt};
  check_sizes(options, tensors);
  return create_model(description.at("architecture").get<std::string>(), options);
}

/// A network of its own.
Model graph_model(const json& description, const StateDict& tensors) {
  return {.architecture = description.at("architecture").get<std::string>(),
          .network = graph_from_json(description.at("graph").dump(), tensors),
          .class_names = {},
          .preprocess = {}};
}

Model described_model(const json& description, const StateDict& tensors, const std::string& name) {
  if (description.at("format").get<int>() != kFormat) {
    throw ArgumentError("was written by a newer version of cameo");
  }
  Model model = description.contains("graph") ? graph_model(description, tensors)
                                              : named_model(description, tensors);
  model.class_names = description.at("class_names").get<std::vector<std::string>>();
  const std::int64_t classes = class_count(model.network);
  if (!model.class_names.empty() &&
      static_cast<std::int64_t>(model.class_names.size()) != classes) {
    throw ArgumentError("has " + std::to_string(model.class_names.size()) + " class names for " +
                        std::to_string(classes) + " classes");
  }
  model.preprocess = preprocess_from_json(description.at("preprocess").dump(), name);
  return model;
}

/// The model that a checkpoint describes; its parameters may still be indeterminate.
Model empty_model(const Checkpoint& checkpoint, const std::string& name) {
  const auto found = checkpoint.metadata.find(kMetadataKey);
  if (found == checkpoint.metadata.end()) {
    throw FormatError(
        name, -1,
        "holds weights but does not say of which architecture; name it, as in --model "
        "gapnet --weights FILE");
  }
  try {
    return described_model(json::parse(found->second), checkpoint.tensors, name);
  } catch (const json::exception& error) {
    throw FormatError(name, -1,
                      std::string("its description of the model is damaged: ") + error.what());
  } catch (const FormatError&) {
    throw;
  } catch (const Error& error) {
    throw FormatError(name, -1, error.what());
  }
}

Model model_from(const Checkpoint& checkpoint, const std::string& name) {
  Model model = empty_model(checkpoint, name);
  const LoadReport report = load_state_dict(model.network, checkpoint.tensors);
  if (!report.complete()) {
    throw FormatError(
        name, -1, "does not fit its architecture " + model.architecture + ": " + report.summary());
  }
  return model;
}

std::string first_few(const char* what, const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 5;
  if (names.empty()) return {};
  std::string text = std::to_string(names.size()) + " " + what + " (";
  for (std::size_t i = 0; i < std::min(kMost, names.size()); ++i) {
    text += (i > 0 ? ", " : "") + names[i];
  }
  return text + (names.size() > kMost ? ", …)" : ")");
}

}  // namespace

Model create_model(std::string_view architecture, const ModelOptions& options) {
  const ModelInfo& info = model_info(architecture);
  Network network = make_model(architecture, options);
  const Preprocess preprocess = usual_preprocess(info, network.input_shape());
  const bool usual_classes = options.classes == 0 || options.classes == info.classes;
  return {.architecture = std::string(architecture),
          .network = std::move(network),
          .class_names = usual_classes && !info.class_names.empty()
                             ? known_class_names(info.class_names)
                             : std::vector<std::string>{},
          .preprocess = preprocess};
}

Preprocess usual_preprocess(const ModelInfo& info, const Shape& input_shape,
                            std::string_view weights_file) {
  Preprocess preprocess =
      preprocess_preset(info.preprocess, {.height = input_shape.at(1), .width = input_shape.at(2)});
  const bool usual_size =
      std::equal(input_shape.begin() + 1, input_shape.end(), info.input_shape.begin() + 1);
  if (!usual_size) {
    preprocess.resize_short = preprocess.crop = 0;
    preprocess.resize_height = input_shape[1];
    preprocess.resize_width = input_shape[2];
  }
  preprocess.channels = input_shape[0];
  for (const PublicCheckpoint& checkpoint : info.checkpoints) {
    if (usual_size && checkpoint.file == weights_file && checkpoint.resize > 0) {
      preprocess.resize_short = checkpoint.resize;
    }
  }
  return preprocess;
}

std::int64_t class_count(const Network& network) {
  Shape picture = network.input_shape();
  picture.insert(picture.begin(), 1);
  const Shape output = network.infer_shapes(picture)[static_cast<std::size_t>(network.output())];
  return output.size() < 2 ? 0 : output[1];
}

StateDict state_dict(const Network& network) {
  StateDict state;
  for (const ValueId id : network.parameters()) {
    state[network.node(id).name] = network.node(id).parameter;
  }
  return state;
}

std::string LoadReport::summary() const {
  std::string text;
  for (const std::string& part :
       {first_few("missing", missing), first_few("unexpected", unexpected),
        first_few("misshapen", misshapen)}) {
    if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
  }
  return text;
}

LoadReport load_state_dict(Network& network, const StateDict& state, bool allow_partial) {
  LoadReport report;
  std::vector<std::pair<ValueId, Tensor>> fitting;
  for (const ValueId id : network.parameters()) {
    const Node& node = network.node(id);
    const auto found = state.find(node.name);
    if (found == state.end()) {
      report.missing.push_back(node.name);
    } else if (found->second.shape() != node.parameter.shape()) {
      report.misshapen.push_back(node.name + ": expected " + to_string(node.parameter.shape()) +
                                 ", got " + to_string(found->second.shape()));
    } else {
      fitting.emplace_back(id, found->second);
    }
  }
  for (const auto& [name, tensor] : state) {
    if (!network.contains(name)) report.unexpected.push_back(name);
  }
  if (!report.complete() && !allow_partial) return report;
  for (auto& [id, tensor] : fitting) network.set_parameter(id, std::move(tensor));
  return report;
}

void save_model(const std::filesystem::path& path, const Model& model) {
  write_safetensors(path, state_dict(model.network), {{kMetadataKey, metadata_text(model)}});
}

Model load_model(const std::filesystem::path& path) {
  return model_from(read_safetensors(path), path.string());
}

Model decode_model(ByteView bytes, std::string_view name) {
  return model_from(decode_safetensors(bytes, name), std::string(name));
}

Model pretrained_model() {
  const ByteView bytes(cameo_pretrained_begin, cameo_pretrained_end);
  return decode_model(bytes, "the built-in model");
}

}  // namespace cameo::zoo
