// What every command of the program has in common, and the commands that list things.
#include <algorithm>

#include "tests/tools/workspace.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/checkpoints/safetensors.h"

namespace cameo::tools {

namespace {

constexpr const char* kModel = "model.safetensors";

}  // namespace

TEST_CASE("every command's help shows a worked example") {
  const Workspace workspace;
  const std::string overview = workspace.done({"--help"});
  for (const std::string command : {"demo", "train", "eval", "predict", "explain", "features",
                                    "inspect", "convert", "models", "methods", "datasets"}) {
    CHECK_THAT(overview, Catch::Matchers::Contains("  " + command + " "));
    const RunResult help = workspace.run({command, "--help"});
    CHECK(help.code == 0);
    CHECK(help.err.empty());
    CHECK_THAT(help.out, Catch::Matchers::Contains("Example: cameo " + command));
  }
  CHECK_THAT(workspace.done({"datasets", "make", "--help"}),
             Catch::Matchers::Contains("Example: cameo datasets make"));
}

TEST_CASE("the version") {
  const Workspace workspace;
  CHECK_THAT(workspace.done({"--version"}), Catch::Matchers::Matches("cameo \\d+\\.\\d+\\.\\d+\n"));
}

TEST_CASE("lists as JSON and as tables") {
  const Workspace workspace;
  const std::pair<const char*, std::vector<std::string>> lists[] = {
      {"models", {"gapnet", "nin_small", "nin_cifar"}},
      {"methods",
       {"cam", "gradcam", "guided", "guided-gradcam", "deconvnet", "saliency", "inputxgradient"}},
      {"datasets", {"scenes", "scenes-multi", "fashion-mnist"}}};
  for (const auto& [command, expected] : lists) {
    const nlohmann::json document = workspace.done_json({command});
    const std::string table = workspace.done({command});
    for (const std::string& name : expected) {
      CHECK(std::any_of(document.begin(), document.end(),
                        [&](const nlohmann::json& entry) { return entry.at("name") == name; }));
      CHECK_THAT(table, Catch::Matchers::Contains(name));
    }
  }
  for (const nlohmann::json& method : workspace.done_json({"methods"})) {
    INFO(method);
    CHECK_FALSE(method.at("paper").get<std::string>().empty());
  }
  for (const nlohmann::json& model : workspace.done_json({"models"})) {
    INFO(model);
    CHECK(model.at("parameters").get<std::int64_t>() > 1000);
    CHECK(model.at("multiply_adds").get<std::int64_t>() >
          model.at("parameters").get<std::int64_t>());
  }
}

TEST_CASE("inspect lists layers of a model and tensors of a checkpoint") {
  const Workspace workspace;
  const nlohmann::json file = workspace.done_json({"inspect", kModel});
  CHECK(file.at("input") == nlohmann::json({1, 3, 32, 32}));
  CHECK(file.at("layers").back().at("name") == "fc");
  CHECK(file.at("layers").back().at("shape") == nlohmann::json({1, 4}));
  std::int64_t parameters = 0;
  for (const nlohmann::json& layer : file.at("layers")) {
    parameters += layer.at("parameters").get<std::int64_t>();
  }
  CHECK(file.at("parameters") == parameters);
  CHECK(workspace.done_json({"inspect", "nin_cifar"}).at("layers").size() > 20);
  CHECK_THAT(workspace.done({"inspect", "gapnet"}), Catch::Matchers::Contains("layer6.2"));

  zoo::write_safetensors(workspace / "plain.safetensors", {{"weight", Tensor({2, 3})}});
  const nlohmann::json plain = workspace.done_json({"inspect", "plain.safetensors"});
  CHECK(plain.at("tensors").at(0) ==
        nlohmann::json({{"name", "weight"}, {"dtype", "F32"}, {"shape", {2, 3}}, {"bytes", 24}}));
}

TEST_CASE("predict ranks the classes by their scores") {
  const Workspace workspace;
  zoo::write_png(workspace / "other.png", disc_picture(33, 90));
  const Arguments arguments{"predict", "disc.png", "other.png", "--model",
                            kModel,    "--logits", "x.npy"};
  const nlohmann::json document = workspace.done_json(arguments);
  const Tensor logits = zoo::read_npy(workspace / "x.npy");
  REQUIRE(logits.shape() == Shape{2, 4});
  REQUIRE(document.size() == 2);
  CHECK(document[1].at("image") == "other.png");
  for (std::size_t row = 0; row < 2; ++row) {
    const nlohmann::json& predictions = document[row].at("predictions");
    REQUIRE(predictions.size() == 4);
    double total = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto index = predictions[i].at("index").get<std::size_t>();
      CHECK(predictions[i].at("class") == workspace_classes()[index]);
      CHECK(predictions[i].at("logit").get<float>() == logits.data()[4 * row + index]);
      total += predictions[i].at("probability").get<double>();
      if (i > 0) {
        CHECK(predictions[i].at("logit").get<double>() <=
              predictions[i - 1].at("logit").get<double>());
      }
    }
    CHECK(total == Approx(1.0).epsilon(1e-6));
  }
  CHECK_THAT(
      workspace.done({"predict", "disc.png", "--model", kModel, "--top", "1"}),
      Catch::Matchers::Contains(document[0].at("predictions")[0].at("class").get<std::string>()));
}

TEST_CASE("weights with an architecture's name, class names and preprocessing from options") {
  const Workspace workspace;
  const zoo::Model model = zoo::create_model("gapnet", {.seed = 5});
  zoo::write_safetensors(workspace / "state.safetensors", zoo::state_dict(model.network));
  zoo::write_file(workspace / "names.txt",
                  std::string_view("a\nb\r\nc\nd\ne\nf\ng\nh\ni\nthe last"));
  const Arguments base{"predict",   "disc.png",          "--model", "gapnet",
                       "--weights", "state.safetensors", "--top",   "10"};
  const nlohmann::json plain = workspace.done_json(base);
  CHECK(plain[0].at("predictions").size() == 10);

  Arguments named = base;
  named.insert(named.end(), {"--classes", "names.txt", "--mean", "0.5,0.5,0.5", "--std", "2,2,2"});
  const nlohmann::json changed = workspace.done_json(named);
  std::vector<std::string> names;
  for (const nlohmann::json& one : changed[0].at("predictions")) names.push_back(one.at("class"));
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g", "h", "i", "the last"});
  CHECK(changed[0].at("predictions")[0].at("logit") != plain[0].at("predictions")[0].at("logit"));

  // What fits is loaded when asked for, with a word about the rest.
  const RunResult partial = workspace.run({"predict", "disc.png", "--model", "nin_small",
                                           "--weights", "state.safetensors", "--allow-partial"});
  CHECK(partial.code == 0);
  CHECK_THAT(partial.err, Catch::Matchers::Contains("fc.weight"));
}

TEST_CASE("where no model is named the built-in one answers, and knows the scenes") {
  const Workspace workspace;
  const RunResult picture = workspace.run({"predict", "disc.png"});
  CHECK(picture.code == 0);
  CHECK_THAT(picture.err, Catch::Matchers::Contains("built-in"));
  CHECK_THAT(picture.out, Catch::Matchers::Contains("circle"));
  CHECK(workspace.done_json({"inspect"}).at("input") == nlohmann::json({1, 3, 64, 64}));
  const nlohmann::json scenes = workspace.done_json(
      {"eval", "--data", "scenes", "--split", "test", "--count", "200", "--quiet"});
  CHECK(scenes.at("count") == 200);
  CHECK(scenes.at("top1").get<double>() >= 0.93);
}

TEST_CASE("quiet says nothing but the results") {
  const Workspace workspace;
  const RunResult result = workspace.run({"predict", "disc.png", "--model", kModel, "--quiet"});
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK_FALSE(result.out.empty());
}

}  // namespace cameo::tools
