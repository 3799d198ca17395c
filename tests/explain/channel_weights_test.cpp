// Score-CAM and its kin, Ablation-CAM, and the deconvnet of one unit.
#include <catch2/catch.hpp>
#include <numeric>

#include "core/error.h"
#include "core/ops/add.h"
#include "core/parallel.h"
#include "explain/ablation_cam.h"
#include "explain/channels.h"
#include "explain/deconvnet_unit.h"
#include "explain/is_cam.h"
#include "explain/relu_rules.h"
#include "explain/score_cam.h"
#include "explain/ss_cam.h"
#include "tests/explain/networks.h"

using namespace cameo;
using namespace cameo::explain;
using namespace cameo::explain::test;

namespace {

template <typename T, typename O>
Explanation explain_with(const Network& network, const Tensor& picture, O options,
                         std::int64_t index = 0) {
  return test::explain_with(network, picture, std::make_shared<const T>(std::move(options)), index);
}

/// pytorch-grad-cam's way to the screen: ReLU, to 0…1, to the picture's size, to 0…1 again.
Tensor scaled_to_one(const Tensor& map) {
  const auto [least, most] = std::minmax_element(map.data().begin(), map.data().end());
  const double low = *least;
  const double range = 1e-7 + *most - low;
  Tensor result = map;
  for (float& value : result.mutable_data()) {
    value = static_cast<float>((value - low) / range);
  }
  return result;
}

Tensor displayed(const Tensor& map) { return scaled_to_one(resize_map(scaled_to_one(map), 4, 4)); }

double probability_of(const Network& network, const Tensor& picture, std::int64_t index) {
  return score_in_row(forward(network, picture).output().data(), {.index = index},
                      Output::kProbability);
}

Tensor masked(const Tensor& picture, const Tensor& mask) {
  Tensor result = picture;
  for (std::size_t i = 0; i < result.data().size(); ++i) {
    result.mutable_data()[i] *= mask.data()[i % mask.data().size()];
  }
  return result;
}

/// Faint enough for the random network's probabilities to be neither 0 nor 1.
Tensor faint_picture() {
  Tensor picture = gap_picture();
  for (float& value : picture.mutable_data()) value *= 0.3F;
  return picture;
}

/// conv a, then b = conv(a) added to a: the layer "b" has a branch beside it.
Network branched_network() {
  Graph graph({1, 6, 6});
  ops::ConvOptions same;
  same.pads = {1, 1, 1, 1};
  const ValueId a = graph.conv("a", random_tensor({4, 1, 3, 3}, 1), random_tensor({4}, 2), same);
  const ValueId b = graph.conv("b", random_tensor({4, 4, 3, 3}, 3), random_tensor({4}, 4), same);
  graph.add("sum", std::make_shared<const ops::Add>(), {b, a});
  graph.then("relu", ops::Relu());
  graph.then("gap", ops::GlobalAveragePool());
  graph.then("flatten", ops::Flatten());
  graph.linear("fc", random_tensor({3, 4}, 5), random_tensor({3}, 6));
  return std::move(graph).finish();
}

Tensor without_channel(const Tensor& features, std::int64_t channel) {
  Tensor result = features;
  const auto area = features.dim(2) * features.dim(3);
  std::fill_n(result.mutable_data().begin() + channel * area, area, 0.0F);
  return result;
}

}  // namespace

TEST_CASE("golden: Score-CAM and Ablation-CAM as pytorch-grad-cam shows them") {
  const Network network = one_conv_network();
  const Explanation score =
      explain_with<ScoreCam>(network, one_conv_picture(),
                             ChannelMaskOptions{.layer = "relu1",
                                                .weight = MaskWeight::kSoftmax,
                                                .upsampling = Upsampling::kAlignCorners});
  CHECK(distance(displayed(score.map),
                 tensor({4, 4}, {0, .025F, .075F, .1F, .19375F, .226562F, .292187F, .325F, .58125F,
                                 .629687F, .726562F, .775F, .775F, .83125F, .94375F, 1})) <= 1e-5);
  const Explanation ablation =
      explain_with<AblationCam>(network, one_conv_picture(), AblationCamOptions{.layer = "relu1"});
  const float second = -21.0F / 54.0F;
  CHECK(distance(ablation.map, tensor({2, 2}, {0, 4, 31 + 6 * second, 40 + 15 * second})) <= 1e-5);
  CHECK(distance(displayed(ablation.map),
                 tensor({4, 4}, {0, .029268F, .087805F, .117073F, .209756F, .241768F, .305793F,
                                 .337805F, .629268F, .666768F, .741768F, .779268F, .839024F,
                                 .879268F, .959756F, 1})) <= 1e-5);
}

TEST_CASE("Score-CAM's weights are probabilities under each mask, less the empty picture's") {
  const Network network = gap_network();
  const Tensor picture = faint_picture();
  const Tape tape = forward(network, picture, {.keep = {network.find("relu2")}});
  const Tensor& features = tape.value(network.find("relu2"));
  double widest = 0.0;
  for (std::int64_t index = 0; index < kClasses; ++index) {
    const double empty = probability_of(network, Tensor(picture.shape()), index);
    Tensor weights({kFeatures});
    for (std::int64_t k = 0; k < kFeatures; ++k) {
      const Tensor mask = channel_mask(features, k, 16, 16, {});
      weights.mutable_data()[static_cast<std::size_t>(k)] =
          static_cast<float>(probability_of(network, masked(picture, mask), index) - empty);
    }
    const auto [least, most] = std::minmax_element(weights.data().begin(), weights.data().end());
    widest = std::max(widest, static_cast<double>(*most) - *least);
    const Explanation result =
        explain_with<ScoreCam>(network, picture, ChannelMaskOptions{}, index);
    CHECK(distance(result.signed_map, channel_weighted_sum(weights, features)) < 1e-6);
    CHECK(result.layer == network.find("relu2"));
  }
  CHECK(widest > 0.01);  // the classes' probabilities do depend on the masks
}

TEST_CASE("Score-CAM's bare probabilities have nothing taken off") {
  const Network network = gap_network();
  const Tensor picture = faint_picture();
  const ValueId layer = network.find("relu2");
  const Tensor features = forward(network, picture, {.keep = {layer}}).value(layer);
  Tensor weights({kFeatures});
  for (std::int64_t k = 0; k < kFeatures; ++k) {
    weights.mutable_data()[static_cast<std::size_t>(k)] = static_cast<float>(
        probability_of(network, masked(picture, channel_mask(features, k, 16, 16, {})), 1));
  }
  const Explanation result = explain_with<ScoreCam>(
      network, picture, ChannelMaskOptions{.weight = MaskWeight::kBareProbability}, 1);
  CHECK(distance(result.signed_map, channel_weighted_sum(weights, features)) < 1e-5);
}

TEST_CASE("masks reach from 0 to 1, scaled before or after they are enlarged") {
  const Tensor features = tensor({1, 2, 2, 2}, {1, 2, 3, 5, 4, 4, 4, 4});
  const Tensor after = channel_mask(features, 0, 5, 5, {});
  const auto [least, most] = std::minmax_element(after.data().begin(), after.data().end());
  CHECK(*least == 0.0F);
  CHECK(*most == 1.0F);
  const Tensor before = channel_mask(features, 0, 2, 2, {.scale_first = true});
  CHECK(values(before) == std::vector<float>{0.0F, 0.25F, 0.5F, 1.0F});
  Tensor lone({1, 1, 7, 7});
  lone.mutable_data()[24] = 1.0F;
  const Tensor wide = channel_mask(lone, 0, 224, 224, {.scale_first = true});
  CHECK(*std::max_element(wide.data().begin(), wide.data().end()) == Approx(0.969).margin(0.001));
  CHECK(values(channel_mask(features, 1, 3, 3, {})) == std::vector<float>(9, 0.0F));
}

TEST_CASE("SS-CAM without noise and IS-CAM in one step are Score-CAM") {
  const Network network = gap_network();
  const Tensor picture = faint_picture();
  for (const MaskWeight weight : {MaskWeight::kProbability, MaskWeight::kSoftmax}) {
    const ChannelMaskOptions masks{.weight = weight};
    const Tensor plain = explain_with<ScoreCam>(network, picture, masks).signed_map;
    CHECK(values(explain_with<SsCam>(network, picture,
                                     SsCamOptions{.masks = masks, .samples = 1, .noise = 0.0})
                     .signed_map) == values(plain));
    CHECK(values(explain_with<IsCam>(network, picture, IsCamOptions{.masks = masks, .steps = 1})
                     .signed_map) == values(plain));
  }
  const auto noisy = [&](std::uint64_t seed) {
    const SsCamOptions options{.samples = 3, .noise = 0.2, .seed = seed};
    std::vector<std::vector<float>> maps;
    for (std::int64_t index = 0; index < kClasses; ++index) {
      maps.push_back(values(explain_with<SsCam>(network, picture, options, index).signed_map));
    }
    return maps;
  };
  CHECK(noisy(0) == noisy(0));
  CHECK((noisy(0) != noisy(1)));
  CHECK_THROWS_AS(SsCam({.samples = 0}), ArgumentError);
  CHECK_THROWS_AS(SsCam({.noise = -1.0}), ArgumentError);
  CHECK_THROWS_AS(IsCam({.steps = 0}), ArgumentError);
}

TEST_CASE("IS-CAM averages over masks of growing strength") {
  const Network network = gap_network();
  const Tensor picture = faint_picture();
  const Tape tape = forward(network, picture, {.keep = {network.find("relu2")}});
  const Tensor& features = tape.value(network.find("relu2"));
  const double empty = probability_of(network, Tensor(picture.shape()), 0);
  Tensor weights({kFeatures});
  for (std::int64_t k = 0; k < kFeatures; ++k) {
    double total = 0.0;
    for (int i = 1; i <= 4; ++i) {
      Tensor mask = channel_mask(features, k, 16, 16, {});
      for (float& value : mask.mutable_data()) value *= static_cast<float>(i / 4.0);
      total += probability_of(network, masked(picture, mask), 0) - empty;
    }
    weights.mutable_data()[static_cast<std::size_t>(k)] = static_cast<float>(total / 4.0);
  }
  const Explanation result = explain_with<IsCam>(network, picture, IsCamOptions{.steps = 4});
  CHECK(distance(result.signed_map, channel_weighted_sum(weights, features)) < 1e-6);
}

TEST_CASE("Ablation-CAM is what whole runs give, past a branch too") {
  const Network network = branched_network();
  const Tensor picture = random_tensor({1, 1, 6, 6}, 7);
  for (const char* name : {"a", "b", "sum", "relu"}) {
    INFO(name);
    const ValueId layer = network.find(name);
    const Tape whole = forward(network, picture, {.keep_all = true});
    const double score = whole.output().data()[1];
    Tensor weights({4});
    for (std::int64_t k = 0; k < 4; ++k) {
      std::map<ValueId, Tensor> given{{layer, without_channel(whole.value(layer), k)}};
      for (const ValueId id : values_beside(network, layer, network.output())) {
        given[id] = whole.value(id);
      }
      const double without = forward_from(network, given).output().data()[1];
      weights.mutable_data()[static_cast<std::size_t>(k)] =
          static_cast<float>((score - without) / std::abs(score));
    }
    const Explanation result =
        explain_with<AblationCam>(network, picture, AblationCamOptions{.layer = name}, 1);
    CHECK(values(result.signed_map) == values(channel_weighted_sum(weights, whole.value(layer))));
  }
}

TEST_CASE("on a GAP head Ablation-CAM's weight is the channel's share of the score") {
  const Network network = gap_network();
  const Tensor picture = gap_picture();
  const Tape tape = forward(network, picture, {.keep_all = true});
  const Tensor& features = tape.value(network.find("relu2"));
  const Tensor means = spatial_mean(features);
  const Tensor& fc = network.node(network.find("fc.weight")).parameter;
  // The strongest score, which rounding matters least to.
  const Target target = top_targets(tape, network.output()).front();
  const double score = score_of(tape, target);
  REQUIRE(score > 1.0);
  Tensor weights({kFeatures});
  for (std::size_t k = 0; k < kFeatures; ++k) {
    const auto entry = static_cast<std::size_t>(target.index) * kFeatures + k;
    weights.mutable_data()[k] = static_cast<float>(fc.data()[entry] * means.data()[k] / score);
  }
  const Tensor expected = channel_weighted_sum(weights, features);
  const double scale = distance(expected, Tensor(expected.shape()));
  const Explanation result =
      explain_with<AblationCam>(network, picture, AblationCamOptions{}, target.index);
  CHECK(distance(result.signed_map, expected) < 1e-5 * scale);
  // A channel at its mean everywhere leaves the averages as they are: no weight at all.
  const Explanation none = explain_with<AblationCam>(
      network, picture, AblationCamOptions{.fill = ChannelFill::kMean}, target.index);
  CHECK(distance(none.signed_map, Tensor(expected.shape())) < 1e-5 * scale);
}

TEST_CASE("Ablation-CAM does not run channels that are zero, and keeps the sign of evidence") {
  Graph graph({2, 2, 2});
  graph.then("relu", ops::Relu());
  graph.then("gap", ops::GlobalAveragePool());
  graph.then("flatten", ops::Flatten());
  graph.linear("fc", tensor({1, 2}, {1, 1}), Tensor({1}, -9.0F));
  const Network network = std::move(graph).finish();
  std::int64_t runs = 0;
  const auto count = [&](std::int64_t, std::int64_t total) { runs = total; };
  const Explanation result =
      explain_with<AblationCam>(network, tensor({1, 2, 2, 2}, {1, 2, 3, 4, -1, -1, -1, -1}),
                                AblationCamOptions{.scoring = {.progress = count}});
  CHECK(runs == 1);
  CHECK(result.logit == -6.5F);
  // The score is negative, but the channel speaks for it: (-6.5 - -9)/6.5.
  CHECK(result.map.data()[3] == Approx(4.0 * 2.5 / 6.5));
  const Explanation divided =
      explain_with<AblationCam>(network, tensor({1, 2, 2, 2}, {1, 2, 3, 4, -1, -1, -1, -1}),
                                AblationCamOptions{.divide_by_score = true});
  CHECK(divided.signed_map.data()[3] == Approx(-4.0 * 2.5 / 6.5));
}

TEST_CASE("channel methods do not depend on the batch or the threads") {
  const Network network = gap_network();
  const auto run = [&](std::int64_t batch, int threads) {
    const ThreadLimit limit(threads);
    const ScoringOptions scoring{.batch = batch};
    const ChannelMaskOptions masks{.scoring = scoring};
    std::vector<std::vector<float>> maps;
    for (const std::shared_ptr<const Explainer>& method :
         Methods{std::make_shared<ScoreCam>(masks),
                 std::make_shared<SsCam>(SsCamOptions{.masks = masks, .samples = 2}),
                 std::make_shared<IsCam>(IsCamOptions{.masks = masks, .steps = 2}),
                 std::make_shared<AblationCam>(
                     AblationCamOptions{.layer = "pool", .scoring = scoring})}) {
      maps.push_back(values(explain_with(network, gap_picture(), method).signed_map));
    }
    return maps;
  };
  const auto usual = run(16, 1);
  CHECK(run(1, 3) == usual);
  CHECK(run(7, 2) == usual);
  CHECK(run(1000, 5) == usual);
}

TEST_CASE("the deconvnet of a unit goes down from that activation alone") {
  const Network network = one_conv_network();
  const DeconvnetUnitOptions at_relu{.layer = "relu1"};
  const Explanation strongest = explain_with<DeconvnetUnit>(network, one_conv_picture(), at_relu);
  // Channel 0, row 1, column 1 has 40; all filter weights are 1.
  CHECK(values(strongest.map) ==
        std::vector<float>{0, 0, 0, 0, 0, 40, 40, 40, 0, 40, 40, 40, 0, 40, 40, 40});
  CHECK(strongest.layer == network.find("relu1"));
  const Explanation other = explain_with<DeconvnetUnit>(
      network, one_conv_picture(),
      DeconvnetUnitOptions{
          .layer = "relu1", .channel = 1, .row = 1, .column = 0, .unit_start = true});
  CHECK(values(other.map) == std::vector<float>{0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0});
  const Explanation dead = explain_with<DeconvnetUnit>(
      network, one_conv_picture(), DeconvnetUnitOptions{.layer = "relu1", .channel = 1, .row = 0});
  CHECK(dead.warnings.size() == 2);
  CHECK_THAT(dead.warnings.at(0), Catch::Contains("channel 1, row 0, column 0"));
  for (const DeconvnetUnitOptions& bad : {DeconvnetUnitOptions{.layer = "relu1", .channel = 2},
                                          DeconvnetUnitOptions{.layer = "relu1", .row = -1},
                                          DeconvnetUnitOptions{.layer = "relu1", .column = 2}}) {
    CHECK_THROWS_AS(explain_with<DeconvnetUnit>(network, one_conv_picture(), bad), ArgumentError);
  }
}

TEST_CASE("the deconvnet of a unit is the deconvnet rule from a seed with that activation alone") {
  const Network network = gap_network();
  Request request{.keep = {network.find("relu2")}, .wrt = {network.input()}};
  const Tape tape = forward(network, gap_picture(), request);
  const Tensor& features = tape.value(network.find("relu2"));
  const Unit unit = find_unit(features, {.channel = 5});
  CHECK(unit.channel == 5);
  Tensor seed(features.shape());
  const auto at = static_cast<std::size_t>((unit.channel * 8 + unit.row) * 8 + unit.column);
  seed.mutable_data()[at] = features.data()[at];
  const Tensor expected =
      tape.backward(network.find("relu2"), seed, deconvnet()).at(network.input());
  CHECK(values(explain_with<DeconvnetUnit>(network, gap_picture(),
                                           DeconvnetUnitOptions{.layer = "relu2", .channel = 5})
                   .map) == values(expected));
}
