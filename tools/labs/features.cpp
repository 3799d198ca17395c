// What channels look for: their strongest pictures and what of these they answer to.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "core/random.h"
#include "tools/explanation_report.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"
#include "tools/strongest_pictures.h"
#include "zoo/datasets/scenes/scenes.h"

namespace cameo::tools {

namespace {

constexpr std::int64_t kTop = 9;
constexpr std::int64_t kShownChannels = 4;
constexpr std::int64_t kTile = 56;  // pixels on the page

/// The share of the commonest value, 0 … 1.
double purity(const std::vector<int>& values) {
  std::map<int, int> counts;
  int most = 0;
  for (const int value : values) most = std::max(most, ++counts[value]);
  return static_cast<double>(most) / static_cast<double>(values.size());
}

/// How much a channel's strongest pictures have in common, a value a channel.
struct Common {
  std::vector<double> colour;
  std::vector<double> background;
  std::vector<double> shape;

  void add(const zoo::Scenes& scenes, std::span<const std::size_t> pictures) {
    std::vector<int> colours;
    std::vector<int> backgrounds;
    std::vector<int> shapes;
    for (const std::size_t index : pictures) {
      const zoo::Scene scene = scenes.scene(index);
      colours.push_back(static_cast<int>(scene.objects.front().colour));
      backgrounds.push_back(static_cast<int>(scene.background.kind));
      shapes.push_back(scenes.label(index));
    }
    colour.push_back(purity(colours));
    background.push_back(purity(backgrounds));
    shape.push_back(purity(shapes));
  }
};

struct Layer {
  std::string name;
  Common common;
};

std::vector<ValueId> relu_layers(const Network& network) {
  std::vector<ValueId> layers;
  for (ValueId id = 0; id < std::ssize(network.nodes()); ++id) {
    const Node& node = network.node(id);
    if (node.op && node.op->type() == "Relu") layers.push_back(id);
  }
  return layers;
}

/// Channels spread evenly over the layer.
std::vector<std::int64_t> some_channels(std::int64_t channels, std::int64_t count) {
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < std::min(count, channels); ++i) {
    chosen.push_back(i * channels / std::min(count, channels));
  }
  return chosen;
}

/// What nine pictures drawn by lot have in common.
Common chance(const zoo::Scenes& scenes, std::uint64_t seed) {
  constexpr std::uint64_t kDraws = 200;
  Common common;
  for (std::uint64_t draw = 0; draw < kDraws; ++draw) {
    Random random({seed, draw});
    std::array<std::size_t, kTop> pictures{};
    for (std::size_t& index : pictures) {
      index = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(scenes.size())));
    }
    common.add(scenes, pictures);
  }
  return common;
}

LabImage sheet_of(const zoo::Model& model, const zoo::Scenes& scenes, ValueId layer,
                  std::span<const std::vector<StrongPicture>> strongest) {
  std::vector<std::vector<StrongView>> views;
  for (const std::vector<StrongPicture>& channel : strongest) {
    views.emplace_back();
    for (const StrongPicture& strong : channel) {
      views.back().push_back(view_of(model, scenes, layer, strong));
    }
  }
  return {.caption = model.network.node(layer).name +
                     ": a channel to a row; on the left what the nine pictures on the right have "
                     "that it answers to.",
          .source = jpeg_uri(draw_views(views, kTile))};
}

std::vector<Cell> row_of(const std::string& name, const Common& common, std::uint64_t seed) {
  return {cell(name), cell(static_cast<std::int64_t>(common.shape.size())),
          percent_cell(mean_of(common.colour, seed)),
          percent_cell(mean_of(common.background, seed)),
          percent_cell(mean_of(common.shape, seed))};
}

std::string growth(const std::string& what, const std::vector<double>& first,
                   const std::vector<double>& last, std::uint64_t seed) {
  const Mean low = mean_of(first, seed);
  const Mean high = mean_of(last, seed);
  const char* verdict = high.low > low.high   ? "more in the last layer"
                        : high.high < low.low ? "less in the last layer"
                                              : "not told apart by so few channels";
  return "The nine strongest pictures of a channel share " + what + " by " + to_percent_text(low) +
         " in the first layer and by " + to_percent_text(high) + " in the last: " + verdict + ".";
}

}  // namespace

LabPage features_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const zoo::Model model = zoo::pretrained_model();
  const zoo::Scenes scenes(
      {.split = zoo::SceneSplit::kTest, .count = settings.by_size(20, 500, 3000), .seed = seed});
  const std::vector<ValueId> ids = relu_layers(model.network);
  Shape picture = model.network.input_shape();
  picture.insert(picture.begin(), 1);
  const std::vector<Shape> shapes = model.network.infer_shapes(picture);
  std::vector<Layer> layers;
  std::vector<LabImage> sheets;
  for (const ValueId id : ids) {
    const std::vector<std::int64_t> channels =
        some_channels(shapes[static_cast<std::size_t>(id)][1], settings.by_size(4, 24, 64));
    const auto strongest = strongest_pictures(model, scenes, id, channels, {.count = kTop});
    Layer layer{.name = model.network.node(id).name};
    for (const std::vector<StrongPicture>& channel : strongest) {
      std::vector<std::size_t> pictures;
      pictures.reserve(channel.size());
      for (const StrongPicture& strong : channel) pictures.push_back(strong.index);
      layer.common.add(scenes, pictures);
    }
    layers.push_back(std::move(layer));
    sheets.push_back(sheet_of(model, scenes, id,
                              std::span(strongest).first(std::min<std::size_t>(
                                  static_cast<std::size_t>(kShownChannels), strongest.size()))));
  }
  const Common lots = chance(scenes, seed);
  LabTable table{
      .name = "features",
      .caption =
          "What a channel's nine strongest pictures have in common: the share of "
          "the commonest value",
      .columns = {"layer", "channels", "colour of the object", "kind of background", "shape"},
      .rows = {}};
  LabChart chart{
      .name = "features",
      .lines = {{.name = "colour"}, {.name = "background"}, {.name = "shape"}},
      .options = {.title = "In common among nine strongest", .x_label = "layer", .percent = true}};
  for (const Layer& layer : layers) {
    table.rows.push_back(row_of(layer.name, layer.common, seed));
    const std::array<const std::vector<double>*, 3> values{
        &layer.common.colour, &layer.common.background, &layer.common.shape};
    for (std::size_t i = 0; i < values.size(); ++i) {
      chart.lines[i].x.push_back(static_cast<double>(chart.lines[i].x.size() + 1));
      chart.lines[i].y.push_back(mean_of(*values[i], seed).value);
    }
  }
  table.rows.push_back(row_of("nine pictures by lot", lots, seed));
  const Common& first = layers.front().common;
  const Common& last = layers.back().common;
  LabPage page{
      .title = "What channels look for",
      .paper =
          "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, "
          "section 4 and figure 2.",
      .question =
          "Which pictures excite a channel most, and what in them? Do lower layers answer "
          "to colours and edges, higher ones to parts of objects?",
      .how = {"For channels of every ReLU of " + model.architecture + ", the nine of " +
                  std::to_string(scenes.size()) +
                  " test scenes in which they are strongest, cut to what the unit sees, with the "
                  "deconvnet's picture of what it answers to.",
              "Scenes are drawn from descriptions, so it can be counted what nine pictures share: "
              "the object's colour, the background's kind, the shape."},
      .differs =
          {"The paper's network has max pooling, whose switches keep the deconvnet's "
           "pictures in place; this one halves its maps by strides. The paper shows pictures; "
           "the counts are this lab's own."},
      .figures = {{to_percent_text(mean_of(last.shape, seed)),
                   "of nine strongest pictures have one shape in the last layer (first layer: " +
                       to_percent_text(mean_of(first.shape, seed)) +
                       ", by lot: " + to_percent_text(mean_of(lots.shape, seed)) + ")"}},
      .shows = {growth("their shape", first.shape, last.shape, seed),
                growth("their colour", first.colour, last.colour, seed),
                growth("their kind of background", first.background, last.background, seed)},
      .change = {"The colour is that of the object, while low layers may answer to the background.",
                 "More pictures: with few the nine strongest are not very strong."},
      .picture = sheets.back().source};
  page.parts.emplace_back(std::move(table));
  page.parts.emplace_back(std::move(chart));
  for (LabImage& sheet : sheets) page.parts.emplace_back(std::move(sheet));
  return page;
}

}  // namespace cameo::tools
