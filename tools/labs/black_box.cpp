// Methods that see scores alone, against a map from inside the network: agreement and cost.
#include <algorithm>
#include <memory>

#include "explain/metrics/localization.h"
#include "explain/metrics/statistics.h"
#include "explain/perturbation.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"

namespace cameo::tools {

namespace {

/// A method with its effort.
struct Blind {
  std::string name;
  std::string option;  ///< the one that sets the effort: "masks=100"
  std::shared_ptr<const explain::Explainer> method{};
  double runs = 0.0;  ///< pictures scored, per map
  std::vector<double> with_gradcam;
  std::vector<double> with_cam;
  std::vector<double> inside;
  Rate pointing;
};

std::vector<Blind> efforts(const LabSettings& settings) {
  std::vector<Blind> all;
  const auto add = [&](const char* name, const std::string& option) {
    all.push_back({.name = name, .option = option});
  };
  const std::vector<int> samples = settings.size == LabSize::kTiny    ? std::vector{8}
                                   : settings.size == LabSize::kQuick ? std::vector{50, 200}
                                                                      : std::vector{50, 200, 1000};
  for (const int count : samples) {
    add("lime", "samples=" + std::to_string(count));
    add("rise", "masks=" + std::to_string(count));
  }
  for (const char* stride : {"stride=16", "stride=8"}) add("occlusion", stride);
  if (settings.size == LabSize::kFull) add("occlusion", "stride=4");
  return all;
}

/// The network behind a function of pictures, which counts them.
explain::ScoreFunction counted(const zoo::Model& model, std::int64_t& pictures) {
  return [scores = explain::scores_of(model.network, explain::find_logits(model.network)),
          &pictures](const Tensor& batch) {
    pictures += batch.dim(0);
    return scores(batch);
  };
}

double agreement(const Tensor& a, const Tensor& b) {
  return explain::spearman(explain::to_doubles(a), explain::to_doubles(b));
}

/// The map `[H,W]`, evidence against the class left out.
Tensor blind_map(const Blind& blind, const zoo::Model& model, const Sample& sample,
                 std::int64_t index, std::int64_t& runs) {
  const auto& method = dynamic_cast<const explain::Perturbation&>(*blind.method);
  ExplainResult result{.explanation = method.explain_scores(counted(model, runs),
                                                            sample.input.tensor, {.index = index})};
  return relevance_of(result, sample.input);
}

LabTable results_table(const std::vector<Blind>& all, std::uint64_t seed) {
  LabTable table{
      .name = "black_box",
      .caption = "Means over the pictures",
      .columns = {"method", "effort", "pictures scored a map", "rank correlation with Grad-CAM",
                  "with CAM", "share on the object", "points at the object"},
      .rows = {}};
  for (const Blind& blind : all) {
    table.rows.push_back({cell(method_title(blind.name)), cell(blind.option), cell(blind.runs, 0),
                          cell(mean_of(blind.with_gradcam, seed)),
                          cell(mean_of(blind.with_cam, seed)),
                          percent_cell(mean_of(blind.inside, seed)), cell(blind.pointing)});
  }
  return table;
}

LabChart chart_of(const std::vector<Blind>& all) {
  LabChart chart{
      .name = "agreement",
      .lines = {{.name = "LIME"}, {.name = "RISE"}, {.name = "occlusion"}},
      .options = {.title = "Rank correlation with Grad-CAM", .x_label = "pictures scored a map"}};
  for (const Blind& blind : all) {
    Series& line = chart.lines[blind.name == "lime" ? 0 : blind.name == "rise" ? 1 : 2];
    line.x.push_back(blind.runs);
    line.y.push_back(std::max(0.0, mean_of(blind.with_gradcam, 0).value));
  }
  return chart;
}

std::vector<std::string> conclusions(const std::vector<Blind>& all, std::uint64_t seed) {
  const auto better = [](const Blind& a, const Blind& b) {
    return mean_of(a.with_gradcam, 0).value < mean_of(b.with_gradcam, 0).value;
  };
  const Blind& best = *std::max_element(all.begin(), all.end(), better);
  std::vector<std::string> shows{
      "Closest to Grad-CAM comes " + method_title(best.name) + " with " + best.option +
      ", rank correlation " + to_text(mean_of(best.with_gradcam, seed)) + ", for " +
      format_number(best.runs, 0) +
      " pictures scored a map; Grad-CAM itself costs one run forward and one back."};
  for (const char* name : {"lime", "rise", "occlusion"}) {
    std::vector<const Blind*> efforts;
    for (const Blind& blind : all) {
      if (blind.name == name) efforts.push_back(&blind);
    }
    if (efforts.size() < 2) continue;
    const Mean gain =
        paired_difference(efforts.back()->with_gradcam, efforts.front()->with_gradcam, seed);
    shows.push_back(method_title(name) + ": " +
                    format_number(efforts.back()->runs / efforts.front()->runs, 1) +
                    " times the cost changes its agreement with Grad-CAM by " + to_text(gain) +
                    (order_of(gain) == Order::kUndecided ? ", not told apart from nothing." : "."));
  }
  return shows;
}

}  // namespace

LabPage black_box_lab(const LabSettings& settings) {
  constexpr std::size_t kShown = 5;
  const std::uint64_t seed = settings.seed();
  const Subject subject(settings, {.pictures = settings.by_size(2, 25, 150)});
  const explain::Methods inside = lab_methods(subject.model(), "gradcam,cam");
  std::vector<Blind> all = efforts(settings);
  for (Blind& blind : all) {
    blind.method =
        lab_methods(
            subject.model(), blind.name,
            {blind.option, blind.name == "occlusion" ? "patch=16" : "seed=" + std::to_string(seed)})
            .front();
  }
  LabPictures pictures{
      .caption = "Grad-CAM, then each method at its greatest effort.",
      .grid = {.columns = {"picture", "Grad-CAM", "LIME", "RISE", "occlusion"}, .rows = {}}};
  for (std::size_t i = 0; i < subject.size(); ++i) {
    const Sample sample = subject.sample(i);
    const Examined examined(subject.model(), sample.input, inside);
    const std::int64_t index = examined.top();
    const ExplainResult gradcam = examined.explain(0, index);
    const Tensor white = relevance_of(gradcam, sample.input);
    const Tensor cam = relevance_of(examined.explain(1, index), sample.input);
    const Tensor truth =
        explain::truth_mask(truth_of(sample, sample.label), white.dim(0), white.dim(1));
    std::map<std::string, Tensor> last;
    for (Blind& blind : all) {
      std::int64_t runs = 0;
      const Tensor map = blind_map(blind, subject.model(), sample, index, runs);
      blind.runs = static_cast<double>(runs);
      blind.with_gradcam.push_back(agreement(map, white));
      blind.with_cam.push_back(agreement(map, cam));
      blind.inside.push_back(share_inside(map, truth));
      blind.pointing.count(explain::points_near(map, truth, 1.0));
      last[blind.name] = map;
    }
    if (i >= kShown) continue;
    std::vector<PictureCell> row{picture_cell(subject.model(), sample.input, gradcam.label),
                                 map_cell(subject.model(), sample.input, gradcam, "Grad-CAM")};
    for (const char* name : {"lime", "rise", "occlusion"}) {
      const ExplainResult shown{
          .explanation = {.method = name, .map = last[name], .signed_map = last[name]}};
      row.push_back(map_cell(subject.model(), sample.input, shown, method_title(name)));
    }
    pictures.grid.rows.push_back(std::move(row));
  }
  const auto rise = std::find_if(all.rbegin(), all.rend(),
                                 [](const Blind& blind) { return blind.name == "rise"; });
  LabPage page{
      .title = "From outside: explaining a black box",
      .paper =
          "Ribeiro, Singh & Guestrin 2016, LIME; Petsiuk, Das & Saenko 2018, RISE; Zeiler & "
          "Fergus 2014 (occlusion).",
      .question =
          "Somebody else's model gives scores and nothing more. How much of what Grad-CAM "
          "says from inside can be had from outside, and for how many questions to the "
          "model?",
      .how = {"The network is put behind a function from pictures to scores that counts what it is "
              "asked. LIME, RISE and occlusion explain the predicted class through it; their maps "
              "are compared with Grad-CAM's and CAM's by rank correlation, pixel by pixel. "
              "Subject: " +
                  subject.description() + ".",
              "Cost is counted in pictures scored, which is the same on every machine."},
      .differs = {"The papers use 1000 (LIME) to 8000 (RISE) questions on pictures of 224 pixels; "
                  "here pictures are 64 wide, so fewer do."},
      .figures = {{to_text(mean_of(rise->with_gradcam, seed)),
                   "rank correlation of RISE with Grad-CAM for " + format_number(rise->runs, 0) +
                       " pictures scored"},
                  {to_text(mean_of(all.back().with_gradcam, seed)),
                   "of occlusion, for " + format_number(all.back().runs, 0)}},
      .shows = conclusions(all, seed),
      .change = {"Grad-CAM is no truth: a method may be closer to the network and farther from "
                 "Grad-CAM.",
                 "Larger objects than the masks' cells and patches."},
      .picture = pictures.grid.rows.front().at(3).picture};
  page.parts.emplace_back(results_table(all, seed));
  page.parts.emplace_back(chart_of(all));
  page.parts.emplace_back(std::move(pictures));
  return page;
}

}  // namespace cameo::tools
