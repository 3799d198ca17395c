#include "zoo/onnx/call.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/ops/reshape.h"

namespace cameo::zoo::onnx {

namespace {

/// Integers up to here are exact as float32.
constexpr std::int64_t kMostMoved = std::int64_t{1} << 16;

/// Moves the places of the elements instead of the elements, which float32 could not hold.
Constant move_integers(const Op& op, const Values& inputs, std::size_t sample) {
  std::vector<Tensor> places;
  std::vector<std::int64_t> elements;
  for (const Value* input : inputs) {
    const auto& values = input->known[sample]->integers();
    Tensor tensor = Tensor::uninitialized(input->known[sample]->shape());
    std::iota(tensor.mutable_data().begin(), tensor.mutable_data().end(),
              static_cast<float>(elements.size()));
    places.push_back(std::move(tensor));
    elements.insert(elements.end(), values.begin(), values.end());
  }
  const Tensor moved = op.forward(places, {});
  std::vector<std::int64_t> result;
  for (const float place : moved.data())
    result.push_back(elements.at(static_cast<std::size_t>(place)));
  return Constant(moved.shape(), std::move(result));
}

std::int64_t known_size(const Values& inputs, std::size_t sample) {
  std::int64_t size = 0;
  for (const Value* input : inputs) size += input->known[sample]->size();
  return size;
}

/// A Reshape target where what depends on the batch is copied (0) or left open (-1).
Shape free_target(const Value& x, const PerBatch<Shape>& targets, const BatchSizes& batch) {
  Shape target = targets[0];
  if (targets[1].size() != target.size()) {
    throw ArgumentError("its target's rank depends on the batch");
  }
  const auto is_batch = [&](std::size_t axis) {
    return axis < x.rank() && x.shapes[0][axis] == batch.sizes[0] &&
           x.shapes[1][axis] == batch.sizes[1];
  };
  for (std::size_t axis = 0; axis < target.size(); ++axis) {
    const bool copied = axis < x.rank() && x.shapes[0][axis] == targets[0][axis] &&
                        x.shapes[1][axis] == targets[1][axis];
    const bool means_batch =
        batch.written_for_first && axis == 0 && is_batch(0) && targets[0][0] == batch.sizes[0];
    if (targets[0][axis] != targets[1][axis]) {
      target[axis] = copied ? 0 : -1;
    } else if (means_batch) {
      target[axis] = 0;
    }
  }
  return target;
}

}  // namespace

void Call::fail(const std::string& what) const { throw ArgumentError(what); }

Value& Call::input(std::size_t i) const {
  if (!has(i)) fail("lacks its input " + std::to_string(i));
  return importer_.value(node_.inputs[i]);
}

Values Call::inputs() const {
  Values values;
  for (std::size_t i = 0; i < input_count(); ++i) values.push_back(&input(i));
  return values;
}

bool Call::all_integers() const {
  const Values values = inputs();
  return std::all_of(values.begin(), values.end(),
                     [](const Value* value) { return value->is_integer(); });
}

const Constant& Call::known(std::size_t i, std::size_t sample) const {
  const Value& value = input(i);
  if (!value.is_known()) fail("its input " + std::to_string(i) + " must be a constant");
  return *value.known[sample];
}

std::vector<std::int64_t> Call::known_integers(std::size_t i) const {
  const Constant& constant = known(i, 0);
  if (!input(i).is_fixed()) fail("its input " + std::to_string(i) + " depends on the batch");
  return constant.integers();
}

std::vector<float> Call::known_floats(std::size_t i) const {
  const Constant& constant = known(i, 0);
  if (!input(i).is_fixed()) fail("its input " + std::to_string(i) + " depends on the batch");
  return {constant.floats().data().begin(), constant.floats().data().end()};
}

template <typename T>
const T* Call::attribute(std::string_view name) {
  const auto found = node_.attributes.find(name);
  if (found == node_.attributes.end()) return nullptr;
  read_.emplace(name);
  const T* value = std::get_if<T>(&found->second);
  if (value == nullptr) fail("its attribute " + std::string(name) + " has the wrong type");
  return value;
}

std::int64_t Call::integer(std::string_view name, std::int64_t fallback) {
  const auto* value = attribute<std::int64_t>(name);
  return value ? *value : fallback;
}

float Call::number(std::string_view name, float fallback) {
  const auto* value = attribute<float>(name);
  return value ? *value : fallback;
}

std::string Call::text(std::string_view name, std::string_view fallback) {
  const auto* value = attribute<std::string>(name);
  return value ? *value : std::string(fallback);
}

std::vector<std::int64_t> Call::integers(std::string_view name,
                                         const std::vector<std::int64_t>& fallback) {
  const auto* value = attribute<std::vector<std::int64_t>>(name);
  return value ? *value : fallback;
}

std::vector<float> Call::numbers(std::string_view name) {
  const auto* value = attribute<std::vector<float>>(name);
  return value ? *value : std::vector<float>();
}

const Constant* Call::tensor(std::string_view name) { return attribute<Constant>(name); }

void Call::check_all_read() const {
  for (const auto& [name, value] : node_.attributes) {
    if (read_.count(name) == 0) fail("its attribute " + name + " is not supported");
  }
}

Value& Call::apply(const std::shared_ptr<const Op>& op, const Values& inputs) {
  for (const Value* input : inputs) {
    if (input->is_integer()) fail("computes with integers; floating-point values were expected");
  }
  return importer_.add_op(op, inputs);
}

Value& Call::move(const std::shared_ptr<const Op>& op, const Values& inputs) {
  const bool integers = std::any_of(inputs.begin(), inputs.end(),
                                    [](const Value* input) { return input->is_integer(); });
  if (!integers) return importer_.add_op(op, inputs);
  PerBatch<std::shared_ptr<const Constant>> moved;
  for (std::size_t s = 0; s < 2; ++s) {
    std::vector<Shape> shapes;
    for (const Value* input : inputs) {
      if (!input->is_integer()) fail("mixes integers with other values");
      shapes.push_back(input->shapes[s]);
    }
    const std::int64_t size = element_count(op->infer_shape(shapes));
    if (std::max(size, known_size(inputs, s)) > kMostMoved) {
      fail("moves more than " + std::to_string(kMostMoved) + " integers");
    }
    importer_.spend(size + known_size(inputs, s));
    moved[s] = std::make_shared<const Constant>(move_integers(*op, inputs, s));
  }
  return importer_.add_constant(std::move(moved));
}

Value& Call::reshape(Value& x, const PerBatch<Shape>& targets) {
  return move<ops::Reshape>(ops::ReshapeOptions{.shape = free_target(x, targets, batch())}, {&x});
}

Value& Call::constant(Constant value) {
  importer_.spend(value.size());
  const auto shared = std::make_shared<const Constant>(std::move(value));
  return importer_.add_constant({shared, shared});
}

Value& Call::as_floats(Value& value) {
  if (!value.is_integer()) return value;
  return constants({Constant(value.known[0]->as_floats()), Constant(value.known[1]->as_floats())});
}

Value& Call::constants(PerBatch<Constant> values) {
  importer_.spend(values[0].size() + values[1].size());
  return importer_.add_constant({std::make_shared<const Constant>(std::move(values[0])),
                                 std::make_shared<const Constant>(std::move(values[1]))});
}

}  // namespace cameo::zoo::onnx
