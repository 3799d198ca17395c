// Backpropagation, deconvnet and guided backpropagation: how a ReLU lets a signal back.
#include "explain/relu_rules.h"

#include <array>
#include <cmath>
#include <functional>

#include "core/ops/relu.h"
#include "core/tape.h"
#include "explain/deconvnet_unit.h"
#include "explain/display.h"
#include "explain/metrics/localization.h"
#include "explain/metrics/sparseness.h"
#include "explain/metrics/statistics.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"

namespace cameo::tools {

namespace {

struct Rule {
  const char* method;
  VjpOverrides (*overrides)();
};
const std::array<Rule, 3> kRules{{{"saliency", explain::standard},
                                  {"deconvnet", explain::deconvnet},
                                  {"guided", explain::guided}}};

std::string grid_text(const Tensor& values) {
  std::string text;
  for (std::size_t i = 0; i < 9; ++i) {
    text += (i == 0       ? ""
             : i % 3 == 0 ? " | "
                          : " ") +
            std::to_string(static_cast<int>(values.data()[i]));
  }
  return text;
}

/// The example of figure 1b in Springenberg et al., through a network that is one ReLU.
LabTable small_example() {
  const std::array<float, 9> input{1, -1, 5, 2, -5, -7, -3, 2, 4};
  const std::array<float, 9> arriving{-2, 3, -1, 6, -3, 1, 2, -1, 3};
  const Network network(
      {{.name = "input"}, {.name = "relu", .op = std::make_shared<ops::Relu>(), .inputs = {0}}}, 0,
      1, {1, 3, 3});
  const Shape shape{1, 1, 3, 3};
  const Tape tape = forward(network, Tensor(shape, input), {.keep = {1}, .wrt = {0}});
  LabTable table{.name = "example",
                 .caption = "A ReLU with nine inputs, row by row",
                 .columns = {"what", "values"},
                 .rows = {{cell(std::string("input")), cell(grid_text(Tensor(shape, input)))},
                          {cell(std::string("output")), cell(grid_text(tape.value(1)))},
                          {cell(std::string("signal that arrives from above")),
                           cell(grid_text(Tensor(shape, arriving)))}}};
  for (const Rule& rule : kRules) {
    const Gradients gradients = tape.backward(1, Tensor(shape, arriving), rule.overrides());
    table.rows.push_back(
        {cell("passed on by " + method_title(rule.method)), cell(grid_text(gradients.at(0)))});
  }
  return table;
}

/// The mean difference between neighbours by the mean of the absolute values: how rough a pixel map
/// `[C,H,W]` is.
double roughness(const Tensor& map) {
  double differences = 0.0;
  double total = 0.0;
  const std::int64_t width = map.dim(2);
  const std::span<const float> values = map.data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    total += std::abs(static_cast<double>(values[i]));
    if ((static_cast<std::int64_t>(i) + 1) % width == 0) continue;
    differences += std::abs(static_cast<double>(values[i + 1] - values[i]));
  }
  return total > 0.0 ? differences / total : 0.0;
}

/// The measures of one method, a value a picture.
struct Measured {
  std::vector<double> gini;
  std::vector<double> rough;
  std::vector<double> inside;  ///< share of the map in the object's mask
  std::vector<double> same;    ///< rank correlation with the map of another class
};

void measure(const Sample& sample, const Examined& examined, std::size_t method, Measured& out) {
  const std::vector<std::int64_t> top = examined.top(2);
  const ExplainResult first = examined.explain(method, top[0]);
  const Tensor shown = relevance_of(first, sample.input);
  const Tensor other = relevance_of(examined.explain(method, top[1]), sample.input);
  out.gini.push_back(explain::gini(shown));
  if (first.explanation.kind == explain::MapKind::kPixel) {
    out.rough.push_back(roughness(first.explanation.map));
  }
  const Tensor truth =
      explain::truth_mask(truth_of(sample, sample.label), shown.dim(0), shown.dim(1));
  if (truth.defined()) out.inside.push_back(share_inside(shown, truth));
  out.same.push_back(explain::spearman(explain::to_doubles(shown), explain::to_doubles(other)));
}

/// The strongest unit of each ReLU, brought back to the picture by the three rules.
LabPictures layers_of(const Subject& subject) {
  const Network& network = subject.model().network;
  const Sample sample = subject.sample(0);
  std::vector<ValueId> relus;
  for (ValueId id = 0; id < std::ssize(network.nodes()); ++id) {
    const Node& node = network.node(id);
    if (node.op && node.op->type() == "Relu") relus.push_back(id);
  }
  const Tape tape =
      forward(network, sample.input.tensor, {.keep = relus, .wrt = {network.input()}});
  LabPictures pictures{
      .caption = "Layer by layer: what of the picture the strongest unit answers to.",
      .grid = {.columns = {"layer", "backpropagation", "deconvnet", "guided backpropagation"},
               .rows = {}}};
  for (const ValueId id : relus) {
    const Tensor& features = tape.value(id);
    const explain::Unit unit = explain::find_unit(features, {});
    Tensor seed(features.shape());
    const std::int64_t place =
        (unit.channel * features.dim(2) + unit.row) * features.dim(3) + unit.column;
    seed.mutable_data()[static_cast<std::size_t>(place)] = 1.0F;
    std::vector<PictureCell> row{
        picture_cell(subject.model(), sample.input, network.node(id).name)};
    for (const Rule& rule : kRules) {
      const Tensor map = tape.backward(id, seed, rule.overrides()).at(network.input());
      const Tensor pixels = map.reshaped({map.dim(1), map.dim(2), map.dim(3)});
      row.push_back({.picture = cell_uri(explain::gradient_picture(pixels, map.dim(2), map.dim(3))),
                     .label = "channel " + std::to_string(unit.channel)});
    }
    pictures.grid.rows.push_back(std::move(row));
  }
  return pictures;
}

std::vector<std::string> conclusions(const std::vector<std::string>& names,
                                     const std::vector<Measured>& measured, std::uint64_t seed) {
  const auto order = [&](const std::vector<double>& a, const std::vector<double>& b) {
    return order_of(paired_difference(a, b, seed));
  };
  const Measured& plain = measured[0];
  const Measured& guided = measured[2];
  std::vector<std::string> shows{
      "Roughness of guided backpropagation " + to_text(mean_of(guided.rough, seed)) +
      " against backpropagation " + to_text(mean_of(plain.rough, seed)) + ": " +
      against_paper(order(guided.rough, plain.rough), Order::kLower) +
      ". Its map is more concentrated when its Gini coefficient is higher: " +
      to_text(mean_of(guided.gini, seed)) + " against " + to_text(mean_of(plain.gini, seed)) +
      ", " + against_paper(order(guided.gini, plain.gini), Order::kHigher) + "."};
  std::string same = "The maps of the predicted class and of the runner-up correlate by ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    same += (i == 0 ? "" : ", ") + to_text(mean_of(measured[i].same, seed)) + " (" +
            method_title(names[i]) + ")";
  }
  shows.push_back(same +
                  ". 1 would mean that the class makes no difference at all; guided "
                  "backpropagation depends on the class less than Grad-CAM does where its "
                  "correlation is higher: " +
                  against_paper(order(guided.same, measured[3].same), Order::kHigher) + ".");
  return shows;
}

}  // namespace

LabPage relu_rules_lab(const LabSettings& settings) {
  constexpr std::size_t kShown = 5;
  const std::uint64_t seed = settings.seed();
  const std::vector<std::string> names{"saliency", "deconvnet", "guided", "gradcam"};
  const Subject subject(settings, {.pictures = settings.by_size(3, 100, 1000)});
  const explain::Methods methods =
      lab_methods(subject.model(), "saliency,deconvnet,guided,gradcam");
  std::vector<Measured> measured(names.size());
  LabPictures pictures{.caption = "The predicted class's score brought back to the picture.",
                       .grid = {.columns = {"picture"}, .rows = {}}};
  for (const std::string& name : names) pictures.grid.columns.push_back(method_title(name));
  for (std::size_t i = 0; i < subject.size(); ++i) {
    const Sample sample = subject.sample(i);
    const Examined examined(subject.model(), sample.input, methods);
    for (std::size_t k = 0; k < names.size(); ++k) measure(sample, examined, k, measured[k]);
    if (i >= kShown) continue;
    std::vector<PictureCell> row{
        picture_cell(subject.model(), sample.input, class_label(subject.model(), examined.top()))};
    for (std::size_t k = 0; k < names.size(); ++k) {
      row.push_back(map_cell(subject.model(), sample.input, examined.explain(k, examined.top()),
                             method_title(names[k])));
    }
    pictures.grid.rows.push_back(std::move(row));
  }
  LabTable table{.name = "rules",
                 .caption = "Means over the pictures",
                 .columns = {"method", "Gini coefficient", "roughness", "share on the object",
                             "correlation with the runner-up's map"},
                 .rows = {}};
  for (std::size_t k = 0; k < names.size(); ++k) {
    table.rows.push_back({cell(method_title(names[k])), cell(mean_of(measured[k].gini, seed)),
                          cell(mean_of(measured[k].rough, seed)),
                          percent_cell(mean_of(measured[k].inside, seed)),
                          cell(mean_of(measured[k].same, seed))});
  }
  LabPage page{
      .title = "Three ways back through a ReLU",
      .paper =
          "Springenberg et al. 2015, Striving for Simplicity, section 3.4 and figure 1; Zeiler "
          "& Fergus 2014.",
      .question =
          "Backpropagation, deconvnet and guided backpropagation differ in nothing but what "
          "a ReLU lets pass on the way back. How far do their maps differ, and does the "
          "explained class matter to them?",
      .how =
          {"Backpropagation passes a signal where the ReLU's input was positive, deconvnet where "
           "the signal is positive, guided backpropagation where both are.",
           "Then, for " + subject.description() +
               ", the maps of the predicted class are measured: how concentrated they are (Gini "
               "coefficient), how rough (mean difference of neighbours by mean size), how much "
               "of them lies on the object, and how much the map of the runner-up class "
               "resembles them (rank correlation of what is shown)."},
      .differs = {"The paper shows pictures of ImageNet and gives no numbers for sharpness or "
                  "dependence on the class; here are numbers, on a small network and drawn "
                  "scenes."},
      .figures = {{to_text(mean_of(measured[2].same, seed)),
                   "rank correlation of guided backpropagation's maps for the predicted class and "
                   "for the runner-up (Grad-CAM: " +
                       to_text(mean_of(measured[3].same, seed)) + ")"},
                  {to_text(mean_of(measured[2].rough, seed)),
                   "roughness of guided backpropagation (backpropagation: " +
                       to_text(mean_of(measured[0].rough, seed)) + ")"}},
      .shows = conclusions(names, measured, seed),
      .change = {"A network with max pooling: deconvnet then has switches to follow, and without "
                 "them its pictures from high layers fall apart, as the paper shows.",
                 "Another rectifier: the rules say nothing about it."},
      .picture = pictures.grid.rows.front().at(3).picture};
  page.parts.emplace_back(LabHeading{"By hand"});
  page.parts.emplace_back(small_example());
  page.parts.emplace_back(LabHeading{"On pictures"});
  page.parts.emplace_back(std::move(table));
  page.parts.emplace_back(std::move(pictures));
  page.parts.emplace_back(layers_of(subject));
  return page;
}

}  // namespace cameo::tools
