// `cameo explain`: the files it writes, and pictures of every kind.
#include <algorithm>

#include "tests/tools/flat_model.h"
#include "tests/tools/workspace.h"
#include "zoo/checkpoints/npy.h"

namespace cameo::tools {

namespace {

constexpr const char* kModel = "model.safetensors";

/// Without receipts, which cli_results_test.cpp is about.
Arguments explain(const std::string& picture, const Arguments& more) {
  Arguments arguments{"explain", picture, "--model", kModel, "--no-receipt"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The `.npy` of one result at each stage.
Tensor stage(const Workspace& workspace, const std::string& method, const std::string& name) {
  const std::string folder = method + "-" + name;
  workspace.done(explain("disc.png", {"--method", method, "--target", "1", "--npy", "--stage", name,
                                      "--out", folder}));
  return zoo::read_npy(workspace / (folder + "/disc." + method + ".1.npy"));
}

}  // namespace

TEST_CASE("an explanation's file is named after picture, method and class") {
  const Workspace workspace;
  const nlohmann::json document = workspace.done_json(
      explain("disc.png", {"--method", "gradcam,saliency", "--target", "2,0", "--out", "maps"}));
  CHECK(workspace.names("maps") ==
        std::vector<std::string>{"disc.gradcam.0.png", "disc.gradcam.2.png", "disc.saliency.0.png",
                                 "disc.saliency.2.png"});
  REQUIRE(document.size() == 4);
  for (const nlohmann::json& result : document) {
    INFO(result);
    CHECK(result.at("image") == "disc.png");
    CHECK(result.at("class") == workspace_classes()[result.at("index").get<std::size_t>()]);
    CHECK(result.at("map_size").size() == (result.at("method") == "gradcam" ? 2 : 3));
    CHECK(result.at("layer") == (result.at("method") == "gradcam" ? "layer6.2" : "input"));
    CHECK(result.at("min").get<float>() <= result.at("max").get<float>());
    CHECK(result.at("probability").get<double>() > 0.0);
    CHECK(result.at("milliseconds").get<double>() >= 0.0);
    CHECK(result.at("warnings").is_array());
    for (const std::string file : result.at("files")) {
      CHECK(std::filesystem::exists(workspace / file));
    }
  }
}

TEST_CASE("the logit and probability of an explanation are those of the prediction") {
  const Workspace workspace;
  const nlohmann::json prediction =
      workspace.done_json({"predict", "disc.png", "--model", kModel})[0].at("predictions");
  const nlohmann::json explanations =
      workspace.done_json(explain("disc.png", {"--target", "top3", "--out", "maps"}));
  REQUIRE(explanations.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    for (const char* key : {"class", "index", "logit", "probability"}) {
      CHECK(explanations[i].at(key) == prediction[i].at(key));
    }
  }
}

TEST_CASE("targets by rank, index, name and contrast") {
  const Workspace workspace;
  const std::pair<const char*, const char*> targets[] = {{"3", "3"},
                                                         {"square", "1"},
                                                         {"BLUE star", "2"},
                                                         {"t-shirt", "3"},
                                                         {"0-2", "0-2"},
                                                         {"circle-square", "0-1"},
                                                         {"t-shirt-circle", "3-0"},
                                                         {"square-t-shirt", "1-3"}};
  for (const auto& [target, name] : targets) {
    INFO(target);
    workspace.done(explain("disc.png", {"--target", target, "--out", target}));
    CHECK(workspace.names(target) ==
          std::vector<std::string>{"disc.gradcam." + std::string(name) + ".png"});
  }
  // More ranks than classes give every class.
  workspace.done(explain("disc.png", {"--target", "top50", "--out", "all"}));
  CHECK(workspace.names("all").size() == 4);

  const nlohmann::json pair =
      workspace.done_json(explain("disc.png", {"--target", "0,2,0-2", "--out", "maps"}));
  REQUIRE(pair.size() == 3);
  CHECK(pair[2].at("class") == "circle rather than blue star");
  CHECK(pair[2].at("logit").get<double>() ==
        Approx(pair[0].at("logit").get<double>() - pair[1].at("logit").get<double>()).margin(1e-6));
}

TEST_CASE("layers by node and by module; several are told apart in the names") {
  const Workspace workspace;
  const auto layer_of = [&](const std::string& layer) {
    return workspace
        .done_json(explain("disc.png", {"--layer", layer, "--target", "1", "--out", "maps"}))[0]
        .at("layer");
  };
  CHECK(layer_of("auto") == "layer6.2");
  CHECK(layer_of("layer6") == "layer6.2");
  CHECK(layer_of("layer3.0") == "layer3.0");
  CHECK(layer_of("pool") == "pool");
  workspace.done(explain("disc.png", {"--layer", "layer2,layer6", "--method", "gradcam,saliency",
                                      "--target", "1", "--out", "several"}));
  CHECK(workspace.names("several") == std::vector<std::string>{"disc.gradcam.1.layer2.2.png",
                                                               "disc.gradcam.1.layer6.2.png",
                                                               "disc.saliency.1.png"});
}

TEST_CASE("the stages of the raw values") {
  const Workspace workspace;
  const Tensor map = stage(workspace, "gradcam", "map");
  const Tensor before_relu = stage(workspace, "gradcam", "signed");
  const Tensor display = stage(workspace, "gradcam", "display");
  REQUIRE(map.shape() == Shape{8, 8});
  REQUIRE(before_relu.shape() == Shape{8, 8});
  REQUIRE(display.shape() == Shape{32, 32});
  for (std::size_t i = 0; i < map.data().size(); ++i) {
    CHECK(map.data()[i] == std::max(0.0F, before_relu.data()[i]));
  }
  CHECK(std::any_of(before_relu.data().begin(), before_relu.data().end(),
                    [](float value) { return value != 0.0F; }));

  const Tensor pixels = stage(workspace, "saliency", "map");
  CHECK(pixels.shape() == Shape{3, 32, 32});
  const std::span<const float> gradient = pixels.data();
  CHECK(std::any_of(gradient.begin(), gradient.end(), [](float value) { return value < 0.0F; }));
  CHECK(std::any_of(gradient.begin(), gradient.end(), [](float value) { return value > 0.0F; }));
  const Tensor strength = stage(workspace, "saliency", "display");
  REQUIRE(strength.shape() == Shape{32, 32});
  for (const Tensor& shown : {display, strength}) {
    const auto [low, high] = std::minmax_element(shown.data().begin(), shown.data().end());
    CHECK(*low >= 0.0F);
    CHECK(*high <= 1.0F);
  }
  CHECK(*std::max_element(strength.data().begin(), strength.data().end()) == 1.0F);
}

TEST_CASE("arrays go into the network as they are") {
  const Workspace workspace;
  Tensor rows({2, 3, 32, 32});
  for (std::size_t i = 0; i < rows.data().size(); ++i) {
    rows.mutable_data()[i] = static_cast<float>(i % 97) / 97.0F - 0.3F;
  }
  zoo::write_npy(workspace / "rows.npy", rows);
  workspace.done({"explain", "--input-npy", "rows.npy", "--model", kModel, "--target", "1,2",
                  "--npy", "--no-receipt", "--out", "maps"});
  CHECK(workspace.names("maps") ==
        std::vector<std::string>{"input0.gradcam.1.npy", "input0.gradcam.1.png",
                                 "input0.gradcam.2.npy", "input0.gradcam.2.png",
                                 "input1.gradcam.1.npy", "input1.gradcam.1.png",
                                 "input1.gradcam.2.npy", "input1.gradcam.2.png"});
  const nlohmann::json predictions =
      workspace.done_json({"predict", "--input-npy", "rows.npy", "--model", kModel});
  REQUIRE(predictions.size() == 2);
  CHECK(predictions[0].at("image") == "input0");
  CHECK(predictions[1].at("image") == "input1");

  // A picture's own array gives the picture's scores.
  const zoo::Model model = zoo::load_model(workspace / kModel);
  zoo::write_npy(workspace / "disc.npy",
                 zoo::apply(model.preprocess, zoo::read_image(workspace / "disc.png")).input);
  CHECK(workspace.done_json({"predict", "--input-npy", "disc.npy", "--model", kModel})[0].at(
            "predictions") ==
        workspace.done_json({"predict", "disc.png", "--model", kModel})[0].at("predictions"));
}

TEST_CASE("all runs every method that applies") {
  const Workspace workspace;
  const nlohmann::json methods = workspace.done_json({"methods"});
  const nlohmann::json results =
      workspace.done_json(explain("disc.png", quickly({"--method", "all", "--out", "maps"})));
  CHECK(results.size() == methods.size());
  CHECK(workspace.names("maps").size() == methods.size());
}

TEST_CASE("all leaves out what does not apply, with a line each; by name it is an error") {
  const Workspace workspace;
  zoo::save_model(workspace / "lenet.safetensors", flat_model());
  const auto run = [&](const std::string& methods, const Arguments& more) {
    Arguments arguments{"explain", "disc.png", "--model", "lenet.safetensors", "--method", methods,
                        "--out",   "maps",     "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return workspace.run(arguments);
  };
  const RunResult all = run("all", quickly({}));
  INFO(all.err);
  REQUIRE(all.code == 0);
  const std::string line = "cameo: cam is left out: CAM needs global average pooling";
  CHECK_THAT(all.err, Catch::Contains(line));
  CHECK(all.err.find(line) == all.err.rfind(line));
  const nlohmann::json records = nlohmann::json::parse(all.out);
  CHECK(records.size() == workspace.done_json({"methods"}).size() - 1);
  const RunResult named = run("cam", {});
  CHECK(named.code == 2);
  CHECK_THAT(named.err, Catch::Contains("CAM needs global average pooling"));

  // What only the picture decides: more superpixels than so few samples can tell apart.
  const RunResult without = run("all", quickly({"--option", "kernel-shap.segments=50"}));
  REQUIRE(without.code == 0);
  CHECK_THAT(without.err, Catch::Contains("cameo: kernel-shap is left out: kernel-shap: "));
  CHECK(nlohmann::json::parse(without.out).size() == records.size() - 1);
  const RunResult few = run("kernel-shap", {"--option", "samples=20", "--option", "segments=50"});
  CHECK(few.code == 2);
  CHECK_THAT(few.err, Catch::Contains("superpixels need at least twice as many samples"));
  // A class that does not exist is no method's fault.
  const RunResult target = run("all", quickly({"--target", "9"}));
  CHECK(target.code == 2);
  CHECK_THAT(target.err, Catch::Contains("there is no class 9"));
}

TEST_CASE("an option of one method alone") {
  const Workspace workspace;
  const auto masks = [&](const Arguments& options) {
    Arguments more{"--method", "rise,lime", "--target", "1", "--out", "maps", "--npy"};
    for (const std::string& option : options) more.insert(more.end(), {"--option", option});
    workspace.done(explain("disc.png", more));
    return std::pair(zoo::read_file(workspace / "maps/disc.rise.1.npy"),
                     zoo::read_file(workspace / "maps/disc.lime.1.npy"));
  };
  const auto given = masks({"masks=8", "samples=20", "segments=4", "batch=2"});
  CHECK(masks({"rise.masks=8", "lime.samples=20", "lime.segments=4"}) == given);
  CHECK(masks({"masks=8", "samples=60", "segments=4", "lime.samples=20"}) == given);
  CHECK(masks({"masks=8", "samples=60", "segments=4"}).second != given.second);
  const auto refused = [&](const std::string& option) {
    const RunResult result =
        workspace.run(explain("disc.png", {"--method", "rise,lime", "--option", option}));
    CHECK(result.code == 2);
    return result.err;
  };
  CHECK_THAT(refused("lime.masks=8"), Catch::Contains("\"masks\""));
  CHECK_THAT(refused("liem.samples=8"), Catch::Contains("lime"));
}

TEST_CASE("a method that does not apply is told, the others are done") {
  const Workspace workspace;
  const auto both = [](const Arguments& more) {
    Arguments arguments{"--method", "activation-maximisation,gradcam", "--option", "channel=999"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return explain("disc.png", arguments);
  };
  const nlohmann::json records =
      workspace.done_json(both({"--target", "1", "--out", "maps", "--report", "page.html"}));
  REQUIRE(records.size() == 2);
  CHECK(records[0].at("method") == "gradcam");
  CHECK(records[0].at("refused").is_null());
  CHECK(records[1].at("method") == "activation-maximisation");
  CHECK_THAT(records[1].at("refused").get<std::string>(), Catch::Contains("channel 999"));
  CHECK(records[1].at("files").empty());
  for (const auto& [key, value] : records[0].items()) {
    INFO(key);
    CHECK(records[1].contains(key));
  }
  CHECK(workspace.names("maps") == std::vector<std::string>{"disc.gradcam.1.png"});
  const zoo::Bytes page = zoo::read_file(workspace / "page.html");
  CHECK_THAT(std::string(page.begin(), page.end()), Catch::Contains("channel 999"));
  const std::string table = workspace.done(both({"--out", "one.png"}));
  CHECK_THAT(table, Catch::Contains("refused") && Catch::Contains("channel 999"));
}

TEST_CASE("explanations are the same bytes for any number of threads") {
  const Workspace workspace;
  const auto run = [&](const std::string& threads) {
    workspace.done(explain("disc.png", quickly({"--method", "all", "--target", "top2,0-1", "--npy",
                                                "--out", threads, "--threads", threads})));
    return workspace.files(threads);
  };
  const auto one = run("1");
  CHECK(one.size() > 30);
  CHECK(one == run("3"));
}

TEST_CASE("a single file, colours, boxes and colour bars") {
  const Workspace workspace;
  workspace.done(explain("disc.png", {"--target", "1", "--out", "plain.png"}));
  const zoo::Image plain = zoo::read_image(workspace / "plain.png");
  const auto styled = [&](const Arguments& style) {
    Arguments more{"--target", "1", "--out", "styled.png"};
    more.insert(more.end(), style.begin(), style.end());
    workspace.done(explain("disc.png", more));
    return zoo::read_image(workspace / "styled.png");
  };
  CHECK(styled({}) == plain);
  CHECK(styled({"--colormap", "viridis"}) != plain);
  CHECK(styled({"--alpha", "0.2"}) != plain);
  CHECK(styled({"--box"}).width == plain.width);
  const zoo::Image bar = styled({"--colorbar"});
  CHECK(bar.width > plain.width);
  CHECK(bar.height == plain.height);
}

TEST_CASE("pictures of every format and size are predicted and explained") {
  const Workspace workspace;
  zoo::write_png(workspace / "one_pixel.png", disc_picture(1, 1));
  zoo::write_png(workspace / "large.png", disc_picture(3000, 2000));
  zoo::write_jpeg(workspace / "tall.jpg", disc_picture(5, 700));
  const std::filesystem::path corpus =
      std::filesystem::path(CAMEO_SOURCE_DIR) / "tests/fuzz/corpus/image";
  Arguments pictures{"one_pixel.png", "large.png", "tall.jpg"};
  for (const char* name :
       {"grey_png", "grey_alpha_png", "rgba_png", "16_bit_grey_png", "16_bit_rgba_png",
        "palette_png_with_transparency", "1_bit_png", "progressive_jpeg", "grey_jpeg",
        "jpeg_with_exif_orientation_6", "rgb_bmp", "rgb_ppm"}) {
    pictures.push_back((corpus / name).string());
  }
  if (const auto photos = zoo::test_data("photos")) {
    for (const auto& entry : std::filesystem::directory_iterator(*photos)) {
      if (entry.path().extension() == ".jpg") pictures.push_back(entry.path().string());
    }
  }
  Arguments predict{"predict", "--model", kModel, "--threads", "1"};
  predict.insert(predict.end(), pictures.begin(), pictures.end());
  CHECK(workspace.done_json(predict).size() == pictures.size());
  Arguments all{"explain", "--method", "gradcam,guided", "--model", kModel,
                "--out",   "maps",     "--threads",      "1"};
  all.insert(all.end(), pictures.begin(), pictures.end());
  const nlohmann::json results = workspace.done_json(all);
  CHECK(results.size() == 2 * pictures.size());
  for (const nlohmann::json& result : results) {
    const zoo::Image map = zoo::read_image(workspace / result.at("files")[0].get<std::string>());
    CHECK(map.width == 224);
    CHECK(map.height == 224);
  }
}

}  // namespace cameo::tools
