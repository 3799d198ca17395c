// The laboratory: intervals, pages, questionnaires, and every lab at its smallest size.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "core/error.h"
#include "core/parallel.h"
#include "tests/tools/workspace.h"
#include "tools/labs/figures.h"
#include "tools/labs/lab.h"
#include "tools/labs/questionnaire.h"
#include "tools/labs/weak_segmentation.h"
#include "tools/labs/weather.h"
#include "zoo/datasets/scenes/export.h"

using namespace cameo;
using namespace cameo::tools;

namespace {

LabSettings tiny() { return {.size = LabSize::kTiny, .globals = {.quiet = true}}; }

/// A model and a folder of one picture, made in the workspace.
LabSettings about_photos(const Workspace& workspace) {
  std::filesystem::create_directory(workspace / "photos");
  std::filesystem::copy_file(workspace / "disc.png", workspace / "photos/disc.png");
  LabSettings settings = tiny();
  settings.model.model = workspace / "model.safetensors";
  settings.data = workspace / "photos";
  return settings;
}

std::string text_of(const std::filesystem::path& file) {
  const zoo::Bytes bytes = zoo::read_file(file);
  return {bytes.begin(), bytes.end()};
}

nlohmann::json results_of(const std::filesystem::path& folder) {
  return nlohmann::json::parse(text_of(folder / "results.json"));
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](double value) { return std::isfinite(value); });
}

/// What results.json says is what the page says.
void check_page(const std::filesystem::path& folder, const std::string& name) {
  const nlohmann::json results = results_of(folder);
  const std::string page = text_of(folder / "index.html");
  CHECK(results.at("lab") == name);
  CHECK_FALSE(results.at("figures").empty());
  CHECK_FALSE(results.at("tables").empty());
  CHECK_FALSE(results.at("shows").empty());
  for (const auto& figure : results.at("figures")) {
    CHECK(page.find(escape_html(figure.at("value").get<std::string>())) != std::string::npos);
  }
  for (const char* section : {"how", "shows", "differs", "change"}) {
    CHECK_FALSE(results.at(section).empty());
    for (const auto& text : results.at(section)) {
      CHECK(page.find(escape_html(text.get<std::string>())) != std::string::npos);
    }
  }
  for (const auto& [table, content] : results.at("tables").items()) {
    INFO(table);
    for (const auto& row : content.at("rows")) {
      CHECK(row.size() == content.at("columns").size());
      if (row.at(0).is_string()) {
        CHECK(page.find(escape_html(row.at(0).get<std::string>())) != std::string::npos);
      }
    }
  }
  for (const auto& [chart, content] : results.at("charts").items()) {
    INFO(chart);
    for (const auto& line : content.at("lines")) {
      CHECK(line.at("x").size() == line.at("y").size());
      CHECK(all_finite(line.at("y").get<std::vector<double>>()));
    }
  }
  // Nothing is loaded from elsewhere.
  CHECK(page.find("src=\"http") == std::string::npos);
  CHECK(page.find("<script") == std::string::npos);
}

void check_all(const std::filesystem::path& folder) {
  const std::string front = text_of(folder / "index.html");
  for (const Lab& lab : labs()) {
    INFO(lab.name);
    check_page(folder / lab.name, std::string(lab.name));
    CHECK(front.find(std::string(lab.name) + "/index.html") != std::string::npos);
  }
}

}  // namespace

TEST_CASE("rates have the score interval") {
  const Rate some{.hits = 81, .total = 263};  // Newcombe 1998, table I, method 3
  CHECK(some.low() == Approx(0.2553).margin(5e-5));
  CHECK(some.high() == Approx(0.3662).margin(5e-5));
  const Rate none{.hits = 0, .total = 20};
  CHECK(none.low() == 0.0);
  CHECK(none.high() == Approx(0.1611).margin(5e-5));
  const Rate all{.hits = 20, .total = 20};
  CHECK(all.low() == Approx(1.0 - 0.1611).margin(5e-5));
  CHECK(all.high() == 1.0);
  CHECK(to_text(Rate{.hits = 1, .total = 2}) == "50.0 % [9.5, 90.5]");
  CHECK(to_text(Rate{}) == "none");
}

TEST_CASE("means have the bootstrap's interval, and pairs are compared pair by pair") {
  const std::vector<double> same(10, 0.25);
  const Mean constant = mean_of(same, 1);
  CHECK(constant.value == 0.25);
  CHECK(constant.low == 0.25);
  CHECK(constant.high == 0.25);
  CHECK(mean_of({}, 1).count == 0);
  CHECK(to_text(mean_of({}, 1)) == "none");

  // 0 and 1 in equal numbers: the mean's standard error is 0.05.
  std::vector<double> coin(100, 0.0);
  for (std::size_t i = 0; i < 50; ++i) coin[i] = 1.0;
  const Mean half = mean_of(coin, 1);
  CHECK(half.low == Approx(0.5 - 1.96 * 0.05).margin(0.02));
  CHECK(half.high == Approx(0.5 + 1.96 * 0.05).margin(0.02));

  std::vector<double> above = coin;
  for (double& value : above) value += 0.01;
  CHECK(order_of(paired_difference(above, coin, 1)) == Order::kHigher);
  CHECK(order_of(paired_difference(coin, above, 1)) == Order::kLower);
  CHECK(order_of(paired_difference(coin, coin, 1)) == Order::kUndecided);
  CHECK(order_of(mean_of(std::vector<double>(9, 1.0), 1)) == Order::kUndecided);  // too few
  CHECK_THROWS_AS(paired_difference(coin, same, 1), ArgumentError);
  CHECK(against_paper(Order::kLower, Order::kLower) == "lower, as in the paper");
  CHECK(against_paper(Order::kLower, Order::kHigher) == "lower, against the paper");
  CHECK(against_paper(Order::kUndecided, Order::kHigher).find("paper") == std::string::npos);
}

TEST_CASE("a page escapes its words, and numbers that are none become null") {
  LabPage page{.title = "<b>", .question = "a < b?", .how = {"so"}};
  page.figures = {{"1 < 2", "\"x\""}};
  page.parts.emplace_back(LabTable{.name = "t",
                                   .caption = "c",
                                   .columns = {"a", "b"},
                                   .rows = {{cell(std::string("<i>")), cell(std::nan(""), 2)}}});
  const LabOrigin origin{.lab = "x", .command = "cameo lab x", .size = "full"};
  const std::string html = lab_html(page, origin);
  CHECK(html.find("<b>&lt;b&gt;") == std::string::npos);
  CHECK(html.find("a &lt; b?") != std::string::npos);
  CHECK(html.find("<i>") == std::string::npos);
  CHECK(lab_json(page, origin).at("tables").at("t").at("rows").at(0).at(1).is_null());
}

TEST_CASE("the weather goes with the shape as often as asked, and hides no object") {
  const WeatherScenes biased({.count = 400, .bias = 0.9, .seed = 3});
  const WeatherScenes balanced({.count = 400, .bias = 0.5, .seed = 3});
  int usual = 0;
  int even = 0;
  for (std::size_t i = 0; i < biased.size(); ++i) {
    const bool hourglass = biased.label(i) == 0;
    REQUIRE(balanced.label(i) == biased.label(i));
    usual += hourglass == (biased.weather(i) == Weather::kSun) ? 1 : 0;
    even += hourglass == (balanced.weather(i) == Weather::kSun) ? 1 : 0;
  }
  CHECK(usual == Approx(360).margin(24));  // four standard deviations
  CHECK(even == Approx(200).margin(40));

  const std::vector<std::size_t> indices{5, 6};
  const Batch both = biased.batch(indices);
  CHECK(both.images.shape() == Shape{2, 3, 64, 64});
  CHECK(both.labels == std::vector<int>{biased.label(5), biased.label(6)});
  for (std::size_t i = 0; i < 50; ++i) {
    const Tensor object = biased.object_mask(i);
    const Tensor weather = biased.weather_mask(i);
    double covered = 0.0;
    for (std::size_t at = 0; at < object.data().size(); ++at) {
      REQUIRE(object.data()[at] * weather.data()[at] == 0.0F);
      covered += weather.data()[at];
    }
    CHECK(covered > 100.0);  // pixels; a sun has about 129
  }
}

TEST_CASE("labs are found by name and refuse what they do not take") {
  CHECK(find_lab("sanity").name == "sanity");
  CHECK_THROWS_WITH(find_lab("sanitiy"), Catch::Contains("sanity"));
  const zoo::TemporaryFolder folder;
  LabSettings settings = tiny();
  settings.data = "somewhere";
  CHECK_THROWS_AS(run_lab(find_lab("sanity"), settings, folder.path()), ArgumentError);
  settings = tiny();
  settings.answers = {"answers.csv"};
  CHECK_THROWS_AS(run_lab(find_lab("sanity"), settings, folder.path()), ArgumentError);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("every lab writes a page and the same as numbers, and the front page shows them all") {
  const zoo::TemporaryFolder folder;
  run_all_labs(tiny(), folder.path());
  check_all(folder.path());
}

TEST_CASE("a lab's numbers are the same for any thread count") {
  const zoo::TemporaryFolder folder;
  LabSettings settings = tiny();
  for (const int threads : {1, 2}) {
    const ThreadLimit limit(threads);
    run_lab(find_lab("counterfactual"), settings, folder / std::to_string(threads));
  }
  nlohmann::json one = results_of(folder / "1/counterfactual");
  nlohmann::json two = results_of(folder / "2/counterfactual");
  one.erase("command");
  two.erase("command");
  CHECK(one == two);
}

TEST_CASE("labs run on a reader's model and pictures") {
  const Workspace workspace;
  LabSettings settings = about_photos(workspace);
  for (const char* name : {"failures", "counterfactual", "faithfulness", "adversarial"}) {
    INFO(name);
    run_lab(find_lab(name), settings, workspace / "labs");
    check_page(workspace / "labs" / name, name);
  }
  CHECK_THROWS_WITH(run_lab(find_lab("localization"), settings, workspace / "labs"),
                    Catch::Contains("box"));
  settings.data = workspace / "nothing";
  CHECK_THROWS_AS(run_lab(find_lab("failures"), settings, workspace / "labs"), Error);
}

TEST_CASE("all labs: a reader's model goes to those that take one, and one that fails stops none",
          "[slow]") {
  const Workspace workspace;
  LabSettings settings = about_photos(workspace);
  CHECK_THROWS_WITH(run_all_labs(settings, workspace / "labs"), Catch::Contains("box"));
  const std::string front = text_of(workspace / "labs/index.html");
  CHECK(front.find("Did not run: ") != std::string::npos);  // localization: photos without boxes
  CHECK(front.find("localization/index.html") == std::string::npos);
  CHECK(front.find("localization, faithfulness, failures, counterfactual, adversarial") !=
        std::string::npos);
  const auto command = [&](const char* lab) {
    return results_of(workspace / "labs" / lab).at("command").get<std::string>();
  };
  CHECK(command("faithfulness").find("--model") != std::string::npos);
  CHECK(command("drift").find("--model") == std::string::npos);

  settings.answers = {"answers.csv"};
  CHECK_THROWS_WITH(run_all_labs(settings, workspace / "other"), Catch::Contains("--answers"));
  CHECK_FALSE(std::filesystem::exists(workspace / "other"));
}

TEST_CASE("localisation reads boxes beside pictures in COCO's format") {
  const zoo::TemporaryFolder folder;
  zoo::export_scenes(folder / "drawn", {.train = 0, .validation = 0, .test = 4});
  LabSettings settings = tiny();
  settings.data = folder / "drawn";
  const LabPage page = run_lab(find_lab("localization"), settings, folder / "beside");
  CHECK(page.figures.size() == 3);  // the classes are the model's, so they are judged
  settings.boxes = folder / "drawn/test.json";
  run_lab(find_lab("localization"), settings, folder / "named");
  CHECK(results_of(folder / "beside/localization").at("tables") ==
        results_of(folder / "named/localization").at("tables"));
}

TEST_CASE("answers to a questionnaire are read back and analysed") {
  const zoo::TemporaryFolder folder;
  LabSettings settings = tiny();
  run_lab(find_lab("trust"), settings, folder.path());
  const std::string page = text_of(folder / "trust/questionnaire.html");
  const std::size_t start = page.find("data-study=\"") + 12;
  const std::string study = page.substr(start, page.find('"', start) - start);
  std::string answers = "study,observer,question,choice\r\n";
  for (int i = 1; page.find("name=\"q" + std::to_string(i) + "\"") != std::string::npos; ++i) {
    answers += study + ",Ada,q" + std::to_string(i) + ",2\r\n";
  }
  zoo::write_file(folder / "answers.csv", answers);
  settings.answers = {folder / "answers.csv"};
  const LabPage analysed = run_lab(find_lab("trust"), settings, folder.path());
  CHECK(analysed.figures.front().value == "0.00 [0.00, 0.00]");  // all say: equally reasonable
  CHECK(analysed.figures.front().meaning.find("1 observer;") != std::string::npos);

  const std::vector<std::string> damaged{
      std::string("no header\n"), "study,observer,question,choice\nother,Ada,q1,2\n",
      "study,observer,question,choice\n" + study + ",Ada,q1,5\n",
      "study,observer,question,choice\n" + study + ",Ada,q999,0\n",
      "study,observer,question,choice\n" + study + ",Ada\n"};
  for (const std::string& bad : damaged) {
    INFO(bad);
    zoo::write_file(folder / "answers.csv", bad);
    CHECK_THROWS_AS(run_lab(find_lab("trust"), settings, folder.path()), FormatError);
  }
}

TEST_CASE("a questionnaire tells nothing by place or id, and cannot be broken out of") {
  Questionnaire questionnaire{.study = "s", .title = "<t>", .instructions = "i"};
  for (int i = 0; i < 20; ++i) {
    questionnaire.questions.push_back(
        {.text = "<q" + std::to_string(i) + ">", .choices = {"a", "<b>"}});
  }
  const Questionnaire before = questionnaire;
  const std::vector<std::size_t> order = shuffle_questions(questionnaire, 3);
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  for (std::size_t i = 0; i < order.size(); ++i) {
    CHECK(questionnaire.questions[i].text == before.questions[order[i]].text);
    CHECK(questionnaire.questions[i].id == "q" + std::to_string(i + 1));
  }
  const std::string html = questionnaire_html(questionnaire);
  CHECK(html.find("<q1>") == std::string::npos);
  CHECK(html.find("<b>") == std::string::npos);
  CHECK(html.find("<t>") == std::string::npos);
}

TEST_CASE("seeds are high map values, then the least gradient, and small regions win") {
  // Ten cells in a row; shape 4 reaches over more of them than shape 7.
  const Shape row{1, 10};
  const CellMaps cells{
      .classes = {4, 7},
      .maps = {Tensor(row, std::vector<float>{1, 0.9F, 0.5F, 0.3F, 0.2F, 0, 0, 0, 0, 0.21F}),
               Tensor(row, std::vector<float>{0, 0, 0.3F, 1, 0.1F, 0, 0, 0, 0, 0})},
      .saliency = Tensor(row, std::vector<float>{9, 8, 7, 6, 5, 4, 3, 1, 2, 0})};
  // The least gradient is where shape 4 is: a shape wins over the background.
  CHECK(seeds_of(cells) == std::vector{4, 4, 7, 7, -1, -1, -1, -1, -1, 4});
  CellMaps other = cells;
  other.maps[0].mutable_data()[9] = 0.0F;
  CHECK(seeds_of(other) == std::vector{4, 4, 7, 7, -1, -1, -1, -1, -1, kBackground});
  // Pixels go to the higher map, whatever its extent.
  CHECK(segments_of(other, 1, 10) == std::vector{4, 4, 4, 7, kBackground, kBackground, kBackground,
                                                 kBackground, kBackground, kBackground});
  const Tensor probabilities({3, 1, 2}, std::vector<float>{0.2F, 0.4F, 0.5F, 0.4F, 0.3F, 0.2F});
  CHECK(most_probable(probabilities) == std::vector{1, 0});
}

TEST_CASE("weak supervision tells which shapes are in a scene, truth where") {
  const WeakScenes scenes(zoo::SceneSplit::kTrain, 3, 5);
  const Tensor table = scenes.present_table({0, 2}, kSegments);
  CHECK(table.shape() == Shape{2, kSegments});
  for (const std::size_t i : {0U, 2U}) {
    const std::vector<int> truth = scenes.truth(i);
    CHECK(std::count(truth.begin(), truth.end(), kBackground) > 0);
    for (int k = 0; k < kBackground; ++k) {
      const auto& present = scenes.present(i);
      const bool there = std::find(present.begin(), present.end(), k) != present.end();
      CHECK((std::count(truth.begin(), truth.end(), k) > 0) == there);
      CHECK((table.data()[(i / 2) * kSegments + static_cast<std::size_t>(k)] == 1.0F) == there);
    }
  }
}

TEST_CASE("cameo lab lists labs and answers a mistyped one") {
  const Workspace workspace;
  const nlohmann::json listed = workspace.done_json({"lab", "list"});
  CHECK(listed.size() == labs().size());
  const RunResult wrong = workspace.run({"lab", "sanitiy"});
  CHECK(wrong.code == 2);
  CHECK(wrong.err.find("sanity") != std::string::npos);
  const nlohmann::json results = workspace.done_json({"lab", "cam-is-gradcam", "--quick"});
  CHECK(results == results_of(workspace / "labs/cam-is-gradcam"));
}

TEST_CASE("all labs at their quick size", "[slow]") {
  const Workspace workspace;
  workspace.done({"lab", "all", "--quick", "--out", "labs"});
  check_all(workspace / "labs");
}
