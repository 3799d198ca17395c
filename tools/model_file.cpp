#include "tools/model_file.h"

#include <filesystem>

#include "core/error.h"
#include "zoo/checkpoint_hash.h"
#include "zoo/checkpoints/checkpoint.h"
#include "zoo/datasets/class_names.h"
#include "zoo/files.h"
#include "zoo/models/adapt_state_dict.h"
#ifdef CAMEO_WITH_ONNX
#include "zoo/onnx/onnx.h"
#endif

namespace cameo::tools {

namespace {

constexpr const char* kModelKey = "cameo.model";

#ifdef CAMEO_WITH_ONNX
Network read_onnx_network(const std::string& path) { return zoo::read_onnx(path); }
zoo::StateDict read_onnx_tensors(const std::string& path) { return zoo::read_onnx_tensors(path); }
#else
[[noreturn]] void refuse_onnx(const std::string& path) {
  throw ArgumentError(path + " is an ONNX model, which this build of cameo was made without");
}
Network read_onnx_network(const std::string& path) { refuse_onnx(path); }
zoo::StateDict read_onnx_tensors(const std::string& path) { refuse_onnx(path); }
#endif

/// A ModelProto has no magic number; its first field is nearly always the version, 08 xx. A
/// safetensors header, which may begin so too, opens with a brace in its ninth byte.
bool is_onnx(const std::string& path) {
  constexpr std::size_t kBrace = 8;
  const zoo::MappedFile file(path);
  const zoo::ByteView bytes = file.bytes();
  if (bytes.size() > kBrace && bytes[kBrace] == '{') return false;
  return path.ends_with(".onnx") || bytes[0] == 0x08;
}

bool is_saved_model(const std::string& path) {
  return zoo::list_checkpoint(path).metadata.count(kModelKey) > 0;
}

zoo::Model read_onnx_model(const std::string& path, const GlobalOptions& globals) {
  zoo::Model model{.architecture = std::filesystem::path(path).filename().string(),
                   .network = read_onnx_network(path),
                   .class_names = {},
                   .preprocess = {}};
  const Shape& input = model.network.input_shape();
  const bool imagenet = zoo::class_count(model.network) == 1000 && input.at(0) == 3;
  const char* preset = imagenet ? "imagenet" : "unit";
  model.preprocess = zoo::preprocess_preset(preset, {.height = input.at(1), .width = input.at(2)});
  model.preprocess.channels = input.at(0);
  if (imagenet) model.class_names = zoo::imagenet_class_names();
  say(globals, "cameo: an ONNX model does not tell its preprocessing; taking " +
                   std::string(preset) + " (--preprocess says otherwise)");
  return model;
}

/// The extent that a checkpoint gives to the network's last parameter, the classifier's bias; 0
/// where it does not tell.
std::int64_t classes_of(const Network& network, const zoo::StateDict& tensors) {
  const auto found = tensors.find(network.node(network.parameters().back()).name);
  return found == tensors.end() || found->second.rank() != 1 ? 0 : found->second.dim(0);
}

zoo::StateDict read_weights(const std::string& architecture, const WeightsChoice& weights,
                            const GlobalOptions& globals) {
  const std::string warning = zoo::check_checkpoint_name(weights.file);
  if (!warning.empty()) say(globals, "cameo: " + warning);
  return zoo::adapt_state_dict(architecture, zoo::read_checkpoint(weights.file).tensors);
}

void set_weights(zoo::Model& model, const zoo::StateDict& tensors, const WeightsChoice& weights,
                 const GlobalOptions& globals) {
  const zoo::LoadReport report =
      zoo::load_state_dict(model.network, tensors, weights.allow_partial);
  if (report.complete()) return;
  const std::string text =
      weights.file + " does not fit " + model.architecture + ": " + report.summary();
  if (!weights.allow_partial) throw ArgumentError(text + "; --allow-partial loads what fits");
  say(globals, "cameo: " + text);
}

/// Initial parameters are needed only where the checkpoint may leave some.
zoo::ModelOptions options_for(const WeightsChoice& weights, std::int64_t classes) {
  zoo::ModelOptions options{.input_shape = {}, .classes = classes, .seed = std::nullopt};
  if (weights.allow_partial) options.seed = 0;
  return options;
}

}  // namespace

bool names_a_file(const std::string& model) {
  return model.find('/') != std::string::npos || model.ends_with(".safetensors") ||
         model.ends_with(".onnx") || std::filesystem::exists(model);
}

bool is_whole_model(const std::string& path) { return is_onnx(path) || is_saved_model(path); }

zoo::Model read_model_file(const std::string& path, const GlobalOptions& globals) {
  if (is_onnx(path)) return read_onnx_model(path, globals);
  if (is_saved_model(path)) return zoo::load_model(path);
  throw ArgumentError(path +
                      " holds weights but does not say of which architecture; name it, as in "
                      "--model resnet50 --weights " +
                      path);
}

zoo::CheckpointListing list_model_file(const std::string& path) {
  if (!is_onnx(path)) return zoo::list_checkpoint(path);
  zoo::CheckpointListing listing;
  for (const auto& [name, tensor] : read_onnx_tensors(path)) {
    listing.tensors.push_back({.name = name,
                               .dtype = "F32",
                               .shape = tensor.shape(),
                               .bytes = static_cast<std::uint64_t>(tensor.size()) * sizeof(float)});
  }
  return listing;
}

zoo::Model read_zoo_model(const std::string& architecture, const WeightsChoice& weights,
                          const GlobalOptions& globals) {
  const zoo::ModelInfo& info = zoo::model_info(architecture);
  // A file that cameo saved knows its input and classes, which may differ from the usual ones.
  if (is_saved_model(weights.file)) {
    zoo::Model model = zoo::load_model(weights.file);
    if (model.architecture == info.name) return model;
  }
  const zoo::StateDict tensors = read_weights(info.name, weights, globals);
  zoo::Model model = zoo::create_model(info.name, options_for(weights, 0));
  const std::int64_t classes = classes_of(model.network, tensors);
  if (classes > 0 && classes != info.classes) {
    model = zoo::create_model(info.name, options_for(weights, classes));
  }
  model.preprocess = zoo::usual_preprocess(info, model.network.input_shape(),
                                           std::filesystem::path(weights.file).filename().string());
  set_weights(model, tensors, weights, globals);
  return model;
}

void load_weights(zoo::Model& model, const WeightsChoice& weights, const GlobalOptions& globals) {
  set_weights(model, read_weights(model.architecture, weights, globals), weights, globals);
}

}  // namespace cameo::tools
