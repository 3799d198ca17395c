#include "zoo/onnx/read_graph.h"

#include <fcntl.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>
#include <unistd.h>

#include <limits>
#include <set>
#include <utility>

#include "core/error.h"
#include "zoo/checkpoints/utf8.h"
#include "zoo/onnx/read_tensor.h"

namespace cameo::zoo::onnx {

namespace {

namespace pb = google::protobuf;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::ModelProto;
using ::onnx::NodeProto;
using ::onnx::ValueInfoProto;

constexpr std::int64_t kNewestOpset = 17;
constexpr int kNestingLimit = 64;

ModelProto parse_model(pb::io::ZeroCopyInputStream& stream) {
  const pb::LogSilencer silencer;
  pb::io::CodedInputStream input(&stream);
  input.SetTotalBytesLimit(std::numeric_limits<int>::max());
  input.SetRecursionLimit(kNestingLimit);
  ModelProto model;
  if (!model.ParsePartialFromCodedStream(&input) || !input.ConsumedEntireMessage()) {
    throw ArgumentError("is not an ONNX model, or is cut short: its protobuf encoding is damaged");
  }
  return model;
}

std::int64_t opset_of(const ModelProto& model) {
  for (const auto& opset : model.opset_import()) {
    if (!opset.domain().empty() && opset.domain() != "ai.onnx") continue;
    if (opset.version() < 1 || opset.version() > kNewestOpset) {
      throw ArgumentError("needs operator set " + std::to_string(opset.version()) +
                          "; supported are 1 to " + std::to_string(kNewestOpset));
    }
    return opset.version();
  }
  throw ArgumentError("does not say which operator set it needs; is it an ONNX model?");
}

/// Files of IR versions 1 and 2 leave the type out.
int type_of(const AttributeProto& proto) {
  if (proto.type() != AttributeProto::UNDEFINED) return proto.type();
  if (proto.has_f()) return AttributeProto::FLOAT;
  if (proto.has_i()) return AttributeProto::INT;
  if (proto.has_s()) return AttributeProto::STRING;
  if (proto.has_t()) return AttributeProto::TENSOR;
  if (proto.floats_size() > 0) return AttributeProto::FLOATS;
  if (proto.strings_size() > 0) return AttributeProto::STRINGS;
  return proto.has_g() ? AttributeProto::GRAPH : AttributeProto::INTS;
}

Attribute take_attribute(AttributeProto& proto, const std::filesystem::path& folder) {
  switch (type_of(proto)) {
    case AttributeProto::FLOAT:
      return proto.f();
    case AttributeProto::INT:
      return std::int64_t{proto.i()};
    case AttributeProto::STRING:
      return proto.s();
    case AttributeProto::TENSOR:
      return take_tensor(*proto.mutable_t(), folder);
    case AttributeProto::FLOATS:
      return std::vector<float>(proto.floats().begin(), proto.floats().end());
    case AttributeProto::INTS:
      return std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end());
    case AttributeProto::STRINGS:
      return std::vector<std::string>(proto.strings().begin(), proto.strings().end());
    default:
      return OtherAttribute{};
  }
}

GraphNode take_node(NodeProto& proto, const std::filesystem::path& folder) {
  GraphNode node{.name = proto.name(),
                 .op_type = proto.op_type(),
                 .domain = proto.domain() == "ai.onnx" ? "" : proto.domain(),
                 .inputs = {proto.input().begin(), proto.input().end()},
                 .outputs = {proto.output().begin(), proto.output().end()},
                 .attributes = {}};
  for (AttributeProto& attribute : *proto.mutable_attribute()) {
    if (!node.attributes.emplace(attribute.name(), take_attribute(attribute, folder)).second) {
      throw ArgumentError("node \"" + node.name + "\" has the attribute " + attribute.name() +
                          " twice");
    }
  }
  return node;
}

GraphInput input_from(const ValueInfoProto& proto) {
  const auto& type = proto.type().tensor_type();
  const std::optional<DType> dtype = dtype_of(type.elem_type());
  GraphInput input{.name = proto.name(),
                   .is_float = proto.type().has_tensor_type() && dtype && !is_integer(*dtype),
                   .has_shape = type.has_shape(),
                   .shape = {}};
  for (const auto& extent : type.shape().dim()) {
    input.shape.push_back(extent.has_dim_value() ? extent.dim_value() : -1);
  }
  return input;
}

void check_text(const std::string& name) {
  if (!is_utf8(name)) throw ArgumentError("has a name that is not UTF-8");
}

/// Each value is made once, and before it is used.
class MakerCheck {
 public:
  void make(const std::string& value) {
    check_text(value);
    if (!made_.insert(value).second) {
      throw ArgumentError("the value \"" + value + "\" is made twice");
    }
  }
  void use(const std::string& value, const std::string& user) const {
    if (made_.count(value) == 0) {
      throw ArgumentError(user + " uses the value \"" + value +
                          "\", which nothing before it makes");
    }
  }

 private:
  std::set<std::string> made_;
};

void check_makers(const Graph& graph) {
  MakerCheck check;
  for (const auto& [name, value] : graph.initializers) check.make(name);
  for (const GraphInput& input : graph.inputs) check.make(input.name);
  for (const GraphNode& node : graph.nodes) {
    check_text(node.name);
    const std::string user = "node \"" + node.name + "\" (" + node.op_type + ")";
    for (const std::string& value : node.inputs) {
      if (!value.empty()) check.use(value, user);
    }
    for (const std::string& value : node.outputs) {
      if (!value.empty()) check.make(value);
    }
  }
  if (graph.outputs.empty()) throw ArgumentError("has no output");
  check.use(graph.outputs.front(), "the graph's output");
}

void take_initializers(GraphProto& proto, const std::filesystem::path& folder, Graph& graph) {
  if (proto.sparse_initializer_size() > 0) {
    throw ArgumentError("has sparse initializers, which are not supported");
  }
  for (auto& tensor : *proto.mutable_initializer()) {
    const std::string name = tensor.name();
    if (name.empty()) throw ArgumentError("has an initializer without a name");
    if (!graph.initializers.emplace(name, take_tensor(tensor, folder)).second) {
      throw ArgumentError("has two initializers named \"" + name + "\"");
    }
  }
}

Graph take_graph(ModelProto& model, const std::filesystem::path& folder) {
  Graph graph{
      .opset = opset_of(model), .initializers = {}, .inputs = {}, .nodes = {}, .outputs = {}};
  if (!model.has_graph()) throw ArgumentError("has no graph");
  GraphProto& proto = *model.mutable_graph();
  take_initializers(proto, folder, graph);
  for (const ValueInfoProto& input : proto.input()) {
    // Files before IR version 4 list initializers among the inputs as well.
    if (graph.initializers.count(input.name()) == 0) graph.inputs.push_back(input_from(input));
  }
  for (NodeProto& node : *proto.mutable_node()) graph.nodes.push_back(take_node(node, folder));
  for (const ValueInfoProto& output : proto.output()) graph.outputs.push_back(output.name());
  check_makers(graph);
  return graph;
}

}  // namespace

Graph read_graph(const std::filesystem::path& path) {
  ModelProto model;
  {
    const InputFile check(path);  // says what is wrong with a path that cannot be read
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw FileError(path.string() + ": cannot be read");
    pb::io::FileInputStream stream(descriptor);
    stream.SetCloseOnDelete(true);
    model = parse_model(stream);
  }
  const std::filesystem::path folder = path.parent_path();
  return take_graph(model, folder.empty() ? "." : folder);
}

Graph decode_graph(ByteView bytes, const std::filesystem::path& folder) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw ArgumentError("is larger than protobuf's limit of 2 GB");
  }
  pb::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  ModelProto model = parse_model(stream);
  return take_graph(model, folder);
}

}  // namespace cameo::zoo::onnx
