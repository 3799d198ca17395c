#include "core/names.h"

#include <catch2/catch.hpp>

using namespace cameo;

namespace {

const std::vector<std::string> kLayers{"layer1", "layer2", "layer4.1.conv2", "fc"};

}  // namespace

TEST_CASE("close matches are found by spelling and by part") {
  CHECK(close_matches("layer3", kLayers) == std::vector<std::string>{"layer1", "layer2"});
  CHECK(close_matches("LAYER2", kLayers).front() == "layer2");
  CHECK(close_matches("conv2", kLayers).front() == "layer4.1.conv2");
  CHECK(close_matches("layer", kLayers, 1).size() == 1);
  CHECK(close_matches("", kLayers).empty());
  CHECK(close_matches("entirely else", kLayers).empty());
  CHECK(close_matches(std::string(100000, 'x'), kLayers).empty());
}

TEST_CASE("an unknown name is answered with what there is") {
  CHECK(unknown_name_message("layer", "layer3", kLayers) ==
        "no layer \"layer3\"; did you mean \"layer1\" or \"layer2\"?");
  CHECK(unknown_name_message("layer", "zzzzzzzz", kLayers) ==
        "no layer \"zzzzzzzz\"; there is \"layer1\", \"layer2\", \"layer4.1.conv2\" and \"fc\"");
  CHECK(unknown_name_message("layer", "zzzzzzzz", {}) == "no layer \"zzzzzzzz\"");
}
