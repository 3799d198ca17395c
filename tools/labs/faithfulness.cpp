// Faithfulness against readability.
#include <algorithm>

#include "tools/labs/labs.h"
#include "tools/labs/subject.h"
#include "tools/score_run.h"

namespace cameo::tools {

namespace {

/// The metrics, in the order of the request.
enum Column : std::size_t { kCorrelation, kDeletion, kInsertion, kGini, kMass };
constexpr const char* kMetrics = "occlusion-correlation,deletion,insertion,gini,relevance-mass";

/// The first numbers of a metric's contributions.
std::vector<double> values_of(const ScoreTable& table, std::size_t method, Column column) {
  std::vector<double> values;
  for (const explain::Contribution& one : table.contributions[method][column]) {
    if (!one.empty()) values.push_back(one.front());
  }
  return values;
}

LabTable results_table(const ScoreTable& scores, const std::vector<std::size_t>& order,
                       std::uint64_t seed) {
  LabTable table{.name = "faithfulness",
                 .caption = "Means over the pictures, most faithful first",
                 .columns = {"method", "rank correlation with occlusion", "deletion (low is good)",
                             "insertion (high is good)", "Gini coefficient", "share on the object"},
                 .rows = {}};
  for (const std::size_t k : order) {
    const auto mean = [&](Column column) { return mean_of(values_of(scores, k, column), seed); };
    table.rows.push_back({cell(method_title(scores.methods[k])), cell(mean(kCorrelation)),
                          cell(mean(kDeletion)), cell(mean(kInsertion)), cell(mean(kGini)),
                          percent_cell(mean(kMass))});
  }
  return table;
}

std::string comparison(const ScoreTable& scores, const std::string& a, const std::string& b,
                       Order paper, std::uint64_t seed) {
  const auto place = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(scores.methods.begin(), scores.methods.end(), name) -
                                    scores.methods.begin());
  };
  const std::vector<double> first = values_of(scores, place(a), kCorrelation);
  const std::vector<double> second = values_of(scores, place(b), kCorrelation);
  return method_title(a) + " correlates with occlusion by " + to_text(mean_of(first, seed)) + ", " +
         method_title(b) + " by " + to_text(mean_of(second, seed)) + ": " +
         against_paper(order_of(paired_difference(first, second, seed)), paper) + ".";
}

LabPictures examples(const Subject& subject, const std::string& names) {
  constexpr std::size_t kShown = 4;
  const explain::Methods methods = lab_methods(subject.model(), names);
  LabPictures pictures{.caption = "The maps that were measured.",
                       .grid = {.columns = {"picture"}, .rows = {}}};
  for (const auto& method : methods) {
    pictures.grid.columns.push_back(method_title(method->info().name));
  }
  for (std::size_t i = 0; i < std::min(kShown, subject.size()); ++i) {
    const Sample sample = subject.sample(i);
    const Examined examined(subject.model(), sample.input, methods);
    const std::int64_t index = sample.label >= 0 ? sample.label : examined.top();
    std::vector<PictureCell> row{
        picture_cell(subject.model(), sample.input, class_label(subject.model(), index))};
    for (std::size_t k = 0; k < methods.size(); ++k) {
      row.push_back(map_cell(subject.model(), sample.input, examined.explain(k, index), ""));
    }
    pictures.grid.rows.push_back(std::move(row));
  }
  return pictures;
}

}  // namespace

LabPage faithfulness_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const Subject subject(settings, {.pictures = settings.by_size(2, 20, 300)});
  std::string names;
  for (const auto& method :
       lab_methods(subject.model(),
                   "cam,gradcam,gradcam++,guided-gradcam,guided,saliency,integrated-gradients")) {
    names += (names.empty() ? "" : ",") + method->info().name;
  }
  ScoreRequest request{.explanations = {.methods = names, .seed = seed},
                       .metrics = kMetrics,
                       .target = subject.has_labels() ? "label" : "top1",
                       .limit = static_cast<std::int64_t>(subject.size())};
  if (subject.is_scenes()) {
    request.metric_options = {"patch=16", "stride=" + std::to_string(settings.by_size(24, 8, 4))};
  }
  if (settings.size != LabSize::kFull) request.metric_options.emplace_back("steps=16");
  GlobalOptions quiet = settings.globals;
  quiet.quiet = true;
  const ScoreTable scores = measure_methods(subject.model(), subject.pictures(), request, quiet);
  std::vector<std::size_t> order(scores.methods.size());
  std::vector<double> correlation;
  for (std::size_t k = 0; k < order.size(); ++k) {
    order[k] = k;
    correlation.push_back(mean_of(values_of(scores, k, kCorrelation), seed).value);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return correlation[a] > correlation[b]; });
  const auto gradcam = static_cast<std::size_t>(
      std::find(scores.methods.begin(), scores.methods.end(), "gradcam") - scores.methods.begin());
  LabPictures pictures = examples(subject, names);
  LabPage page{
      .title = "Faithful or readable?",
      .paper =
          "Selvaraju et al. 2017, Grad-CAM, section 5.3; deletion and insertion: Petsiuk, Das & "
          "Saenko 2018.",
      .question =
          "A map may be easy to read and say little about the network, or the other way "
          "round. Which maps agree with what really happens to the score when parts of the "
          "picture are covered, and how readable are they?",
      .how =
          {"Each map's rank correlation with occlusion, patch by patch; the mean probability "
           "while the pixels it names are taken away (deletion) or put in (insertion), most "
           "important first. Subject: " +
               subject.description() + ".",
           "How readable a map is, is measured by how concentrated it is (Gini coefficient) and, "
           "where the truth is known, how much of it lies on the object."},
      .differs =
          {"The paper measures readability by asking people; concentration and the share on "
           "the object stand in for them. Its rank correlations are those of VGG-16 on VOC."},
      .figures = {{to_text(mean_of(values_of(scores, gradcam, kCorrelation), seed)),
                   "rank correlation of Grad-CAM with occlusion"},
                  {to_text(mean_of(values_of(scores, gradcam, kDeletion), seed)),
                   "Grad-CAM, deletion"},
                  {to_text(mean_of(values_of(scores, gradcam, kInsertion), seed)),
                   "Grad-CAM, insertion"}},
      .shows = {"Most faithful by its correlation with occlusion: " +
                    method_title(scores.methods[order.front()]) +
                    "; least: " + method_title(scores.methods[order.back()]) + ".",
                comparison(scores, "gradcam", "guided", Order::kHigher, seed),
                comparison(scores, "guided-gradcam", "guided", Order::kHigher, seed)},
      .change = {"What stands in for pixels that are taken away: black and blurred pictures give "
                 "other curves.",
                 "The patch of occlusion, which favours maps as coarse as itself."},
      .picture = pictures.grid.rows.front().at(1).picture};
  page.parts.emplace_back(results_table(scores, order, seed));
  page.parts.emplace_back(std::move(pictures));
  return page;
}

}  // namespace cameo::tools
