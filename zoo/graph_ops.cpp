#include "zoo/graph_ops.h"

#include <functional>
#include <tuple>

#include "core/ops/abs.h"
#include "core/ops/adaptive_average_pool.h"
#include "core/ops/add.h"
#include "core/ops/average_pool.h"
#include "core/ops/batch_normalization.h"
#include "core/ops/celu.h"
#include "core/ops/clip.h"
#include "core/ops/concat.h"
#include "core/ops/conv.h"
#include "core/ops/depth_to_space.h"
#include "core/ops/div.h"
#include "core/ops/dropout.h"
#include "core/ops/elu.h"
#include "core/ops/embedding.h"
#include "core/ops/erf.h"
#include "core/ops/exp.h"
#include "core/ops/expand.h"
#include "core/ops/flatten.h"
#include "core/ops/gather.h"
#include "core/ops/gemm.h"
#include "core/ops/global_average_pool.h"
#include "core/ops/global_max_pool.h"
#include "core/ops/hard_sigmoid.h"
#include "core/ops/hard_swish.h"
#include "core/ops/instance_normalization.h"
#include "core/ops/leaky_relu.h"
#include "core/ops/log.h"
#include "core/ops/log_softmax.h"
#include "core/ops/lrn.h"
#include "core/ops/lstm.h"
#include "core/ops/matmul.h"
#include "core/ops/max.h"
#include "core/ops/max_pool.h"
#include "core/ops/mean.h"
#include "core/ops/min.h"
#include "core/ops/mul.h"
#include "core/ops/neg.h"
#include "core/ops/pad.h"
#include "core/ops/pow.h"
#include "core/ops/prelu.h"
#include "core/ops/reciprocal.h"
#include "core/ops/reduce_max.h"
#include "core/ops/reduce_mean.h"
#include "core/ops/reduce_min.h"
#include "core/ops/reduce_sum.h"
#include "core/ops/relu.h"
#include "core/ops/reshape.h"
#include "core/ops/resize.h"
#include "core/ops/selu.h"
#include "core/ops/sigmoid.h"
#include "core/ops/slice.h"
#include "core/ops/softmax.h"
#include "core/ops/softmax_cross_entropy_loss.h"
#include "core/ops/softplus.h"
#include "core/ops/softsign.h"
#include "core/ops/space_to_depth.h"
#include "core/ops/sqrt.h"
#include "core/ops/squeeze.h"
#include "core/ops/sub.h"
#include "core/ops/sum.h"
#include "core/ops/tanh.h"
#include "core/ops/thresholded_relu.h"
#include "core/ops/transpose.h"
#include "core/ops/unsqueeze.h"
#include "zoo/graph_values.h"

namespace cameo::zoo {

namespace {

using namespace ops;

template <typename Options, typename Value>
struct Field {
  const char* name;
  Value Options::*member;
};

template <typename Options, typename Value>
constexpr Field<Options, Value> field(const char* name, Value Options::*member) {
  return {name, member};
}

/// Stands for a value of any type in an unevaluated initialiser.
struct Anything {
  template <typename T>
  operator T() const;  // NOLINT(google-explicit-constructor)
};

/// How many members an aggregate has.
template <typename Aggregate, typename... Members>
constexpr std::size_t member_count() {
  if constexpr (requires { Aggregate{Members{}..., Anything{}}; }) {
    return member_count<Aggregate, Members..., Anything>();
  }
  return sizeof...(Members);
}

// What needs no type of the options is out of the templates, which are instantiated for every op.

void put(json& object, const char* name, json value) { object[name] = std::move(value); }

template <typename Options, typename... Values>
json encode_options(const Options& options, const std::tuple<Field<Options, Values>...>& fields) {
  json object = json::object();
  std::apply([&](const auto&... f) { (put(object, f.name, encode_value(options.*f.member)), ...); },
             fields);
  return object;
}

/// Sets the member called `name`; false when there is none.
template <typename Options, typename... Values>
bool decode_option(const std::string& name, const json& value, Options& options,
                   const std::tuple<Field<Options, Values>...>& fields) {
  const auto set = [&](const auto& f) {
    if (name != f.name) return false;
    decode_value(name, value, options.*f.member);
    return true;
  };
  return std::apply([&](const auto&... f) { return (set(f) || ...); }, fields);
}

void check_is_object(const std::string& type, const json& options) {
  if (!options.is_object()) throw ArgumentError(type + ": its options are not a JSON object");
}

using SetOption = std::function<bool(const std::string& name, const json& value)>;

/// `set` is false for a name that it does not know.
void decode_options(const std::string& type, const json& object, const SetOption& set) {
  check_is_object(type, object);
  for (const auto& [name, value] : object.items()) {
    if (!set(name, value)) throw ArgumentError(type + ": there is no option \"" + name + "\"");
  }
}

/// An op without options.
template <typename T>
OpCodec row() {
  const std::string type(T().type());
  return {.type = type,
          .encode = [](const Op&) { return json::object(); },
          .decode = [type](const json& options) -> std::shared_ptr<const Op> {
            decode_options(type, options, [](const auto&...) { return false; });
            return std::make_shared<const T>();
          }};
}

/// An op with options, all of which must be named.
template <typename T, typename Options, typename... Values>
OpCodec row(const Field<Options, Values>&... named) {
  static_assert(member_count<Options>() == sizeof...(Values), "every option has its field");
  const std::string type(T().type());
  const std::tuple fields(named...);
  return {.type = type,
          .encode =
              [fields](const Op& op) {
                return encode_options(dynamic_cast<const T&>(op).options(), fields);
              },
          .decode = [type, fields](const json& object) -> std::shared_ptr<const Op> {
            Options options = T().options();
            decode_options(type, object, [&](const std::string& name, const json& value) {
              return decode_option(name, value, options, fields);
            });
            return std::make_shared<const T>(std::move(options));
          }};
}

std::vector<OpCodec> all_codecs() {
  return {
      row<Abs>(),
      row<AdaptiveAveragePool>(field("output", &AdaptiveAveragePoolOptions::output)),
      row<Add>(),
      row<AveragePool>(field("kernel", &AveragePoolOptions::kernel),
                       field("strides", &AveragePoolOptions::strides),
                       field("pads", &AveragePoolOptions::pads),
                       field("ceil_mode", &AveragePoolOptions::ceil_mode),
                       field("count_include_pad", &AveragePoolOptions::count_include_pad)),
      row<BatchNormalization>(field("epsilon", &BatchNormalizationOptions::epsilon),
                              field("momentum", &BatchNormalizationOptions::momentum)),
      row<Celu>(field("alpha", &CeluOptions::alpha)),
      row<Clip>(field("low", &ClipOptions::low), field("high", &ClipOptions::high)),
      row<Concat>(field("axis", &ConcatOptions::axis)),
      row<Conv>(field("strides", &ConvOptions::strides), field("pads", &ConvOptions::pads),
                field("dilations", &ConvOptions::dilations), field("groups", &ConvOptions::groups)),
      row<DepthToSpace>(field("block", &DepthToSpaceOptions::block),
                        field("order", &DepthToSpaceOptions::order)),
      row<Div>(),
      row<Dropout>(field("ratio", &DropoutOptions::ratio)),
      row<Elu>(field("alpha", &EluOptions::alpha)),
      row<Embedding>(),
      row<Erf>(),
      row<Exp>(),
      row<Expand>(field("shape", &ExpandOptions::shape)),
      row<Flatten>(field("axis", &FlattenOptions::axis)),
      row<Gather>(field("axis", &GatherOptions::axis), field("indices", &GatherOptions::indices),
                  field("indices_shape", &GatherOptions::indices_shape)),
      row<Gemm>(field("transpose_b", &GemmOptions::transpose_b)),
      row<GlobalAveragePool>(),
      row<GlobalMaxPool>(),
      row<HardSigmoid>(field("alpha", &HardSigmoidOptions::alpha),
                       field("beta", &HardSigmoidOptions::beta)),
      row<HardSwish>(),
      row<InstanceNormalization>(field("epsilon", &InstanceNormalizationOptions::epsilon)),
      row<LeakyRelu>(field("slope", &LeakyReluOptions::slope)),
      row<Log>(),
      row<LogSoftmax>(field("axis", &LogSoftmaxOptions::axis)),
      row<Lrn>(field("size", &LrnOptions::size), field("alpha", &LrnOptions::alpha),
               field("beta", &LrnOptions::beta), field("bias", &LrnOptions::bias)),
      row<Lstm>(),
      row<MatMul>(),
      row<Max>(),
      row<MaxPool>(field("kernel", &MaxPoolOptions::kernel),
                   field("strides", &MaxPoolOptions::strides), field("pads", &MaxPoolOptions::pads),
                   field("ceil_mode", &MaxPoolOptions::ceil_mode),
                   field("dilations", &MaxPoolOptions::dilations)),
      row<Mean>(),
      row<Min>(),
      row<Mul>(),
      row<Neg>(),
      row<PRelu>(),
      row<Pad>(field("pads", &PadOptions::pads), field("value", &PadOptions::value),
               field("mode", &PadOptions::mode)),
      row<Pow>(),
      row<Reciprocal>(),
      row<ReduceMax>(field("axes", &ReduceOptions::axes),
                     field("keepdims", &ReduceOptions::keepdims)),
      row<ReduceMean>(field("axes", &ReduceOptions::axes),
                      field("keepdims", &ReduceOptions::keepdims)),
      row<ReduceMin>(field("axes", &ReduceOptions::axes),
                     field("keepdims", &ReduceOptions::keepdims)),
      row<ReduceSum>(field("axes", &ReduceOptions::axes),
                     field("keepdims", &ReduceOptions::keepdims)),
      row<Relu>(),
      row<Reshape>(field("shape", &ReshapeOptions::shape)),
      row<Resize>(field("mode", &ResizeOptions::mode),
                  field("coordinates", &ResizeOptions::coordinates),
                  field("rounding", &ResizeOptions::rounding),
                  field("scales", &ResizeOptions::scales), field("sizes", &ResizeOptions::sizes)),
      row<Selu>(field("alpha", &SeluOptions::alpha), field("gamma", &SeluOptions::gamma)),
      row<Sigmoid>(),
      row<Slice>(field("starts", &SliceOptions::starts), field("ends", &SliceOptions::ends),
                 field("axes", &SliceOptions::axes), field("steps", &SliceOptions::steps)),
      row<Softmax>(field("axis", &SoftmaxOptions::axis)),
      row<SoftmaxCrossEntropyLoss>(),
      row<Softplus>(),
      row<Softsign>(),
      row<SpaceToDepth>(field("block", &SpaceToDepthOptions::block)),
      row<Sqrt>(),
      row<Squeeze>(field("axes", &SqueezeOptions::axes)),
      row<Sub>(),
      row<Sum>(),
      row<Tanh>(),
      row<ThresholdedRelu>(field("alpha", &ThresholdedReluOptions::alpha)),
      row<Transpose>(field("perm", &TransposeOptions::perm)),
      row<Unsqueeze>(field("axes", &UnsqueezeOptions::axes)),
  };
}

}  // namespace

std::span<const OpCodec> op_codecs() {
  static const std::vector<OpCodec> codecs = all_codecs();
  return codecs;
}

const OpCodec& op_codec(std::string_view type) {
  for (const OpCodec& codec : op_codecs()) {
    if (codec.type == type) return codec;
  }
  throw ArgumentError("there is no op \"" + std::string(type) + "\"");
}

}  // namespace cameo::zoo
