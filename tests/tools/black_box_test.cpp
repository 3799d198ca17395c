// `cameo explain --black-box`: a command in place of a model.
#include "tools/black_box.h"

#include <chrono>

#include "core/error.h"
#include "tests/tools/workspace.h"
#include "zoo/checkpoints/npy.h"

namespace cameo::tools {

namespace {

std::string program(const std::string& mode) {
  return std::string("exec '") + CAMEO_BLACK_BOX_PROGRAM + "' " + mode;
}

Arguments explain(const std::string& mode, const Arguments& more) {
  Arguments arguments{"explain", "--black-box", program(mode)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

TEST_CASE("a command is a filter for bytes, of any size") {
  const zoo::Bytes large(3'000'000, 7);
  CHECK(run_filter("cat", large) == large);
  CHECK(run_filter("cat", {}).empty());
  CHECK(run_filter("echo yes", large) == zoo::to_bytes("yes\n"));
  CHECK(run_filter("wc -c | tr -d ' '", large) == zoo::to_bytes("3000000\n"));
}

TEST_CASE("a command that fails, hangs or floods is an error and leaves nothing running") {
  using Catch::Contains;
  const zoo::Bytes large(3'000'000, 7);
  CHECK_THROWS_WITH(run_filter("exit 5", large), Contains("exit code 5"));
  CHECK_THROWS_WITH(run_filter("kill -9 $$", large), Contains("signal 9"));
  CHECK_THROWS_WITH(run_filter("/no/such/program", large), Contains("127"));
  CHECK_THROWS_AS(run_filter("exit 5", large), RunError);
  CHECK_THROWS_WITH(run_filter("yes", {}, {.output_bytes = 100'000}), Contains("100000"));
  const auto start = std::chrono::steady_clock::now();
  const FilterLimits soon{.silence = std::chrono::milliseconds(200)};
  CHECK_THROWS_WITH(run_filter("sleep 100", large, soon), Contains("neither read nor written"));
  CHECK_THROWS_WITH(run_filter("sleep 100 & sleep 100", large, soon), Contains("neither"));
  CHECK_THROWS_WITH(run_filter("exec >&-; sleep 100", {}, soon), Contains("does not end"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

TEST_CASE("a black box that is the model is explained like the model") {
  const Workspace workspace;
  const Arguments wanted{
      "disc.png",   "--method",   "occlusion,feature-ablation,kernel-shap,rise,lime",
      "--option",   "patch=8",    "--option",
      "stride=8",   "--option",   "masks=20",
      "--option",   "samples=40", "--option",
      "segments=6", "--option",   "output=logit",
      "--target",   "2,top1,0-1", "--npy"};
  Arguments as_model{"explain", "--model", "model.safetensors", "--out", "model"};
  as_model.insert(as_model.end(), wanted.begin(), wanted.end());
  const nlohmann::json expected = workspace.done_json(as_model);
  // Its class names and preprocessing; the scores come from the command.
  Arguments as_command =
      explain("model model.safetensors", {"--model", "model.safetensors", "--out", "command"});
  as_command.insert(as_command.end(), wanted.begin(), wanted.end());
  const nlohmann::json results = workspace.done_json(as_command);
  REQUIRE(results.size() == 15);
  REQUIRE(expected.size() == 15);
  CHECK(workspace.names("command") == workspace.names("model"));
  for (std::size_t i = 0; i < results.size(); ++i) {
    CHECK(results[i].at("class") == expected[i].at("class"));
    CHECK(results[i].at("method") == expected[i].at("method"));
    CHECK(results[i].at("logit").get<double>() ==
          Approx(expected[i].at("logit").get<double>()).margin(1e-4));
    const Tensor map = zoo::read_npy(workspace / results[i].at("files")[1].get<std::string>());
    const Tensor truth = zoo::read_npy(workspace / expected[i].at("files")[1].get<std::string>());
    REQUIRE(map.shape() == truth.shape());
    for (std::size_t k = 0; k < map.data().size(); ++k) {
      REQUIRE(map.data()[k] == Approx(truth.data()[k]).margin(1e-3));
    }
  }
}

TEST_CASE("a black box without a model takes whole pictures, or arrays of any channels") {
  const Workspace workspace;
  const nlohmann::json results = workspace.done_json(
      explain("deaf", {"disc.png", "--method", "rise", "--option", "masks=1", "--out", "maps"}));
  CHECK(results[0].at("map_size") == std::vector<int>{60, 80});
  CHECK(results[0].at("class") == "class 0");
  CHECK(results[0].at("layer") == "black box");
  zoo::write_npy(workspace / "five.npy", Tensor({1, 5, 12, 12}, 1.0F));
  const nlohmann::json arrays =
      workspace.done_json(explain("deaf", {"--input-npy", "five.npy", "--method", "rise",
                                           "--option", "masks=1", "--out", "maps"}));
  CHECK(arrays[0].at("map_size") == std::vector<int>{12, 12});
}

TEST_CASE("a misbehaving black box ends in one message and exit code 1") {
  const Workspace workspace;
  const std::vector<std::pair<std::string, std::string>> cases{{"die", "exit code 3"},
                                                               {"crash", "signal 9"},
                                                               {"die-after", "exit code 4"},
                                                               {"hang", "neither read"},
                                                               {"linger", "does not end"},
                                                               {"silent", "no answer"},
                                                               {"garbage", "not a .npy"},
                                                               {"rows", "got [2,4]"},
                                                               {"rank", "got [1]"},
                                                               {"nan", "not finite"},
                                                               {"changing", "before it were 2"},
                                                               {"flood", "writes more"}};
  for (const auto& [mode, message] : cases) {
    INFO(mode);
    const std::string timeout = mode == "hang" || mode == "linger" ? "1" : "60";
    const RunResult result =
        workspace.run(explain(mode, {"disc.png", "--method", "occlusion", "--option", "patch=40",
                                     "--black-box-timeout", timeout, "--out", "maps"}));
    CHECK(result.code == 1);
    CHECK_THAT(result.err, Catch::Contains(message));
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
    CHECK_FALSE(std::filesystem::exists(workspace / "maps"));
  }
}

TEST_CASE("methods that need a network are refused for a black box") {
  const Workspace workspace;
  const RunResult result =
      workspace.run(explain("deaf", {"disc.png", "--method", "gradcam", "--out", "maps"}));
  CHECK(result.code == 2);
  CHECK_THAT(result.err, Catch::Contains("occlusion, feature-ablation, rise, lime, kernel-shap"));
  const RunResult target = workspace.run(
      explain("deaf", {"disc.png", "--method", "rise", "--target", "9", "--out", "maps"}));
  CHECK(target.code == 2);
  CHECK_THAT(target.err, Catch::Contains("there is no class 9"));
}

}  // namespace cameo::tools
