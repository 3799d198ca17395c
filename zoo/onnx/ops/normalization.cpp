// Normalisations and softmax.
#include <algorithm>

#include "core/ops/batch_normalization.h"
#include "core/ops/flatten.h"
#include "core/ops/instance_normalization.h"
#include "core/ops/log_softmax.h"
#include "core/ops/lrn.h"
#include "core/ops/softmax.h"
#include "zoo/onnx/op_table.h"

namespace cameo::zoo::onnx {

namespace {

Values lower_batch_normalization(Call& call) {
  call.ignore("consumed_inputs");
  call.ignore("is_test");
  if (call.integer("spatial", 1) != 1) call.fail("normalises per pixel (spatial = 0)");
  if (call.integer("training_mode", 0) != 0) call.fail("is in training mode");
  for (const std::size_t statistic : {3U, 4U}) call.input(statistic).trainable = false;
  return {&call.apply<ops::BatchNormalization>(
      ops::BatchNormalizationOptions{.epsilon = call.number("epsilon", 1e-5F),
                                     .momentum = 1.0F - call.number("momentum", 0.9F)},
      call.inputs())};
}

Values lower_instance_normalization(Call& call) {
  call.ignore("consumed_inputs");
  return {&call.apply<ops::InstanceNormalization>(
      ops::InstanceNormalizationOptions{.epsilon = call.number("epsilon", 1e-5F)}, call.inputs())};
}

Values lower_lrn(Call& call) {
  if (!call.has_attribute("size")) call.fail("lacks its attribute size");
  return {&call.apply<ops::Lrn>(ops::LrnOptions{.size = call.integer("size", 0),
                                                .alpha = call.number("alpha", 1e-4F),
                                                .beta = call.number("beta", 0.75F),
                                                .bias = call.number("bias", 1.0F)},
                                {&call.input(0)})};
}

/// Before operator set 13 everything from the axis on counts as one axis.
template <typename T, typename Options>
Values lower_softmax(Call& call) {
  Value& x = call.input(0);
  const bool flattens = call.opset() < 13;
  const std::int64_t axis = call.integer("axis", flattens ? 1 : -1);
  const auto rank = static_cast<std::int64_t>(x.rank());
  const std::int64_t from = axis < 0 ? axis + rank : axis;
  if (from < 0 || from >= std::max<std::int64_t>(rank, 1)) call.fail("its axis does not exist");
  const Shape& shape = x.shapes[0];
  if (!flattens || std::all_of(shape.begin() + from + 1, shape.end(),
                               [](std::int64_t extent) { return extent == 1; })) {
    return {&call.apply<T>(Options{.axis = axis}, {&x})};
  }
  Value& matrix = call.apply<ops::Flatten>(ops::FlattenOptions{.axis = from}, {&x});
  return {&call.reshape(call.apply<T>(Options{.axis = 1}, {&matrix}), x.shapes)};
}

constexpr OpRow kRows[] = {
    {"BatchNormalization", 5, 5, lower_batch_normalization},
    {"InstanceNormalization", 3, 3, lower_instance_normalization},
    {"LRN", 1, 1, lower_lrn},
    {"LogSoftmax", 1, 1, lower_softmax<ops::LogSoftmax, ops::LogSoftmaxOptions>},
    {"Softmax", 1, 1, lower_softmax<ops::Softmax, ops::SoftmaxOptions>},
};

}  // namespace

std::span<const OpRow> normalization_ops() { return kRows; }

}  // namespace cameo::zoo::onnx
