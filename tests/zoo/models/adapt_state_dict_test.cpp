#include "zoo/models/adapt_state_dict.h"

#include <catch2/catch.hpp>

#include "zoo/model.h"

namespace cameo::zoo {

namespace {

StateDict named(std::initializer_list<const char*> names) {
  StateDict state;
  float value = 0.0F;
  for (const char* name : names) state[name] = Tensor({1}, value++);
  return state;
}

std::vector<std::string> names_of(const StateDict& state) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : state) names.push_back(name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("prefixes of DataParallel and counts of batches go") {
  const StateDict state = adapt_state_dict(
      "resnet18", named({"module.bn1.num_batches_tracked", "module.bn1.weight", "module.fc.bias"}));
  CHECK(names_of(state) == Names{"bn1.weight", "fc.bias"});
  CHECK(state.at("bn1.weight").data()[0] == 1.0F);
  CHECK(names_of(adapt_state_dict("any", named({"module.a", "b"}))) == Names{"b", "module.a"});
  CHECK(adapt_state_dict("any", {}).empty());
}

TEST_CASE("old names of DenseNet's layers") {
  const StateDict state = adapt_state_dict(
      "densenet121", named({"features.denseblock1.denselayer12.norm.1.weight",
                            "features.denseblock1.denselayer12.conv.2.weight",
                            "features.denseblock2.denselayer1.norm2.running_var",
                            "features.transition1.norm.weight", "features.norm0.bias"}));
  CHECK(names_of(state) == Names{"features.denseblock1.denselayer12.conv2.weight",
                                 "features.denseblock1.denselayer12.norm1.weight",
                                 "features.denseblock2.denselayer1.norm2.running_var",
                                 "features.norm0.bias", "features.transition1.norm.weight"});
  CHECK(state.at("features.denseblock1.denselayer12.norm1.weight").data()[0] == 0.0F);
  // Nothing is lost when a file has both.
  const Names both{"f.denselayer1.norm.1.weight", "f.denselayer1.norm1.weight"};
  CHECK(names_of(adapt_state_dict("densenet121", named({both[0].c_str(), both[1].c_str()}))) ==
        both);
  CHECK(names_of(adapt_state_dict("resnet18", named({both[0].c_str()}))) == Names{both[0]});
}

TEST_CASE("auxiliary classifiers go, transform_input comes") {
  StateDict google = named({"aux1.fc1.weight", "aux2.conv.bn.bias", "fc.bias"});
  google["conv1.conv.weight"] = Tensor({64, 3, 7, 7});
  const StateDict adapted = adapt_state_dict("googlenet", google);
  CHECK(names_of(adapted) ==
        Names{"conv1.conv.weight", "fc.bias", "transform_input.scale", "transform_input.shift"});
  CHECK(adapted.at("transform_input.scale").data()[1] == Approx(0.448));
  CHECK(adapted.at("transform_input.shift").data()[2] == Approx(-0.188));

  StateDict inception = named({"AuxLogits.fc.weight", "fc.bias"});
  inception["Conv2d_1a_3x3.conv.weight"] = Tensor({32, 1, 3, 3});
  CHECK(names_of(adapt_state_dict("inception_v3", inception)) ==
        Names{"Conv2d_1a_3x3.conv.weight", "fc.bias"});
  // A file of one's own that has other constants keeps them.
  google["transform_input.scale"] = Tensor({1, 3, 1, 1}, 1.0F);
  CHECK(adapt_state_dict("googlenet", google).at("transform_input.scale").data()[0] == 1.0F);
}

TEST_CASE("the zoo's own names stay as they are") {
  for (const ModelInfo& info : model_infos()) {
    INFO(info.name);
    const Network network = make_model(info.name, {.seed = std::nullopt});
    const StateDict state = state_dict(network);
    CHECK(names_of(adapt_state_dict(info.name, state)) == names_of(state));
  }
}

}  // namespace cameo::zoo
