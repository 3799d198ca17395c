#include "tests/zoo/onnx/conformance.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <optional>
#include <set>

#include "core/error.h"
#include "tests/zoo/onnx/model_proto.h"
#include "zoo/onnx/import.h"
#include "zoo/onnx/read_graph.h"
#include "zoo/onnx/read_tensor.h"

namespace cameo::zoo {

namespace {

namespace fs = std::filesystem;

const fs::path kDataFolder = "/usr/share/libonnx-testdata/data";

template <typename Proto>
std::optional<Proto> read_proto(const fs::path& path) {
  Proto proto;
  std::ifstream file(path, std::ios::binary);
  if (!file || !proto.ParseFromIstream(&file)) return std::nullopt;
  return proto;
}

/// The tensors of bfloat16 call themselves uint16; what the model says counts.
std::optional<::onnx::TensorProto> read_tensor(const fs::path& path,
                                               const ::onnx::ValueInfoProto& info) {
  auto tensor = read_proto<::onnx::TensorProto>(path);
  if (tensor) tensor->set_data_type(info.type().tensor_type().elem_type());
  return tensor;
}

/// Of numbers, not sequences, optional values or strings.
bool are_tensors(const google::protobuf::RepeatedPtrField<::onnx::ValueInfoProto>& values) {
  return std::all_of(values.begin(), values.end(), [](const ::onnx::ValueInfoProto& info) {
    return info.type().has_tensor_type() && onnx::dtype_of(info.type().tensor_type().elem_type());
  });
}

bool is_float(const ::onnx::TensorProto& proto) {
  const auto type = onnx::dtype_of(proto.data_type());
  return type && !is_integer(*type);
}

/// Which of a case's inputs the network takes; the others are bound as initializers.
enum class Free { kFirstFloats, kNone };

struct BoundCase {
  ::onnx::ModelProto model;
  std::optional<::onnx::TensorProto> input;
};

BoundCase bind(::onnx::ModelProto model, const fs::path& data, Free free) {
  BoundCase bound{.model = std::move(model), .input = std::nullopt};
  auto& graph = *bound.model.mutable_graph();
  for (int i = 0; i < graph.input_size(); ++i) {
    auto tensor = read_tensor(data / ("input_" + std::to_string(i) + ".pb"), graph.input(i));
    if (!tensor) continue;
    tensor->set_name(graph.input(i).name());
    const bool can_be_free = free == Free::kFirstFloats && !bound.input;
    if (can_be_free && is_float(*tensor) && tensor->dims_size() > 0) {
      bound.input = std::move(tensor);
    } else {
      *graph.add_initializer() = *std::move(tensor);
    }
  }
  return bound;
}

/// Where nothing is computed, an input of no meaning takes the place of the network's.
void add_unused_input(::onnx::ModelProto& model) {
  auto* input = model.mutable_graph()->add_input();
  input->set_name("cameo_unused_input");
  set_shape(*input, {1, 1});
}

std::string difference(const Tensor& got, const onnx::Constant& wanted) {
  const Tensor expected = wanted.as_floats();
  if (got.shape() != expected.shape()) {
    return "shape " + to_string(got.shape()) + " instead of " + to_string(expected.shape());
  }
  for (std::size_t i = 0; i < got.data().size(); ++i) {
    const float a = got.data()[i];
    const float b = expected.data()[i];
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    if (!(std::fabs(a - b) <= 1e-7F + 1e-3F * std::fabs(b))) {
      return std::to_string(a) + " instead of " + std::to_string(b);
    }
  }
  return {};
}

Tensor computed(BoundCase& bound) {
  if (!bound.input) add_unused_input(bound.model);
  const std::string text = bound.model.SerializeAsString();
  const ByteView bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  const onnx::Graph graph = onnx::decode_graph(bytes, {});
  if (const auto known = onnx::known_output(graph)) return known->as_floats();
  const Network network = onnx::import_graph(graph);
  return run(network, onnx::take_tensor(*bound.input, {}).floats());
}

CaseResult run_bound(BoundCase bound, ::onnx::TensorProto expected) {
  try {
    const std::string difference_found =
        difference(computed(bound), onnx::take_tensor(expected, {}));
    return {.passed = difference_found.empty(), .reason = difference_found};
  } catch (const Error& error) {
    return {.reason = error.what(), .refused = true};
  }
}

/// What is refused on values that are computed may still be supported on constants.
CaseResult run_case(const ::onnx::ModelProto& model, const fs::path& data) {
  const ::onnx::GraphProto& graph = model.graph();
  if (!are_tensors(graph.input()) || !are_tensors(graph.output())) {
    return {.reason = "its data are no tensors of numbers", .refused = true};
  }
  const auto expected = read_tensor(data / "output_0.pb", graph.output(0));
  REQUIRE(expected);
  CaseResult result = run_bound(bind(model, data, Free::kFirstFloats), *expected);
  if (!result.refused) return result;
  const CaseResult of_constants = run_bound(bind(model, data, Free::kNone), *expected);
  return of_constants.refused ? result : of_constants;
}

std::set<std::string> operators_of(const ::onnx::GraphProto& graph) {
  std::set<std::string> types;
  for (const auto& node : graph.node()) types.insert(node.op_type());
  return types;
}

}  // namespace

bool has_conformance_data() { return fs::exists(kDataFolder); }

std::vector<CaseResult> run_conformance(const std::string& suite) {
  std::set<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(kDataFolder / suite)) {
    if (fs::exists(entry.path() / "model.onnx")) folders.insert(entry.path());
  }
  std::vector<CaseResult> results;
  for (const fs::path& folder : folders) {
    const auto model = read_proto<::onnx::ModelProto>(folder / "model.onnx");
    REQUIRE(model);
    CaseResult result = run_case(*model, folder / "test_data_set_0");
    result.name = suite + "/" + folder.filename().string();
    result.operators = operators_of(model->graph());
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace cameo::zoo
