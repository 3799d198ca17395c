// Methods through the program: presets, layers fused, what residuals say, and `cameo features`.
#include <algorithm>
#include <cmath>

#include "core/tape.h"
#include "layers/normalization.h"
#include "tests/tools/workspace.h"
#include "tools/training.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/datasets/datasets.h"

namespace cameo::tools {

namespace {

constexpr const char* kModel = "model.safetensors";

Arguments explain(const Arguments& more) {
  Arguments arguments{"explain", "disc.png", "--model", kModel, "--target", "1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The values that one method writes.
Tensor values_of(const Workspace& workspace, const std::string& method, Arguments more) {
  more.insert(more.end(), {"--method", method, "--npy", "--out", "values"});
  workspace.done(explain(more));
  return zoo::read_npy(workspace / ("values/disc." + method + ".1.npy"));
}

std::vector<float> floats(const Tensor& tensor) {
  return {tensor.data().begin(), tensor.data().end()};
}

/// Two classes of pictures with the disc here and there.
void make_pictures(const Workspace& workspace) {
  for (const char* label : {"a", "b"}) {
    std::filesystem::create_directories(workspace / "data" / label);
    for (int i = 0; i < 4; ++i) {
      const std::string name = std::to_string(i) + ".png";
      zoo::write_png(workspace / "data" / label / name,
                     disc_picture(32 + 8 * i + (*label == 'b' ? 4 : 0), 32));
    }
  }
}

}  // namespace

TEST_CASE("a preset is its options written out, and gives way to one that is given") {
  const Workspace workspace;
  const auto same = [&](const std::string& method, const std::string& preset,
                        const std::vector<std::string>& options) {
    INFO(method << " " << preset);
    Arguments written;
    for (const std::string& option : options) written.insert(written.end(), {"--option", option});
    CHECK(floats(values_of(workspace, method, {"--preset", preset, "--stage", "map"})) ==
          floats(values_of(workspace, method, written)));
  };
  same("scorecam", "pytorch-grad-cam", {"weights=softmax", "upsampling=align-corners"});
  same("scorecam", "torch-cam", {"weights=softmax", "scale=before"});
  same("scorecam", "official", {"weights=bare-probability"});
  same("ablationcam", "paper", {"divisor=score"});
  same("occlusion", "captum", {"windows=clipped", "map=pixels"});
  same("occlusion", "paper", {"fill=grey"});
  same("lime", "captum", {"samples=50", "width=1", "fill=zero", "output=logit"});
  same("lime", "official", {"segments=quickshift"});
  same("gradcam++", "official", {"weights=official"});
  CHECK(floats(values_of(workspace, "occlusion",
                         {"--preset", "captum", "--option", "map=windows", "--option",
                          "windows=inside", "--stage", "map"})) ==
        floats(values_of(workspace, "occlusion", {})));
  CHECK(floats(values_of(workspace, "occlusion", {"--preset", "captum"})) !=
        floats(values_of(workspace, "occlusion", {})));
}

TEST_CASE("a preset without the last ReLU writes the signed map") {
  const Workspace workspace;
  CHECK(floats(values_of(workspace, "gradcam", {"--preset", "captum"})) ==
        floats(values_of(workspace, "gradcam", {"--stage", "signed"})));
  CHECK(floats(values_of(workspace, "gradcam", {"--preset", "captum", "--stage", "map"})) ==
        floats(values_of(workspace, "gradcam", {"--stage", "map"})));
}

TEST_CASE("layers fused are one map, scaled layer by layer") {
  const Workspace workspace;
  const auto scaled = [&](const std::string& layer) {
    const Tensor map = values_of(workspace, "gradcam", {"--layer", layer});
    std::vector<float> values = floats(map);
    const float most = *std::max_element(values.begin(), values.end());
    REQUIRE(most > 0.0F);
    for (float& value : values) value /= most;
    return values;
  };
  // Both layers are 8x8, so that nothing is resized.
  const std::vector<float> first = scaled("layer5.2");
  const std::vector<float> second = scaled("layer6.2");
  REQUIRE(first.size() == second.size());
  const auto fused = [&](const std::string& fusion) {
    return floats(values_of(workspace, "gradcam",
                            {"--layer", "layer5.2,layer6.2", "--option", "fuse=" + fusion}));
  };
  const std::vector<float> mean = fused("mean");
  const std::vector<float> most = fused("max");
  const std::vector<float> product = fused("product");
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(mean[i] == Approx((first[i] + second[i]) / 2.0).margin(1e-6));
    CHECK(most[i] == Approx(std::max(first[i], second[i])).margin(1e-6));
    CHECK(product[i] == Approx(first[i] * second[i]).margin(1e-6));
  }
}

TEST_CASE("residuals say what the written values add up to") {
  const Workspace workspace;
  for (const std::string method : {"integrated-gradients", "deeplift", "channel-shapley"}) {
    INFO(method);
    const nlohmann::json result = workspace.done_json(
        explain({"--method", method, "--npy", "--stage", "signed", "--out", "sums"}))[0];
    const Tensor map = zoo::read_npy(workspace / ("sums/disc." + method + ".1.npy"));
    double total = 0.0;
    for (const float value : map.data()) total += value;
    REQUIRE(result.at("residual").is_number());
    const double promised = total - result.at("residual").get<double>();
    CHECK(std::isfinite(promised));
    CHECK(std::abs(result.at("residual").get<double>()) <=
          0.05 * std::max(1.0, std::abs(promised)));
  }
  CHECK(workspace.done_json(explain({"--method", "gradcam", "--out", "sums"}))[0]
            .at("residual")
            .is_null());
}

TEST_CASE("features: the strongest pictures of a channel, in order, and a sheet of them") {
  const Workspace workspace;
  make_pictures(workspace);
  const Arguments request{"features", "--model", kModel,     "--data", "data",     "--split",
                          "test",     "--layer", "layer3.2", "--top",  "4",        "--channel",
                          "3,0",      "--tile",  "20",       "--out",  "sheet.png"};
  const nlohmann::json document = workspace.done_json(request);
  CHECK(document.at("layer") == "layer3.2");
  const nlohmann::json& pictures = document.at("pictures");
  REQUIRE(pictures.size() == 8);
  for (std::size_t i = 0; i < 8; ++i) {
    INFO(pictures[i]);
    CHECK(pictures[i].at("channel") == (i < 4 ? 3 : 0));
    CHECK(pictures[i].at("picture").get<int>() < 8);
    CHECK(pictures[i].at("class") == (pictures[i].at("picture").get<int>() < 4 ? "a" : "b"));
    const nlohmann::json& box = pictures[i].at("box");
    CHECK(box[0].get<int>() >= 0);
    CHECK(box[2].get<int>() <= 32);
    CHECK(box[0].get<int>() < box[2].get<int>());
    if (i % 4 == 0) continue;
    CHECK(pictures[i].at("activation").get<double>() <=
          pictures[i - 1].at("activation").get<double>());
  }
  // Two rows of two blocks of 2x2 tiles.
  const zoo::Image sheet = zoo::read_image(workspace / "sheet.png");
  CHECK(sheet.width == 2 * (2 * 20 + 2) + 8);
  CHECK(sheet.height == 2 * (2 * 20 + 2) + 2);

  Arguments other = request;
  other.insert(other.end(), {"--batch", "3", "--threads", "3"});
  CHECK(workspace.done_json(other).at("pictures") == pictures);
  other = request;
  other.insert(other.end(), {"--limit", "2"});
  CHECK(workspace.done_json(other).at("pictures").size() == 4);
}

TEST_CASE("features: the strongest activation is the network's own") {
  const Workspace workspace;
  make_pictures(workspace);
  const nlohmann::json found =
      workspace
          .done_json({"features", "--model", kModel, "--data", "data", "--layer", "layer3.2",
                      "--channel", "1", "--top", "1", "--out", "sheet.png"})
          .at("pictures")[0];
  const zoo::Model model = zoo::load_model(workspace / kModel);
  const ValueId layer = model.network.find("layer3.2");
  const auto dataset = zoo::open_dataset((workspace / "data").string(),
                                         {.split = "test", .image_shape = {3, 32, 32}});
  std::size_t best = 0;
  float most = -1.0F;
  for (std::size_t i = 0; i < dataset->size(); ++i) {
    Tensor picture = dataset->batch(std::vector{i}).images;
    normalize(picture, normalization_of(model));
    const Tensor features = forward(model.network, picture, {.keep = {layer}}).value(layer);
    const auto area = static_cast<std::size_t>(features.dim(2) * features.dim(3));
    const auto channel = features.data().subspan(area, area);
    const float value = *std::max_element(channel.begin(), channel.end());
    if (value <= most) continue;
    most = value;
    best = i;
  }
  CHECK(found.at("picture").get<std::size_t>() == best);
  CHECK(found.at("activation").get<float>() == Approx(most).epsilon(1e-5));
}

TEST_CASE("features: what cannot be looked at") {
  const Workspace workspace;
  make_pictures(workspace);
  const auto refused = [&](const std::string& layer, const std::string& channel) {
    const RunResult result =
        workspace.run({"features", "--model", kModel, "--data", "data", "--layer", layer,
                       "--channel", channel, "--out", "sheet.png"});
    CHECK(result.code == 2);
    CHECK_FALSE(std::filesystem::exists(workspace / "sheet.png"));
    return result.err;
  };
  using Catch::Matchers::Contains;
  CHECK_THAT(refused("layer3.2", "999"), Contains("no channel 999"));
  CHECK_THAT(refused("layer3.2", "one"), Contains("--channel"));
  CHECK_THAT(refused("layer3.2", "-1"), Contains("--channel"));
  CHECK_THAT(refused("layr3", "1"), Contains("layer3"));
  CHECK_THAT(refused("output", "1"), Contains("output"));
}

}  // namespace cameo::tools
