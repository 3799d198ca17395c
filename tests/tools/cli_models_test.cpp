// Models and checkpoints in every format: --model, --weights, convert and inspect.
#include <algorithm>
#include <filesystem>

#include "tests/tools/workspace.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/checkpoints/safetensors.h"

namespace cameo::tools {

namespace {

using Catch::Matchers::Contains;

zoo::Model load(const Workspace& workspace, std::string_view name) {
  return zoo::load_model(workspace / name);
}

/// The logits of the workspace's disc, as `arguments` name the model.
Tensor logits(const Workspace& workspace, Arguments arguments) {
  arguments.insert(arguments.begin(), {"predict", "disc.png", "--logits", "logits.npy"});
  workspace.done(arguments);
  return zoo::read_npy(workspace / "logits.npy");
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::equal(a.data().begin(), a.data().end(), b.data().begin());
}

std::string fixture(const char* folder, const char* name) {
  return std::string(CAMEO_SOURCE_DIR) + "/tests/fuzz/corpus/" + folder + "/" + name;
}

}  // namespace

TEST_CASE("weights go through .npz and back to the bit") {
  const Workspace workspace;
  CHECK_THAT(workspace.done({"convert", "model.safetensors", "weights.npz"}),
             Contains("weights.npz"));
  workspace.done({"convert", "weights.npz", "weights.safetensors"});
  const zoo::StateDict expected = zoo::state_dict(load(workspace, "model.safetensors").network);
  const zoo::StateDict actual = zoo::read_safetensors(workspace / "weights.safetensors").tensors;
  REQUIRE(actual.size() == expected.size());
  for (const auto& [name, tensor] : expected) {
    INFO(name);
    CHECK(same_bits(actual.at(name), tensor));
  }
}

TEST_CASE("the number of classes is the weights'") {
  const Workspace workspace;
  workspace.done({"convert", "model.safetensors", "weights.npz"});
  const nlohmann::json result =
      workspace.done_json({"predict", "disc.png", "--model", "gapnet", "--weights", "weights.npz"});
  CHECK(result.dump().find("class 3") != std::string::npos);
  workspace.done({"convert", "gapnet", "own.safetensors", "--weights", "weights.npz"});
  const zoo::Model model = load(workspace, "own.safetensors");
  CHECK(model.architecture == "gapnet");
  CHECK(zoo::class_count(model.network) == 4);
}

TEST_CASE("weights that do not fit are told by name") {
  const Workspace workspace;
  zoo::StateDict state = zoo::state_dict(load(workspace, "model.safetensors").network);
  const std::string missing = state.begin()->first;
  state.erase(state.begin());
  state["surplus.weight"] = Tensor({2});
  zoo::write_safetensors(workspace / "odd.safetensors", state, {});
  const RunResult refused =
      workspace.run({"predict", "disc.png", "--model", "gapnet", "--weights", "odd.safetensors"});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.err, Contains(missing) && Contains("surplus.weight"));
  const RunResult loaded = workspace.run({"predict", "disc.png", "--model", "gapnet", "--weights",
                                          "odd.safetensors", "--allow-partial"});
  CHECK(loaded.code == 0);
  CHECK_THAT(loaded.err, Contains(missing));
}

TEST_CASE("a public checkpoint's name is checked against its bytes") {
  const Workspace workspace;
  std::filesystem::copy(workspace / "model.safetensors", workspace / "resnet50-0676ba61.pth");
  const RunResult result = workspace.run(
      {"predict", "disc.png", "--model", "resnet50", "--weights", "resnet50-0676ba61.pth"});
  CHECK(result.code == 2);
  CHECK_THAT(result.err, Contains("0676ba61"));
}

TEST_CASE("a PyTorch file is listed, converted and refused as a model") {
  const Workspace workspace;
  const std::string file = fixture("pth", "zip");
  const nlohmann::json listing = workspace.done_json({"inspect", file});
  CHECK(!listing.at("tensors").empty());
  workspace.done({"convert", file, "weights.safetensors"});
  CHECK(zoo::read_safetensors(workspace / "weights.safetensors").tensors.size() ==
        listing.at("tensors").size());
  const RunResult alone = workspace.run({"predict", "disc.png", "--model", file});
  CHECK(alone.code == 2);
  CHECK_THAT(alone.err, Contains("--weights"));
}

TEST_CASE("an ONNX model is a model like any other") {
  const Workspace workspace;
  const std::string file = fixture("onnx", "classifier");
  std::filesystem::copy(file, workspace / "classifier.onnx");
  CHECK(!workspace.done_json({"inspect", "classifier.onnx"}).at("layers").empty());
  CHECK(!workspace.done_json({"inspect", "classifier.onnx", "--tensors"}).at("tensors").empty());
  const Tensor expected = logits(workspace, {"--model", "classifier.onnx"});
  workspace.done({"convert", "classifier.onnx", "classifier.safetensors"});
  std::filesystem::remove(workspace / "classifier.onnx");
  CHECK(same_bits(logits(workspace, {"--model", "classifier.safetensors"}), expected));
  workspace.done({"explain", "disc.png", "--model", "classifier.safetensors", "--method",
                  "gradcam,guided", "--out", "maps"});
  CHECK(workspace.names("maps").size() == 4);  // a picture and a receipt each
}

TEST_CASE("a network is cut, given a GAP head, and trained") {
  const Workspace workspace;
  const Arguments convert{"convert",     "model.safetensors", "cut.safetensors",
                          "--gap-after", "layer4.2",          "--classes",
                          "10",          "--channels",        "8"};
  workspace.done(convert);
  const zoo::Model cut = load(workspace, "cut.safetensors");
  CHECK(cut.architecture == "gapnet-gap");
  CHECK(zoo::class_count(cut.network) == 10);
  workspace.done({"train", "--model", "cut.safetensors", "--data", "scenes", "--count", "40",
                  "--size", "32", "--epochs", "1", "--validation", "none", "--out",
                  "trained.safetensors"});
  CHECK_FALSE(same_bits(logits(workspace, {"--model", "trained.safetensors"}),
                        logits(workspace, {"--model", "cut.safetensors"})));
  workspace.done({"explain", "disc.png", "--model", "trained.safetensors", "--method", "cam",
                  "--out", "maps"});

  const RunResult wrong = workspace.run(
      {"train", "--model", "model.safetensors", "--data", "scenes", "--out", "never.safetensors"});
  CHECK(wrong.code == 2);
  CHECK_THAT(wrong.err, Contains("--gap-after"));
  CHECK(workspace
            .run({"convert", "model.safetensors", "x.safetensors", "--gap-after", "layer9",
                  "--classes", "3"})
            .code == 2);
}

TEST_CASE("what convert refuses leaves nothing behind") {
  const Workspace workspace;
  const auto before = workspace.files();
  for (const Arguments& arguments :
       {Arguments{"convert", "model.safetensors", "out.pth"},
        Arguments{"convert", "missing.pth", "out.npz"},
        Arguments{"convert", "vgg16", "out.safetensors"},
        Arguments{"convert", "disc.png", "out.safetensors"},
        Arguments{"convert", "model.safetensors", "out.safetensors", "--gap-after", "layer1.2"},
        Arguments{"convert", "model.safetensors", "missing/out.safetensors"}}) {
    const RunResult result = workspace.run(arguments);
    INFO(Catch::StringMaker<Arguments>::convert(arguments));
    CHECK(result.code == 2);
    CHECK(!result.err.empty());
  }
  CHECK(workspace.files() == before);
}

}  // namespace cameo::tools
