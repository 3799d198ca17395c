#include "zoo/checkpoints/pickle_globals.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace cameo::zoo {

namespace {

using Kind = PickleGlobalKind;

std::vector<PickleGlobal> make_globals() {
  std::vector<PickleGlobal> globals = {
      {"collections", "OrderedDict", Kind::kOrderedDict},
      {"torch._utils", "_rebuild_tensor", Kind::kRebuildTensor},
      {"torch._utils", "_rebuild_tensor_v2", Kind::kRebuildTensorV2},
      {"torch._utils", "_rebuild_tensor_v3", Kind::kRebuildTensorV3},
      {"torch._utils", "_rebuild_parameter", Kind::kRebuildParameter},
      {"torch._utils", "_rebuild_parameter_with_state", Kind::kRebuildParameterWithState},
      {"torch.nn.parameter", "Parameter", Kind::kParameter},
      {"torch", "Size", Kind::kSize},
      {"torch", "device", Kind::kDevice},
      {"torch", "UntypedStorage", Kind::kStorage},
      {"torch.storage", "UntypedStorage", Kind::kStorage},
      {"argparse", "Namespace", Kind::kIgnored},
      {"collections", "Counter", Kind::kIgnored},
      {"_codecs", "encode", Kind::kIgnored},
      {"numpy", "dtype", Kind::kIgnored},
      {"numpy.core.multiarray", "scalar", Kind::kIgnored},
      {"numpy._core.multiarray", "scalar", Kind::kIgnored}};
  constexpr std::array<std::pair<const char*, DType>, 10> kClasses = {{{"Float", DType::kF32},
                                                                       {"Double", DType::kF64},
                                                                       {"Half", DType::kF16},
                                                                       {"BFloat16", DType::kBF16},
                                                                       {"Long", DType::kI64},
                                                                       {"Int", DType::kI32},
                                                                       {"Short", DType::kI16},
                                                                       {"Char", DType::kI8},
                                                                       {"Byte", DType::kU8},
                                                                       {"Bool", DType::kBool}}};
  for (const auto& [name, type] : kClasses) {
    for (const char* const module : {"torch", "torch.cuda"}) {
      globals.push_back({module, std::string(name) + "Storage", Kind::kStorage, type});
      globals.push_back({module, std::string(name) + "Tensor", Kind::kTensor, type});
    }
  }
  constexpr std::array<std::pair<const char*, DType>, 13> kTypes = {{{"float32", DType::kF32},
                                                                     {"float64", DType::kF64},
                                                                     {"float16", DType::kF16},
                                                                     {"bfloat16", DType::kBF16},
                                                                     {"int64", DType::kI64},
                                                                     {"int32", DType::kI32},
                                                                     {"int16", DType::kI16},
                                                                     {"int8", DType::kI8},
                                                                     {"uint64", DType::kU64},
                                                                     {"uint32", DType::kU32},
                                                                     {"uint16", DType::kU16},
                                                                     {"uint8", DType::kU8},
                                                                     {"bool", DType::kBool}}};
  for (const auto& [name, type] : kTypes) globals.push_back({"torch", name, Kind::kDType, type});
  return globals;
}

}  // namespace

ArgumentCount argument_count(PickleGlobalKind kind) {
  switch (kind) {
    case Kind::kOrderedDict:
      return {0, 1};
    case Kind::kRebuildTensor:
      return {4, 4};
    case Kind::kRebuildTensorV2:
      return {6, 7};
    case Kind::kRebuildTensorV3:
      return {7, 8};
    case Kind::kRebuildParameter:
      return {3, 3};
    case Kind::kRebuildParameterWithState:
      return {4, 4};
    case Kind::kSize:
      return {1, 1};
    case Kind::kDevice:
      return {1, 2};
    case Kind::kIgnored:
      return {0, 16};
    default:
      return {1, 0};
  }
}

bool has_objects(PickleGlobalKind kind) {
  return kind == Kind::kParameter || kind == Kind::kIgnored;
}

const PickleGlobal* find_pickle_global(std::string_view module, std::string_view name) {
  static const std::vector<PickleGlobal> kGlobals = make_globals();
  const auto found = std::find_if(
      kGlobals.begin(), kGlobals.end(),
      [&](const PickleGlobal& global) { return global.module == module && global.name == name; });
  return found == kGlobals.end() ? nullptr : &*found;
}

}  // namespace cameo::zoo
