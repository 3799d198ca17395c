#include "zoo/checkpoints/pth.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "zoo/checkpoints/checkpoint_kind.h"
#include "zoo/checkpoints/torch_file.h"
#include "zoo/checkpoints/torch_tensor.h"

namespace cameo::zoo {

namespace {

constexpr std::array<std::string_view, 7> kWrappers = {
    "state_dict", "model_state_dict", "model", "net", "weights", "params", "ema"};
constexpr std::array<std::string_view, 4> kPrefixes = {"module.", "_orig_mod.", "model.",
                                                       "backbone."};
constexpr int kMaxWrappers = 4;

// Values of a pickle may be used many times over, so that a small file could ask for much.
constexpr std::size_t kMaxWeights = 20'000;
constexpr std::size_t kMaxNameBytes = 4096;
constexpr std::size_t kMaxMetadata = 1000;
constexpr std::size_t kMaxTextBytes = 1000;

/// A tensor of the weights, by the name that it is read under.
struct Weight {
  std::string name;
  TorchTensor tensor;
};

struct Contents {
  std::vector<Weight> weights;
  Metadata metadata;
};

TorchFile open(const SharedBytes& bytes, std::string_view name) {
  switch (detect_checkpoint_kind(bytes.bytes, name)) {
    case CheckpointKind::kTorchZip:
      return open_torch_zip(bytes, name);
    case CheckpointKind::kTorchStream:
      return open_torch_stream(bytes, name);
    case CheckpointKind::kTorchTar:
      return open_torch_tar(bytes, name);
    default:
      throw FormatError(name, -1, "not a PyTorch checkpoint");
  }
}

std::string to_text(double value) {
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

/// Nothing for values that are neither texts nor numbers, and for long ones.
std::optional<std::string> metadata_text(const PickleValue& value) {
  switch (value.kind) {
    case PickleKind::kString:
      if (value.text.size() > kMaxTextBytes) return std::nullopt;
      return std::string(value.text);
    case PickleKind::kInt:
      return std::to_string(value.integer);
    case PickleKind::kBool:
      return value.integer != 0 ? "true" : "false";
    case PickleKind::kFloat:
      return to_text(value.real);
    default:
      return std::nullopt;
  }
}

/// Texts and numbers that stand beside the weights.
void collect_metadata(const PickleDocument& document, const PickleValue& dict, Metadata& metadata) {
  for (std::size_t i = 0; i + 1 < dict.items.size() && metadata.size() < kMaxMetadata; i += 2) {
    const PickleValue& key = document.at(dict.items[i]);
    if (key.kind != PickleKind::kString || key.text.size() > kMaxTextBytes) continue;
    std::optional<std::string> text = metadata_text(document.at(dict.items[i + 1]));
    if (text) metadata[std::string(key.text)] = *std::move(text);
  }
}

const PickleValue* find_wrapped(const PickleDocument& document, const PickleValue& dict) {
  for (const std::string_view key : kWrappers) {
    const PickleValue* const inner = document.find(dict, key);
    if (inner != nullptr && inner->kind == PickleKind::kDict) return inner;
  }
  return nullptr;
}

/// The dict of the weights; what stands beside it on the way becomes metadata.
const PickleValue& find_weights(const TorchFile& file, Metadata& metadata) {
  const PickleValue* dict = &file.document.root_value();
  if (dict->kind != PickleKind::kDict) {
    throw FormatError(file.name, -1,
                      "holds no state dict; save one with torch.save(model.state_dict(), ...)");
  }
  for (int depth = 0; depth < kMaxWrappers; ++depth) {
    collect_metadata(file.document, *dict, metadata);
    const PickleValue* const inner = find_wrapped(file.document, *dict);
    if (inner == nullptr) break;
    dict = inner;
  }
  return *dict;
}

void strip_prefix(std::vector<Weight>& weights, std::string_view prefix) {
  const bool everywhere = std::all_of(weights.begin(), weights.end(), [&](const Weight& weight) {
    return weight.name.size() > prefix.size() && weight.name.starts_with(prefix);
  });
  if (!everywhere) return;
  for (Weight& weight : weights) weight.name.erase(0, prefix.size());
}

/// The last value of each name that is a tensor, as in Python, in the order of the names.
std::vector<std::pair<std::string_view, const PickleValue*>> find_tensors(const TorchFile& file,
                                                                          const PickleValue& dict) {
  std::vector<std::pair<std::string_view, const PickleValue*>> tensors;
  std::map<std::string_view, std::size_t> known;
  for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    const PickleValue& key = file.document.at(dict.items[i]);
    const PickleValue& value = file.document.at(dict.items[i + 1]);
    if (key.kind != PickleKind::kString || !is_torch_tensor(file, value)) continue;
    if (key.text.size() > kMaxNameBytes) {
      throw FormatError(file.name, -1, "a tensor's name has more than 4096 bytes");
    }
    const auto [at, is_new] = known.emplace(key.text, tensors.size());
    if (is_new) tensors.emplace_back(key.text, nullptr);
    tensors[at->second].second = &value;
    if (tensors.size() > kMaxWeights) throw FormatError(file.name, -1, "more than 20000 tensors");
  }
  return tensors;
}

Contents find_contents(const TorchFile& file) {
  Contents contents;
  const PickleValue& dict = find_weights(file, contents.metadata);
  for (const auto& [name, value] : find_tensors(file, dict)) {
    contents.weights.push_back({std::string(name), parse_torch_tensor(file, *value, name)});
  }
  if (contents.weights.empty() && !dict.items.empty()) {
    throw FormatError(file.name, -1, "holds a dict, but no tensors by name in it");
  }
  for (const std::string_view prefix : kPrefixes) strip_prefix(contents.weights, prefix);
  return contents;
}

TensorInfo describe(const Weight& weight) {
  const TorchTensor& tensor = weight.tensor;
  const auto count = static_cast<std::uint64_t>(element_count(tensor.shape));
  return {.name = weight.name,
          .dtype = std::string(name_of(tensor.type)),
          .shape = tensor.shape,
          .bytes = count * size_of(tensor.type)};
}

}  // namespace

Checkpoint read_pth(const std::filesystem::path& path) {
  return decode_pth(MappedFile(path).shared(), path.string());
}

Checkpoint decode_pth(const SharedBytes& bytes, std::string_view name) {
  const TorchFile file = open(bytes, name);
  Contents contents = find_contents(file);
  Checkpoint checkpoint{.tensors = {}, .metadata = std::move(contents.metadata)};
  TorchTensorReader reader(file);
  for (const Weight& weight : contents.weights) {
    checkpoint.tensors.emplace(weight.name, reader.read(weight.tensor, weight.name));
  }
  return checkpoint;
}

CheckpointListing list_pth(const std::filesystem::path& path) {
  return list_pth(MappedFile(path).shared(), path.string());
}

CheckpointListing list_pth(const SharedBytes& bytes, std::string_view name) {
  const TorchFile file = open(bytes, name);
  Contents contents = find_contents(file);
  CheckpointListing listing{.tensors = {}, .metadata = std::move(contents.metadata)};
  for (const Weight& weight : contents.weights) listing.tensors.push_back(describe(weight));
  return listing;
}

}  // namespace cameo::zoo
