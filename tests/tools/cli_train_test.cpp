// `cameo train`, `eval` and `datasets make`: the same bits for any threads, after any kill.
#include <algorithm>
#include <csignal>
#include <sstream>

#include "core/random.h"
#include "tests/tools/workspace.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/datasets/datasets.h"

namespace cameo::tools {

namespace {

/// Workspace with `shapes`, 40 + 10 + 20 drawn pictures.
class TrainingWorkspace : public Workspace {
 public:
  TrainingWorkspace() {
    done({"datasets", "make", "scenes", "--out", "shapes", "--train", "40", "--val", "10", "--test",
          "20", "--size", "32", "--quiet"});
  }
};

Arguments train(const std::string& out, const Arguments& more) {
  Arguments arguments{"train", "--data",  "shapes",    "--size",       "16",    "--batch",
                      "8",     "--quiet", "--augment", "flip,shift=2", "--out", out};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::vector<std::string> lines(const std::filesystem::path& path) {
  const zoo::Bytes bytes = zoo::read_file(path);
  std::istringstream stream(std::string(bytes.begin(), bytes.end()));
  std::vector<std::string> found;
  for (std::string line; std::getline(stream, line);) found.push_back(line);
  return found;
}

/// The epochs that the log files tell of; both must tell of the same.
std::vector<std::int64_t> logged_epochs(const std::filesystem::path& folder) {
  std::vector<std::int64_t> epochs;
  for (const std::string& line : lines(folder / "metrics.jsonl")) {
    epochs.push_back(nlohmann::json::parse(line).at("epoch"));
  }
  const std::vector<std::string> csv = lines(folder / "metrics.csv");
  REQUIRE(csv.size() == epochs.size() + 1);
  CHECK(csv[0].starts_with("epoch,train_loss"));
  for (std::size_t i = 0; i < epochs.size(); ++i) CHECK(std::stoll(csv[i + 1]) == epochs[i]);
  return epochs;
}

}  // namespace

TEST_CASE("training gives the same bytes for any number of threads") {
  const TrainingWorkspace workspace;
  for (const std::string model : {"gapnet", "nin_small"}) {
    const auto run = [&](const std::string& threads) {
      workspace.done(
          train("x.safetensors", {"--model", model, "--epochs", "2", "--threads", threads}));
      return zoo::read_file(workspace / "x.safetensors");
    };
    const zoo::Bytes one = run("1");
    CHECK(run("2") == one);
    CHECK(run("3") == one);
  }
}

TEST_CASE("another seed gives another network") {
  const TrainingWorkspace workspace;
  workspace.done(train("a.safetensors", {"--epochs", "1"}));
  workspace.done(train("b.safetensors", {"--epochs", "1", "--seed", "1"}));
  CHECK(zoo::read_file(workspace / "a.safetensors") != zoo::read_file(workspace / "b.safetensors"));
}

TEST_CASE("a trained file carries classes and preprocessing and is evaluated without options") {
  const TrainingWorkspace workspace;
  const nlohmann::json trained = workspace.done_json(train("x.safetensors", {"--epochs", "2"}));
  CHECK(trained.at("epochs").size() == 2);
  CHECK(trained.at("out") == "x.safetensors");
  const zoo::Model model = zoo::load_model(workspace / "x.safetensors");
  CHECK(model.architecture == "gapnet");
  CHECK(model.network.input_shape() == Shape{3, 16, 16});
  const auto data = zoo::open_dataset((workspace / "shapes").string(), {.split = "test"});
  CHECK(model.class_names == data->class_names());

  const nlohmann::json result =
      workspace.done_json({"eval", "--data", "shapes", "--split", "test", "--model",
                           "x.safetensors", "--predictions", "p.npy"});
  const zoo::Int64Array predictions = zoo::read_npy_int64(workspace / "p.npy");
  REQUIRE(predictions.shape == Shape{20});
  const zoo::Bytes npy = zoo::read_file(workspace / "p.npy");
  CHECK(std::string(npy.begin(), npy.end()).find("'<i8'") != std::string::npos);
  std::int64_t correct = 0;
  for (std::size_t i = 0; i < 20; ++i) correct += predictions.values[i] == data->label(i) ? 1 : 0;
  CHECK(result.at("count") == 20);
  CHECK(result.at("top1").get<double>() == Approx(static_cast<double>(correct) / 20.0));
  CHECK(result.at("top5").get<double>() >= result.at("top1").get<double>());
  std::int64_t diagonal = 0;
  std::int64_t total = 0;
  for (std::size_t row = 0; row < result.at("confusion").size(); ++row) {
    diagonal += result.at("confusion")[row][row].get<std::int64_t>();
    for (const std::int64_t count : result.at("confusion")[row]) total += count;
  }
  CHECK(diagonal == correct);
  CHECK(total == 20);
  CHECK_THAT(workspace.done({"eval", "--data", "shapes", "--model", "x.safetensors"}),
             Catch::Matchers::Contains("top-1"));

  // A picture of the data set gets the prediction that eval gave it, by way of its file.
  const zoo::Model same = zoo::load_model(workspace / "x.safetensors");
  std::vector<std::string> files;
  for (const auto& [name, bytes] : workspace.files("shapes/test")) {
    if (name.ends_with(".png")) files.push_back("shapes/test/" + name);
  }
  REQUIRE(files.size() == 20);
  Arguments predict{"predict", "--model", "x.safetensors"};
  predict.insert(predict.end(), files.begin(), files.end());
  const nlohmann::json single = workspace.done_json(predict);
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(single[i].at("predictions")[0].at("index") == predictions.values[i]);
  }
}

TEST_CASE("drawn scenes are files that others read") {
  const TrainingWorkspace workspace;
  for (const auto& [split, count] : {std::pair{"train", 40}, {"val", 10}, {"test", 20}}) {
    const zoo::Bytes bytes = zoo::read_file(workspace / ("shapes/" + std::string(split) + ".json"));
    const nlohmann::json coco = nlohmann::json::parse(bytes);
    CHECK(coco.at("images").size() == static_cast<std::size_t>(count));
    CHECK(coco.at("categories").size() == 10);
    REQUIRE(coco.at("annotations").size() >= static_cast<std::size_t>(count));
    for (const nlohmann::json& annotation : coco.at("annotations")) {
      CHECK(annotation.at("bbox").size() == 4);
      CHECK(annotation.at("area").get<double>() > 0.0);
      CHECK(annotation.contains("segmentation"));
    }
  }
  // The same seed gives the same files.
  workspace.done({"datasets", "make", "scenes", "--out", "again", "--train", "40", "--val", "10",
                  "--test", "20", "--size", "32", "--quiet", "--threads", "1"});
  CHECK(workspace.files("again") == workspace.files("shapes"));
  workspace.done({"datasets", "make", "scenes", "--out", "pairs", "--train", "4", "--val", "0",
                  "--test", "0", "--multi", "--quiet"});
  const nlohmann::json pairs =
      nlohmann::json::parse(zoo::read_file(workspace / "pairs/train.json"));
  CHECK(pairs.at("annotations").size() >= 8);
}

TEST_CASE("a resumed run must be the run it was") {
  const TrainingWorkspace workspace;
  workspace.done(train("x.safetensors", {"--epochs", "2", "--checkpoint", "run"}));
  const auto before = workspace.files("run");
  for (const Arguments& other :
       {Arguments{"--epochs", "2", "--seed", "9"}, Arguments{"--epochs", "3"},
        Arguments{"--epochs", "2", "--optimizer", "adam"},
        Arguments{"--epochs", "2", "--model", "nin_small"}}) {
    Arguments arguments = train("y.safetensors", other);
    arguments.insert(arguments.end(), {"--checkpoint", "run", "--resume"});
    INFO(Catch::StringMaker<Arguments>::convert(arguments));
    const RunResult result = workspace.run(arguments);
    CHECK(result.code == 2);
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
    CHECK(workspace.files("run") == before);
    CHECK_FALSE(std::filesystem::exists(workspace / "y.safetensors"));
  }
  // A finished run resumed writes its result again.
  workspace.done(train("y.safetensors", {"--epochs", "2", "--checkpoint", "run", "--resume"}));
  CHECK(zoo::read_file(workspace / "y.safetensors") == zoo::read_file(workspace / "x.safetensors"));
}

TEST_CASE("a run killed at any moment and resumed ends with the bits of one never interrupted") {
  const TrainingWorkspace workspace;
  const std::int64_t epochs = 20;
  const Arguments settings{"--epochs", std::to_string(epochs)};
  const auto run = [&](const std::string& out, const std::string& folder) {
    Arguments arguments = train(out, settings);
    arguments.insert(arguments.end(), {"--checkpoint", folder, "--resume"});
    return arguments;
  };
  workspace.done(run("whole.safetensors", "whole"));

  // Moments between 0 and `longest`, which grows while the run gets nowhere, so that the test ends
  // on a busy machine as well.
  Random random(17);
  std::chrono::microseconds longest(40000);
  int kills = 0;
  zoo::Bytes last;
  for (;;) {
    const auto moment = longest * random.uniform();
    Program program(workspace.path(), run("killed.safetensors", "killed"));
    const RunResult result =
        program.wait_or_kill(std::chrono::duration_cast<std::chrono::microseconds>(moment));
    INFO(result.err);
    if (result.code == 0) break;
    REQUIRE(result.signal == SIGKILL);
    ++kills;
    const std::filesystem::path state = workspace / "killed/last.safetensors";
    const zoo::Bytes now = std::filesystem::exists(state) ? zoo::read_file(state) : zoo::Bytes{};
    if (now == last) longest += longest / 4;
    last = now;
  }
  CHECK(kills >= 3);
  CHECK(zoo::read_file(workspace / "killed.safetensors") ==
        zoo::read_file(workspace / "whole.safetensors"));
  CHECK(zoo::read_file(workspace / "killed/best.safetensors") ==
        zoo::read_file(workspace / "whole/best.safetensors"));
  std::vector<std::int64_t> every;
  for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) every.push_back(epoch);
  CHECK(logged_epochs(workspace / "killed") == every);
  CHECK(logged_epochs(workspace / "whole") == every);
}

}  // namespace cameo::tools
