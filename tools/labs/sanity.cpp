// Sanity checks: do maps change when the network forgets what it learned?
#include "explain/metrics/sanity.h"

#include <algorithm>
#include <map>

#include "tools/labs/labs.h"
#include "tools/labs/subject.h"
#include "tools/score_run.h"

namespace cameo::tools {

namespace {

struct Checked {
  std::string name;
  explain::SanityVerdict cascading;
  explain::SanityVerdict independent;
  std::vector<double> kept;  ///< by picture: SanityVerdict::upper_half of the cascade
};

std::vector<Checked> check_methods(const ScoreTable& table) {
  std::vector<Checked> all;
  for (std::size_t k = 0; k < table.methods.size(); ++k) {
    const auto& both = table.contributions[k];
    Checked checked{.name = table.methods[k],
                    .cascading = explain::sanity_verdict(both[0]),
                    .independent = explain::sanity_verdict(both[1])};
    for (const explain::Contribution& one : both[0]) {
      checked.kept.push_back(explain::sanity_verdict({&one, 1}).upper_half);
    }
    all.push_back(std::move(checked));
  }
  std::stable_sort(all.begin(), all.end(), [](const Checked& a, const Checked& b) {
    return a.cascading.upper_half < b.cascading.upper_half;
  });
  return all;
}

LabTable results_table(const std::vector<Checked>& all, std::uint64_t seed) {
  LabTable table{.name = "sanity",
                 .caption = "What is left of the map, most sensitive method first; 1: the same map",
                 .columns = {"method", "verdict", "upper half random", "top layer random, rank",
                             "top layer random, rank of what is shown", "all layers random, rank",
                             "all layers random, structure"},
                 .rows = {}};
  for (const Checked& one : all) {
    table.rows.push_back(
        {cell(method_title(one.name)), cell(std::string(one.cascading.passes ? "passes" : "fails")),
         cell(mean_of(one.kept, seed)), cell(one.independent.layers.front().rank, 2),
         cell(one.cascading.layers.front().absolute_rank, 2),
         cell(one.cascading.layers.back().rank, 2),
         cell(one.cascading.layers.back().structure, 2)});
  }
  return table;
}

LabChart cascade_chart(const std::vector<Checked>& all) {
  LabChart chart{.name = "cascade",
                 .lines = {},
                 .options = {.title = "Likeness to the trained network's map",
                             .x_label = "layers made random, from the top"}};
  const std::map<std::string, std::string> shown{
      {"gradcam", "Grad-CAM"}, {"guided", "guided"}, {"saliency", "backpropagation"}};
  for (const auto& [name, title] : shown) {
    for (const Checked& one : all) {
      if (one.name != name) continue;
      Series line{.name = title, .x = {0.0}, .y = {1.0}};
      for (const explain::MapSimilarity& layer : one.cascading.layers) {
        line.x.push_back(static_cast<double>(line.x.size()));
        line.y.push_back(std::max(0.0, layer.rank));
      }
      chart.lines.push_back(std::move(line));
    }
  }
  return chart;
}

/// The maps while the network is made random from the top.
LabPictures cascade_pictures(const Subject& subject, std::uint64_t seed) {
  const explain::Methods methods = lab_methods(subject.model(), "gradcam,guided,saliency");
  const std::vector<std::string> layers = explain::weight_layers(subject.model().network);
  const Sample sample = subject.sample(0);
  LabPictures pictures{
      .caption = "One picture while layers are made random, from the top.",
      .grid = {.columns = {"random", "Grad-CAM", "guided backpropagation", "backpropagation"},
               .rows = {}}};
  for (std::size_t count = 0; count <= layers.size(); ++count) {
    const zoo::Model model{.architecture = subject.model().architecture,
                           .network = explain::randomized(subject.model().network,
                                                          std::span(layers).first(count), seed),
                           .class_names = subject.model().class_names,
                           .preprocess = subject.model().preprocess};
    const Examined examined(model, sample.input, methods);
    std::vector<PictureCell> row{
        picture_cell(model, sample.input, count == 0 ? "trained" : "down to " + layers[count - 1])};
    for (std::size_t k = 0; k < methods.size(); ++k) {
      row.push_back(map_cell(model, sample.input, examined.explain(k, sample.label), ""));
    }
    pictures.grid.rows.push_back(std::move(row));
  }
  return pictures;
}

std::string joined(const std::vector<Checked>& all, bool passing) {
  std::string names;
  for (const Checked& one : all) {
    if (one.cascading.passes != passing) continue;
    names += (names.empty() ? "" : ", ") + method_title(one.name);
  }
  return names.empty() ? "none" : names;
}

std::string verdict_on(const std::vector<Checked>& all, const char* name, bool paper) {
  for (const Checked& one : all) {
    if (one.name != name) continue;
    return method_title(name) + (one.cascading.passes ? " passes" : " fails") +
           (one.cascading.passes == paper ? ", as the papers say." : ", against the papers.");
  }
  return {};
}

}  // namespace

LabPage sanity_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const Subject subject(settings, {.pictures = settings.by_size(1, 2, 30)});
  const std::string names =
      settings.size == LabSize::kTiny
          ? "gradcam,guided,saliency"
          : "saliency,inputxgradient,deconvnet,guided,integrated-gradients,smoothgrad,cam,gradcam,"
            "gradcam++,xgradcam,layercam,hirescam,eigencam,scorecam,ablationcam,fullgrad,"
            "guided-gradcam,lrp,deeplift,occlusion,rise,lime";
  const ScoreRequest request{
      .explanations = {.methods = names,
                       .options = settings.size == LabSize::kTiny
                                      ? std::vector<std::string>{}
                                      : std::vector<std::string>{"masks=200", "samples=20",
                                                                 "steps=16", "stride=8"},
                       .seed = seed},
      .metrics = "sanity-cascading,sanity-independent",
      .limit = static_cast<std::int64_t>(subject.size())};
  GlobalOptions quiet = settings.globals;
  quiet.quiet = true;
  const std::vector<Checked> all =
      check_methods(measure_methods(subject.model(), subject.pictures(), request, quiet));
  Rate passing;
  for (const Checked& one : all) passing.count(one.cascading.passes);
  LabPictures pictures = cascade_pictures(subject, seed);
  LabPage page{
      .title = "Sanity checks: is the map about the network?",
      .paper =
          "Adebayo et al. 2018, Sanity Checks for Saliency Maps, section 3; for deconvnet Nie et "
          "al. 2018, A Theoretical Explanation for Perplexing Behaviors of "
          "Backpropagation-based Visualizations.",
      .question =
          "A map that stays as it is when the network's layers are replaced by random ones "
          "says something about the picture, not about what the network learned. Which "
          "methods depend on the network?",
      .how =
          {"Layers are made random from the output towards the picture, once cascading (all from "
           "the top down to one), once one at a time, and the map of the same class is compared "
           "with the trained network's: rank correlation of the signed maps and of what is shown, "
           "and structural similarity. Subject: " +
               subject.description() + ".",
           "The verdict: the mean correlation of the signed maps over the cascade's upper half of "
           "the layers must be below " +
               format_number(explain::kSanityLimit, 1) + "."},
      .differs = {"The paper shows curves for Inception v3 on ImageNet and gives no verdict; the "
                  "limit is this library's. Two of its measures are used, the histogram of "
                  "gradients is not."},
      .figures = {{std::to_string(passing.hits) + " of " + std::to_string(passing.total),
                   "methods pass"}},
      .shows = {"Pass: " + joined(all, true) + ".", "Fail: " + joined(all, false) + ".",
                verdict_on(all, "gradcam", true), verdict_on(all, "guided", false),
                verdict_on(all, "deconvnet", false), verdict_on(all, "saliency", true)},
      .change =
          {"The limit. A method just above it is no worse than one just below.",
           "The measure. By what is shown, absolute values for a gradient, backpropagation is "
           "like itself in a random network; by sign it is not.",
           "Maps that are mostly blank are alike whatever the network; structural similarity "
           "is high for them."},
      .picture = pictures.grid.rows.back().at(2).picture};
  page.parts.emplace_back(results_table(all, seed));
  page.parts.emplace_back(cascade_chart(all));
  page.parts.emplace_back(std::move(pictures));
  return page;
}

}  // namespace cameo::tools
