/// Small ONNX models, built in memory.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "core/network.h"
#include "core/tape.h"
#include "zoo/onnx/onnx.h"

namespace cameo::zoo {

/// -1 leaves an extent open.
inline void set_shape(::onnx::ValueInfoProto& info, const Shape& shape,
                      int type = ::onnx::TensorProto::FLOAT) {
  auto* tensor = info.mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(type);
  tensor->mutable_shape()->clear_dim();
  for (const std::int64_t extent : shape) {
    auto* dim = tensor->mutable_shape()->add_dim();
    if (extent >= 0) {
      dim->set_dim_value(extent);
    } else {
      dim->set_dim_param("open");
    }
  }
}

inline ::onnx::TensorProto float_tensor(const std::string& name, const Shape& shape,
                                        const std::vector<float>& values) {
  ::onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(::onnx::TensorProto::FLOAT);
  for (const std::int64_t extent : shape) tensor.add_dims(extent);
  for (const float value : values) tensor.add_float_data(value);
  return tensor;
}

inline ::onnx::TensorProto int_tensor(const std::string& name, const Shape& shape,
                                      const std::vector<std::int64_t>& values) {
  ::onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(::onnx::TensorProto::INT64);
  for (const std::int64_t extent : shape) tensor.add_dims(extent);
  for (const std::int64_t value : values) tensor.add_int64_data(value);
  return tensor;
}

/// A model with the input "x" and the output "y".
class ModelBuilder {
 public:
  explicit ModelBuilder(const Shape& input, std::int64_t opset = 13) {
    proto_.set_ir_version(8);
    proto_.add_opset_import()->set_version(opset);
    graph().set_name("graph");
    auto* x = graph().add_input();
    x->set_name("x");
    set_shape(*x, input);
    graph().add_output()->set_name("y");
  }

  ::onnx::ModelProto& proto() { return proto_; }
  ::onnx::GraphProto& graph() { return *proto_.mutable_graph(); }

  void floats(const std::string& name, const Shape& shape, const std::vector<float>& values) {
    *graph().add_initializer() = float_tensor(name, shape, values);
  }
  void ints(const std::string& name, const std::vector<std::int64_t>& values) {
    *graph().add_initializer() =
        int_tensor(name, {static_cast<std::int64_t>(values.size())}, values);
  }
  ::onnx::NodeProto& node(const std::string& type, const std::vector<std::string>& inputs,
                          const std::vector<std::string>& outputs, const std::string& name = "") {
    auto* node = graph().add_node();
    node->set_op_type(type);
    node->set_name(name);
    for (const auto& input : inputs) node->add_input(input);
    for (const auto& output : outputs) node->add_output(output);
    return *node;
  }

  std::string bytes() const { return proto_.SerializeAsString(); }
  Network network() const {
    const std::string text = bytes();
    return decode_onnx({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, {},
                       "model");
  }

 private:
  ::onnx::ModelProto proto_;
};

inline void attribute(::onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  auto* added = node.add_attribute();
  added->set_name(name);
  added->set_type(::onnx::AttributeProto::INT);
  added->set_i(value);
}

inline void attribute(::onnx::NodeProto& node, const std::string& name, float value) {
  auto* added = node.add_attribute();
  added->set_name(name);
  added->set_type(::onnx::AttributeProto::FLOAT);
  added->set_f(value);
}

inline void attribute(::onnx::NodeProto& node, const std::string& name,
                      const std::vector<std::int64_t>& values) {
  auto* added = node.add_attribute();
  added->set_name(name);
  added->set_type(::onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) added->add_ints(value);
}

inline void attribute(::onnx::NodeProto& node, const std::string& name, const std::string& value) {
  auto* added = node.add_attribute();
  added->set_name(name);
  added->set_type(::onnx::AttributeProto::STRING);
  added->set_s(value);
}

/// 0, 1, 2, … in the given shape.
inline Tensor counting(const Shape& shape) {
  Tensor tensor(shape);
  float next = 0.0F;
  for (float& value : tensor.mutable_data()) value = next++;
  return tensor;
}

inline Tensor run(const Network& network, const Tensor& input) {
  return forward(network, input).output();
}

}  // namespace cameo::zoo
