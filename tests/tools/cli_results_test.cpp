// What `cameo explain` and `cameo compare` leave for people: receipts, the page, the contact sheet,
// shared scales, placed cells, shares of regions, and what they say of degenerate inputs.
#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/tools/workspace.h"
#include "zoo/checkpoint_hash.h"
#include "zoo/checkpoints/npy.h"

namespace cameo::tools {

namespace {

constexpr const char* kModel = "model.safetensors";

Arguments explain(const Arguments& more) {
  Arguments arguments{"explain", "disc.png", "--model", kModel, "--out", "maps"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

nlohmann::json read_json(const std::filesystem::path& path) {
  const zoo::Bytes bytes = zoo::read_file(path);
  return nlohmann::json::parse(bytes.begin(), bytes.end());
}

std::string read_text(const std::filesystem::path& path) {
  const zoo::Bytes bytes = zoo::read_file(path);
  return {bytes.begin(), bytes.end()};
}

/// The JSON a report carries.
nlohmann::json report_data(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = page.find(open) + open.size();
  return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

bool warns(const nlohmann::json& record, const std::string& text) {
  const auto& warnings = record.at("warnings");
  return std::any_of(warnings.begin(), warnings.end(), [&](const std::string& warning) {
    return warning.find(text) != std::string::npos;
  });
}

void check_refused(const Workspace& workspace, const Arguments& arguments,
                   const std::string& says) {
  INFO(Catch::StringMaker<Arguments>::convert(arguments));
  const RunResult result = workspace.run(arguments);
  CHECK(result.code == 2);
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  CHECK_THAT(result.err, Catch::Matchers::Contains(says));
}

}  // namespace

TEST_CASE("a receipt lies beside each result and says what it was made from") {
  const Workspace workspace;
  const nlohmann::json records =
      workspace.done_json(explain({"--method", "gradcam,smoothgrad", "--option", "samples=3",
                                   "--target", "1", "--seed", "5", "--npy"}));
  CHECK(workspace.names("maps") ==
        std::vector<std::string>{"disc.gradcam.1.json", "disc.gradcam.1.npy", "disc.gradcam.1.png",
                                 "disc.smoothgrad.1.json", "disc.smoothgrad.1.npy",
                                 "disc.smoothgrad.1.png"});
  CHECK(records[0].at("files").size() == 3);
  const nlohmann::json receipt = read_json(workspace / "maps/disc.smoothgrad.1.json");
  CHECK(receipt.at("format") == "cameo receipt 1");
  CHECK(receipt.at("picture").at("file") == "disc.png");
  CHECK(receipt.at("picture").at("sha256") == zoo::sha256(workspace / "disc.png"));
  CHECK(receipt.at("model").at("model").at("sha256") == zoo::sha256(workspace / kModel));
  CHECK(receipt.at("model").at("weights").is_null());
  CHECK(receipt.at("model").at("preprocess").is_object());
  CHECK(receipt.at("options").at("samples") == "3");
  CHECK(receipt.at("options").at("seed") == "5");
  CHECK(receipt.at("options").count("noise") == 1);  // every option, those left alone too
  CHECK(receipt.at("seed") == 5);
  CHECK(receipt.at("class") == "square");
  CHECK(receipt.at("logit") == records[1].at("logit"));
  CHECK(receipt.at("warnings") == records[1].at("warnings"));
  CHECK(receipt.at("map").at("unit") == "logit per unit of the input");
  CHECK(receipt.at("command") ==
        "cameo explain disc.png --model model.safetensors --method smoothgrad --target 1 --option "
        "samples=3 --seed 5");
}

TEST_CASE("every method's result is made again from its receipt, byte by byte") {
  const Workspace workspace;
  const Arguments all =
      quickly(explain({"--method", "all", "--target", "1-2", "--npy", "--align", "receptive-field",
                       "--colorbar", "--alpha", "0.3", "--seed", "3"}));
  workspace.done(all);
  const auto first = workspace.files("maps");
  std::size_t receipts = 0;
  for (const auto& [name, bytes] : first) {
    if (!name.ends_with(".json")) continue;
    INFO(name);
    ++receipts;
    workspace.done({"explain", "--from", "maps/" + name, "--npy", "--out", "again"});
  }
  CHECK(receipts > 20);
  CHECK(workspace.files("again") == first);
}

TEST_CASE("a receipt repeats presets, quotes what a shell would split and keeps arrays") {
  const Workspace workspace;
  std::filesystem::rename(workspace / "disc.png", workspace / "my 'disc'.png");
  workspace.done({"explain", "my 'disc'.png", "--model", kModel, "--method", "gradcam++",
                  "--preset", "pytorch-grad-cam", "--target", "blue star", "--out", "maps"});
  const nlohmann::json receipt = read_json(workspace / "maps/my 'disc'.gradcam++.2.json");
  CHECK_THAT(receipt.at("command").get<std::string>(),
             Catch::Matchers::Contains("'my '\\''disc'\\''.png'"));
  workspace.done({"explain", "--from", "maps/my 'disc'.gradcam++.2.json", "--out", "again"});
  CHECK(workspace.files("maps") == workspace.files("again"));

  zoo::write_npy(workspace / "rows.npy", Tensor({1, 3, 32, 32}, 0.25F));
  workspace.done(
      {"explain", "--input-npy", "rows.npy", "--model", kModel, "--target", "0", "--out", "row"});
  CHECK(read_json(workspace / "row/input0.gradcam.0.json").at("picture").at("row") == "input0");
  workspace.done({"explain", "--from", "row/input0.gradcam.0.json", "--out", "row2"});
  CHECK(workspace.files("row") == workspace.files("row2"));
}

TEST_CASE("a receipt whose files have changed, or that is none, is refused") {
  const Workspace workspace;
  workspace.done(explain({"--target", "1"}));
  const std::string name = "maps/disc.gradcam.1.json";
  const auto from = [](const std::string& receipt) {
    return Arguments{"explain", "--from", receipt, "--out", "again"};
  };
  zoo::write_file(workspace / "text.json", "no receipt");
  zoo::write_file(workspace / "other.json", "{\"format\": 1}");
  zoo::write_file(workspace / "bare.json", "{\"format\": \"cameo receipt 1\"}");
  check_refused(workspace, from("text.json"), "text.json");
  check_refused(workspace, from("other.json"), "cameo receipt 1");
  check_refused(workspace, from("bare.json"), "arguments");
  check_refused(workspace, from("missing.json"), "missing.json");
  check_refused(workspace, {"explain", "disc.png", "--from", name}, "excludes");
  // What would run a command or write elsewhere is no part of a receipt.
  for (const char* option : {"--black-box", "--out", "--report", "--from"}) {
    nlohmann::json receipt = read_json(workspace / name);
    receipt["arguments"].insert(receipt["arguments"].end(), {option, "x"});
    zoo::write_file(workspace / "evil.json", receipt.dump());
    check_refused(workspace, from("evil.json"), "evil.json");
  }
  zoo::write_png(workspace / "disc.png", disc_picture(81, 60));
  check_refused(workspace, from(name), "SHA-256");
  CHECK_FALSE(std::filesystem::exists(workspace / "again"));
}

TEST_CASE("one scale for all maps of a method") {
  const Workspace workspace;
  zoo::write_png(workspace / "dark.png", zoo::Image(64, 64));
  const auto display = [&](const std::string& scale) {
    workspace.done({"explain", "disc.png", "dark.png", "--model", kModel, "--target", "0,1,2,3",
                    "--npy", "--stage", "display", "--scale", scale, "--out", scale});
    std::vector<float> peaks;
    for (const std::string& name : workspace.names(scale)) {
      if (!name.ends_with(".npy")) continue;
      const Tensor map = zoo::read_npy(workspace / (scale + "/" + name));
      peaks.push_back(*std::max_element(map.data().begin(), map.data().end()));
    }
    REQUIRE(peaks.size() == 8);
    return peaks;
  };
  const std::vector<float> each = display("each");
  const std::vector<float> shared = display("shared");
  CHECK(std::count(each.begin(), each.end(), 1.0F) > 1);
  CHECK(std::count_if(shared.begin(), shared.end(), [](float v) { return v > 0.999F; }) <
        std::count(each.begin(), each.end(), 1.0F));
  CHECK(*std::max_element(shared.begin(), shared.end()) <= 1.0F);
  check_refused(workspace, explain({"--scale", "sharde"}), "\"shared\"");
  check_refused(workspace, explain({"--range", "3,1"}), "--range");
}

TEST_CASE("cells lie evenly, in the corners or at the centres of what they see") {
  const Workspace workspace;
  const auto picture = [&](const std::string& align) {
    workspace.done(explain({"--target", "1", "--align", align}));
    return zoo::read_image(workspace / "maps/disc.gradcam.1.png");
  };
  const zoo::Image even = picture("half-pixel");
  CHECK(picture("corners") != even);
  CHECK(picture("nearest") != even);
  CHECK(picture("receptive-field") != even);
  check_refused(workspace, explain({"--align", "corner"}), "\"corners\"");
}

TEST_CASE("the share of a map in named regions") {
  const Workspace workspace;
  const nlohmann::json records = workspace.done_json(
      explain({"--method", "saliency,gradcam", "--target", "1", "--region", "left=0,0,16,32",
               "--region", "right=16,0,32,32", "--region", "all=0,0,32,32"}));
  for (const nlohmann::json& record : records) {
    const nlohmann::json& energy = record.at("energy");
    if (energy.at("all").is_null()) continue;
    CHECK(energy.at("all").get<double>() == Approx(1.0));
    CHECK(energy.at("left").get<double>() + energy.at("right").get<double>() == Approx(1.0));
  }
  CHECK_FALSE(records[0].at("energy").at("all").is_null());
  const std::string table = workspace.done(explain({"--region", "left=0,0,16,32"}));
  CHECK_THAT(table, Catch::Matchers::Contains("in left"));
  check_refused(workspace, explain({"--region", "a=0,0,33,32"}), "32x32");
  for (const char* bad :
       {"a", "a=1,2,3", "a=1,2,3,4,5", "a=5,0,5,9", "a=-1,0,5,9", "a=0,0,1.5,9"}) {
    check_refused(workspace, explain({"--region", bad}), "--region");
  }
}

TEST_CASE("a report is one self-contained page that nothing breaks out of") {
  const Workspace workspace;
  const std::string evil = "</script><script>alert(1)</script>.png";
  std::filesystem::create_directories(workspace / "<b>");
  std::filesystem::copy_file(workspace / "disc.png", workspace / "<b>" / "x&y.png");
  zoo::Model model = zoo::load_model(workspace / kModel);
  model.class_names[1] = evil;
  zoo::save_model(workspace / "evil.safetensors", model);
  workspace.done({"explain", "disc.png", "<b>/x&y.png", "--model", "evil.safetensors", "--method",
                  "gradcam,guided,occlusion", "--target", "1,0", "--out", "maps", "--report",
                  "maps/page.html"});
  const std::string page = read_text(workspace / "maps/page.html");
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(page.ends_with("</html>\n"));
  for (const std::string attribute : {"src=\"", "href=\""}) {
    for (std::size_t at = page.find(attribute); at != std::string::npos;
         at = page.find(attribute, at + 1)) {
      CHECK(page.compare(at + attribute.size(), 5, "data:") == 0);
    }
  }
  for (const char* outside : {"http:", "https:", "@import", "url(", "<b>", "alert(1)</script>"}) {
    INFO(outside);
    CHECK(page.find(outside) == std::string::npos);
  }
  const nlohmann::json data = report_data(page);
  CHECK(data.at("pictures").size() == 2);
  CHECK(data.at("pictures")[1].at("name") == "<b>/x&y.png");
  REQUIRE(data.at("results").size() == 12);
  for (const nlohmann::json& result : data.at("results")) {
    INFO(result.at("method"));
    const auto cells =
        result.at("rows").get<std::size_t>() * result.at("columns").get<std::size_t>();
    CHECK(result.at("values").get<std::string>().size() == (2 * cells + 2) / 3 * 4);
    CHECK(result.at("least").get<float>() <= result.at("greatest").get<float>());
    CHECK(result.at("cells").size() == 2);
    CHECK(data.at("methods").contains(result.at("method").get<std::string>()));
    CHECK(data.at("colormaps").contains(result.at("colormap").get<std::string>()));
    CHECK(result.contains("reconstruction") == (result.at("method") == "guided"));
  }
  CHECK(data.at("results")[0].at("label") == evil);
}

TEST_CASE("a contact sheet holds every result") {
  const Workspace workspace;
  workspace.done(explain(
      {"--method", "gradcam,guided", "--target", "0,1", "--contact-sheet", "maps/sheet.png"}));
  const zoo::Image small = zoo::read_image(workspace / "maps/sheet.png");
  workspace.done(explain({"--method", "gradcam,guided,saliency,hirescam,layercam", "--target",
                          "0,1,2", "--contact-sheet", "sheet.png"}));
  const zoo::Image large = zoo::read_image(workspace / "sheet.png");
  CHECK(large.width > small.width);
  CHECK(large.height > small.height);
  CHECK(small.width > 3 * 192);
}

TEST_CASE("evidence that is negative everywhere is shown in blue, and said") {
  const Workspace workspace;
  zoo::Model model = zoo::load_model(workspace / kModel);
  const ValueId weight = model.network.find("fc.weight");
  // A class that every feature speaks against.
  for (float& value : model.network.mutable_parameter(weight)) value = -std::abs(value);
  zoo::save_model(workspace / "against.safetensors", model);
  const nlohmann::json record =
      workspace.done_json({"explain", "disc.png", "--model", "against.safetensors", "--target", "1",
                           "--out", "maps"})[0];
  CHECK(warns(record, "blank map"));
  CHECK(warns(record, "all evidence negative; the counterfactual map is shown in blue"));
  CHECK(read_json(workspace / "maps/disc.gradcam.1.json").at("warnings") == record.at("warnings"));
  const zoo::Image picture = zoo::read_image(workspace / "maps/disc.gradcam.1.png");
  std::int64_t blue = 0;
  std::int64_t red = 0;
  for (std::size_t i = 0; i < picture.pixels.size(); i += 3) {
    blue += picture.pixels[i + 2] > picture.pixels[i] + 40 ? 1 : 0;
    red += picture.pixels[i] > picture.pixels[i + 2] + 150 ? 1 : 0;
  }
  CHECK(blue > 0);
  CHECK(blue > red);
}

TEST_CASE("two models on one picture, two pictures in one model") {
  const Workspace workspace;
  zoo::write_png(workspace / "other.png", disc_picture(60, 80));
  const nlohmann::json same =
      workspace.done_json({"compare", "disc.png", "disc.png", "--model", kModel, "--method",
                           "gradcam,saliency", "--target", "1,2"});
  REQUIRE(same.size() == 4);
  for (const nlohmann::json& pair : same) {
    CHECK(pair.at("difference").at("max") == 0.0);
    CHECK(pair.at("first").at("logit") == pair.at("second").at("logit"));
    if (pair.at("method") == "saliency") CHECK(pair.at("rank_correlation") == Approx(1.0));
  }
  const nlohmann::json other = workspace.done_json(
      {"compare", "disc.png", "other.png", "--model", kModel, "--method", "hirescam", "--target",
       "square", "--out", "both.png", "--report", "both.html"});
  REQUIRE(other.size() == 1);
  CHECK(other[0].at("second").at("image") == "other.png");
  CHECK(other[0].at("rank_correlation").get<double>() < 0.999);
  CHECK(other[0].at("rank_correlation").get<double>() > -1.0);
  CHECK(zoo::read_image(workspace / "both.png").width > 3 * 224);
  CHECK(read_text(workspace / "both.html").starts_with("<!doctype html>"));

  // A second model whose classes are the same in another order.
  zoo::Model model =
      zoo::create_model("gapnet", {.input_shape = {3, 32, 32}, .classes = 4, .seed = 9});
  model.class_names = {"t-shirt", "blue star", "square", "circle"};
  zoo::save_model(workspace / "second.safetensors", model);
  const nlohmann::json models =
      workspace.done_json({"compare", "disc.png", "--model", kModel, "--with-model",
                           "second.safetensors", "--target", "square", "--method", "gradcam"});
  CHECK(models[0].at("first").at("target") == "1");
  CHECK(models[0].at("second").at("target") == "2");
  CHECK(models[0].at("second").at("class") == "square");
  CHECK_THAT(workspace.done({"compare", "disc.png", "other.png", "--model", kModel}),
             Catch::Matchers::Contains("rank correlation"));

  check_refused(workspace, {"compare", "disc.png", "--model", kModel}, "--with-model");
  check_refused(workspace,
                {"compare", "disc.png", "other.png", "--model", kModel, "--with-model", kModel},
                "two pictures");
  check_refused(workspace,
                {"compare", "disc.png", "other.png", "--model", kModel, "--layer", "a,b"}, "a,b");
}

TEST_CASE("degenerate pictures and arrays give warnings or clear errors") {
  const Workspace workspace;
  const auto methods = "gradcam,saliency,guided,eigencam,layercam";
  zoo::write_png(workspace / "black.png", zoo::Image(64, 64));
  zoo::Image white(40, 50);
  std::fill(white.pixels.begin(), white.pixels.end(), std::uint8_t{255});
  zoo::write_png(workspace / "white.png", white);
  zoo::write_png(workspace / "pixel.png", disc_picture(1, 1));
  const nlohmann::json plain = workspace.done_json(
      {"explain", "black.png", "white.png", "pixel.png", "--model", kModel, "--method", methods,
       "--target", "0", "--out", "maps", "--report", "page.html", "--contact-sheet", "sheet.png"});
  CHECK(plain.size() == 15);

  // No pixel of the network's input has a value of its own.
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const float bad : {kNan, std::numeric_limits<float>::infinity(), 1e38F}) {
    INFO(bad);
    Tensor row({1, 3, 32, 32}, 0.1F);
    row.mutable_data()[500] = bad;
    zoo::write_npy(workspace / "bad.npy", row);
    const nlohmann::json records = workspace.done_json(
        {"explain", "--input-npy", "bad.npy", "--model", kModel, "--method", methods, "--target",
         "0", "--out", "bad", "--report", "bad.html", "--contact-sheet", "bad.png"});
    REQUIRE(records.size() == 5);
    for (const nlohmann::json& record : records) {
      INFO(record);
      if (record.at("logit").is_null()) CHECK(warns(record, "not finite"));
      CHECK(std::filesystem::exists(workspace / record.at("files")[0].get<std::string>()));
    }
    if (std::isnan(bad)) CHECK(warns(records[0], "not finite"));
    CHECK(report_data(read_text(workspace / "bad.html")).at("results").size() == 5);
  }

  zoo::write_npy(workspace / "tiny.npy", Tensor({1, 3, 1, 1}, 0.5F));
  check_refused(workspace,
                {"explain", "--input-npy", "tiny.npy", "--model", kModel, "--out", "tiny"},
                "layer \"pool\"");
  check_refused(workspace,
                {"explain", "disc.png", "--model", kModel, "--resize", "16384", "--crop", "16384",
                 "--out", "huge"},
                "pixels are more than");
}

}  // namespace cameo::tools
