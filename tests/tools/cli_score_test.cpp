// `cameo score` and `cameo metrics`.
#include <algorithm>
#include <set>

#include "tests/tools/flat_model.h"
#include "tests/tools/workspace.h"

namespace cameo::tools {

namespace {

constexpr const char* kModel = "model.safetensors";

Arguments score(const Arguments& more) {
  Arguments arguments{"score", "--model", kModel, "--data", "scenes", "--limit", "12"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::string text_of(const zoo::Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

TEST_CASE("score: methods times metrics, with intervals") {
  const Workspace workspace;
  const nlohmann::json document = workspace.done_json(
      score({"--methods", "gradcam,saliency", "--metrics", "deletion,roc-auc,completeness"}));
  CHECK(document.at("pictures") == 12);
  CHECK(document.at("samples").get<int>() >= 1);
  const nlohmann::json& results = document.at("results");
  REQUIRE(results.size() == 6);
  std::set<std::string> seen;
  for (const nlohmann::json& result : results) {
    INFO(result);
    seen.insert(result.at("method").get<std::string>() + " " +
                result.at("metric").get<std::string>());
    if (result.at("metric") == "completeness") {
      CHECK(result.at("value").is_null());
      CHECK(result.at("pictures") == 0);
      continue;
    }
    CHECK(result.at("pictures") == document.at("samples"));
    CHECK(result.at("low").get<double>() <= result.at("value").get<double>());
    CHECK(result.at("value").get<double>() <= result.at("high").get<double>());
    CHECK(result.at("value").get<double>() >= 0.0);
    CHECK(result.at("value").get<double>() <= 1.0);
  }
  CHECK(seen.size() == 6);
}

TEST_CASE("score: the same bits for any number of threads") {
  const Workspace workspace;
  const Arguments arguments = score({"--methods", "gradcam", "--target", "top1", "--metrics",
                                     "deletion,road,infidelity,sanity-cascading", "--json"});
  Arguments one = arguments;
  one.insert(one.end(), {"--threads", "1"});
  Arguments three = arguments;
  three.insert(three.end(), {"--threads", "3"});
  const std::string text = workspace.done(one);
  CHECK(workspace.done(three) == text);
  const nlohmann::json document = nlohmann::json::parse(text);
  CHECK(document.at("samples") == 12);
  REQUIRE(document.at("sanity").size() == 1);
  const nlohmann::json& sanity = document.at("sanity")[0];
  CHECK(sanity.at("metric") == "sanity-cascading");
  CHECK((sanity.at("verdict") == "passes" || sanity.at("verdict") == "fails"));
  CHECK(sanity.at("layers").size() > 3);
}

TEST_CASE("score: all passes over what does not apply; by name it is an error") {
  const Workspace workspace;
  zoo::save_model(workspace / "lenet.safetensors", flat_model());
  const auto run = [&](const std::string& methods, const Arguments& options) {
    Arguments arguments{"score",
                        "--model",
                        "lenet.safetensors",
                        "--data",
                        "scenes",
                        "--limit",
                        "1",
                        "--target",
                        "top1",
                        "--methods",
                        methods,
                        "--metrics",
                        "gini,coherency,sanity-cascading",
                        "--json"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return workspace.run(arguments);
  };
  const RunResult all = run("all", quickly({"--option", "kernel-shap.segments=50"}));
  INFO(all.err);
  REQUIRE(all.code == 0);
  CHECK_THAT(all.err, Catch::Contains("cameo: cam is left out: CAM needs global average pooling"));
  CHECK_THAT(all.err, Catch::Contains("cameo: kernel-shap is left out: kernel-shap: "));
  const nlohmann::json document = nlohmann::json::parse(all.out);
  std::map<std::string, int> measured;
  for (const nlohmann::json& result : document.at("results")) {
    measured[result.at("method").get<std::string>()] += result.at("pictures").get<int>();
  }
  CHECK(measured.count("cam") == 0);
  CHECK(measured.at("kernel-shap") == 0);
  CHECK(measured.at("gradcam") == 3);
  for (const nlohmann::json& check : document.at("sanity")) {
    INFO(check);
    CHECK(check.at("verdict").is_null() == (check.at("method") == "kernel-shap"));
  }
  const RunResult named = run("gradcam,cam", {});
  CHECK(named.code == 2);
  CHECK_THAT(named.err, Catch::Contains("CAM needs global average pooling"));
  const RunResult few =
      run("gradcam,kernel-shap", {"--option", "samples=20", "--option", "segments=50"});
  CHECK(few.code == 2);
  CHECK_THAT(few.err, Catch::Contains("superpixels need at least twice as many samples"));
}

TEST_CASE("score: a table, and a CSV file beside it") {
  const Workspace workspace;
  const std::string text = workspace.done(
      score({"--methods", "gradcam,guided", "--metrics", "gini,entropy", "--csv", "out.csv"}));
  CHECK_THAT(text, Catch::Contains("gini (higher)"));
  CHECK_THAT(text, Catch::Contains("entropy (lower)"));
  CHECK_THAT(text, Catch::Contains("guided"));
  const std::string csv = text_of(zoo::read_file(workspace / "out.csv"));
  CHECK(csv.starts_with("method,metric,better,value,low,high,pictures\ngradcam,gini,higher,0."));
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 5);
}

TEST_CASE("score: files with COCO annotations give what the drawn pictures give") {
  const Workspace workspace;
  workspace.done({"datasets", "make", "scenes", "--out", "shapes", "--train", "0", "--val", "0",
                  "--test", "12", "--size", "32"});
  const Arguments what{"--methods", "gradcam", "--metrics", "pointing-game,relevance-mass,box-iou",
                       "--target",  "each"};
  Arguments files = score(what);
  *std::find(files.begin(), files.end(), "scenes") = "shapes";
  nlohmann::json from_files = workspace.done_json(files);
  nlohmann::json drawn = workspace.done_json(score(what));
  CHECK(from_files.at("results") == drawn.at("results"));
}

TEST_CASE("score: requests that cannot be met") {
  const Workspace workspace;
  const std::pair<Arguments, const char*> bad[] = {
      {{"--metrics", "deletoin"}, "deletion"},
      {{"--methods", "gradcm"}, "gradcam"},
      {{"--target", "lable"}, "label"},
      {{"--metrics", "deletion", "--metric-option", "fil=zero"}, "fill"},
      {{"--metrics", "deletion", "--metric-option", "fill"}, "KEY=VALUE"},
      {{"--csv", "no/such/folder.csv"}, "no/such/folder.csv"},
      {{"--split", "tset"}, "test"}};
  for (const auto& [more, message] : bad) {
    const RunResult result = workspace.run(score(more));
    INFO(result.err);
    CHECK(result.code == 2);
    CHECK_THAT(result.err, Catch::Contains(message));
  }
  // None of the data set's classes is the model's.
  workspace.done({"datasets", "make", "scenes", "--out", "shapes", "--train", "0", "--val", "0",
                  "--test", "20", "--size", "32"});
  zoo::Model other = zoo::create_model("gapnet", {.input_shape = {3, 32, 32}, .classes = 2});
  other.class_names = {"cat", "dog"};
  zoo::save_model(workspace / "other.safetensors", other);
  const RunResult result = workspace.run({"score", "--model", "other.safetensors", "--data",
                                          "shapes", "--methods", "gradcam", "--metrics", "gini"});
  CHECK(result.code == 2);
  CHECK_THAT(result.err, Catch::Contains("\"cat\"") && Catch::Contains("--target top1"));
}

TEST_CASE("metrics: a line each, with its source") {
  const Workspace workspace;
  const nlohmann::json list = workspace.done_json({"metrics"});
  CHECK(list.size() >= 25);
  for (const nlohmann::json& metric : list) {
    INFO(metric);
    CHECK_FALSE(metric.at("paper").get<std::string>().empty());
    CHECK_FALSE(metric.at("summary").get<std::string>().empty());
  }
  const std::string table = workspace.done({"metrics"});
  CHECK(std::count(table.begin(), table.end(), '\n') == std::ssize(list) + 1);
  CHECK_THAT(table, Catch::Contains("pointing-game"));
}

}  // namespace cameo::tools
