// Why it went wrong: misclassified pictures with the evidence for both classes.
#include <algorithm>
#include <array>
#include <cmath>

#include "explain/metrics/localization.h"
#include "explain/metrics/statistics.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"

namespace cameo::tools {

namespace {

/// What kind of error a picture is.
enum Kind : std::size_t { kNearly, kElsewhere, kMistaken, kUnknown };
struct KindInfo {
  const char* name;
  const char* meaning;
};
constexpr std::array<KindInfo, 4> kKinds{
    {{"nearly right", "the true class is the runner-up, less than 0.3 of probability behind"},
     {"looked elsewhere", "the evidence for the wrong class peaks outside the object"},
     {"right place, wrong name", "the evidence for the wrong class peaks on the object"},
     {"wrong, place unknown", "no box or mask says where the object is"}}};

struct Failure {
  std::size_t picture = 0;
  std::string name;
  Kind kind = kUnknown;
  std::int64_t predicted = 0;
  std::int64_t right = 0;
  double sure = 0.0;  ///< the probability of the wrong class
  double same = 0.0;  ///< rank correlation of the two maps
};

Kind kind_of(const Sample& sample, const Examined& examined, const Tensor& shown) {
  constexpr double kClose = 0.3;
  const std::vector<std::int64_t> top = examined.top(2);
  if (top[1] == sample.label &&
      examined.probability(top[0]) - examined.probability(top[1]) < kClose) {
    return kNearly;
  }
  const Tensor truth =
      explain::truth_mask(truth_of(sample, sample.label), shown.dim(0), shown.dim(1));
  if (!truth.defined()) return kUnknown;
  return explain::points_near(shown, truth, 1.0) ? kMistaken : kElsewhere;
}

Failure examine(const Sample& sample, const Examined& examined, std::int64_t right) {
  const std::int64_t predicted = examined.top();
  const Tensor shown = relevance_of(examined.explain(0, predicted), sample.input);
  const Tensor other = relevance_of(examined.explain(0, right), sample.input);
  return {.name = sample.input.name,
          .kind = right == sample.label ? kind_of(sample, examined, shown) : kUnknown,
          .predicted = predicted,
          .right = right,
          .sure = examined.probability(predicted),
          .same = explain::spearman(explain::to_doubles(shown), explain::to_doubles(other))};
}

std::vector<PictureCell> gallery_row(const Subject& subject, const Failure& failure,
                                     const explain::Methods& methods, bool labelled) {
  const Sample sample = subject.sample(failure.picture);
  const Examined examined(subject.model(), sample.input, methods);
  const auto named = [&](std::int64_t index) {
    return class_label(subject.model(), index) + " " +
           format_percent(examined.probability(index), 0);
  };
  const std::vector<explain::Box> boxes = truth_of(sample, sample.label).boxes;
  PictureCell wrong = map_cell(subject.model(), sample.input,
                               examined.explain(0, failure.predicted), named(failure.predicted));
  wrong.wrong = labelled;
  return {picture_cell(subject.model(), sample.input,
                       labelled ? class_label(subject.model(), failure.right) : "", boxes),
          std::move(wrong),
          map_cell(subject.model(), sample.input, examined.explain(0, failure.right),
                   named(failure.right)),
          map_cell(subject.model(), sample.input, examined.explain(1, failure.predicted), ""),
          map_cell(subject.model(), sample.input, examined.explain(1, failure.right), "")};
}

LabPictures gallery(const Subject& subject, const std::vector<Failure>& failures, Kind kind,
                    const explain::Methods& methods) {
  constexpr std::size_t kShown = 6;
  const bool labelled = subject.has_labels();
  LabPictures pictures{
      .caption = labelled ? std::string(kKinds[kind].name) + ": " + kKinds[kind].meaning + "."
                          : "The predicted class and the runner-up.",
      .grid = {.columns = {"picture", labelled ? "why the wrong class" : "why the first",
                           labelled ? "where the true class is seen" : "why the second",
                           "guided Grad-CAM, first map", "guided Grad-CAM, second map"},
               .rows = {}}};
  for (const Failure& failure : failures) {
    if (failure.kind != kind || pictures.grid.rows.size() == kShown) continue;
    pictures.grid.rows.push_back(gallery_row(subject, failure, methods, labelled));
  }
  return pictures;
}

LabTable kinds_table(const std::vector<Failure>& failures, std::uint64_t seed) {
  LabTable table{.name = "kinds",
                 .caption = "Errors by kind",
                 .columns = {"kind", "errors", "probability of the wrong class",
                             "correlation of the two maps"},
                 .rows = {}};
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
    Rate rate;
    std::vector<double> sure;
    std::vector<double> same;
    for (const Failure& failure : failures) {
      rate.count(failure.kind == kind);
      if (failure.kind != kind) continue;
      sure.push_back(failure.sure);
      same.push_back(failure.same);
    }
    if (rate.hits == 0) continue;
    table.rows.push_back({cell(std::string(kKinds[kind].name)), cell(rate),
                          cell(mean_of(sure, seed)), cell(mean_of(same, seed))});
  }
  return table;
}

/// The first pictures of unknown class with both guesses.
LabTable guesses_table(const Subject& subject, const std::vector<Failure>& failures) {
  constexpr std::size_t kRows = 20;
  LabTable table{.name = "guesses",
                 .caption = "First and second guess, surest first",
                 .columns = {"picture", "first guess", "probability", "second guess",
                             "correlation of the two maps"},
                 .rows = {}};
  for (std::size_t i = 0; i < std::min(kRows, failures.size()); ++i) {
    const Failure& one = failures[i];
    table.rows.push_back({cell(one.name), cell(class_label(subject.model(), one.predicted)),
                          percent_cell(one.sure), cell(class_label(subject.model(), one.right)),
                          cell(one.same, 2)});
  }
  return table;
}

std::vector<std::string> conclusions(const std::vector<Failure>& failures, const Rate& wrong,
                                     bool labelled, std::uint64_t seed) {
  if (!labelled) {
    return {
        "The pictures' true classes are unknown, so nothing can be called wrong; the gallery "
        "shows the first and the second guess of all " +
        std::to_string(failures.size()) + "."};
  }
  if (failures.empty()) return {"None of the pictures is misclassified."};
  std::vector<double> same;
  std::array<std::int64_t, kKinds.size()> counts{};
  for (const Failure& failure : failures) {
    same.push_back(failure.same);
    ++counts[failure.kind];
  }
  const auto most =
      static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  return {"The network is wrong about " + to_text(wrong) +
              " of the pictures, most often of the "
              "kind \"" +
              kKinds[most].name + "\" (" + std::to_string(counts[most]) + " of " +
              std::to_string(failures.size()) + ").",
          "The evidence for the wrong and for the true class correlates by " +
              to_text(mean_of(same, seed)) +
              ": near 1 the network reads one region in two ways, near 0 it read another region."};
}

}  // namespace

LabPage failures_lab(const LabSettings& settings) {
  const Subject subject(settings, {.pictures = settings.by_size(60, 1500, 6000)});
  const explain::Methods methods = lab_methods(subject.model(), "gradcam,guided-gradcam");
  std::vector<Failure> failures;
  Rate wrong;
  for (std::size_t i = 0; i < subject.size(); ++i) {
    const Sample sample = subject.sample(i);
    if (subject.has_labels() && sample.label < 0) continue;
    const Examined examined(subject.model(), sample.input, methods);
    const std::vector<std::int64_t> top = examined.top(2);
    const bool failed = !subject.has_labels() || top[0] != sample.label;
    wrong.count(failed);
    if (!failed) continue;
    failures.push_back(examine(sample, examined, subject.has_labels() ? sample.label : top.back()));
    failures.back().picture = i;
  }
  std::stable_sort(failures.begin(), failures.end(),
                   [](const Failure& a, const Failure& b) { return a.sure > b.sure; });
  LabPage page{
      .title = "Why it went wrong",
      .paper = "Selvaraju et al. 2017, Grad-CAM, section 6.1.",
      .question =
          "When a network is wrong, was it looking at the wrong thing, or did it read the "
          "right thing wrongly? Do its mistakes look reasonable once one sees why?",
      .how =
          {"Every misclassified picture is explained twice by Grad-CAM: for the class that was "
           "predicted and for the true one. The kind of error follows from where the first map "
           "peaks and how far the true class is behind. The surest errors come first. Subject: " +
           subject.description() + "."},
      .differs =
          {"The paper shows four ImageNet pictures of VGG-16; here all errors are counted by "
           "kind. The kinds and the limit of 0.3 are this lab's own."},
      .figures = {subject.has_labels() ? LabFigure{to_text(wrong), "of the pictures wrong"}
                                       : LabFigure{std::to_string(failures.size()),
                                                   "pictures whose true classes are unknown"}},
      .shows = conclusions(failures, wrong, subject.has_labels(), settings.seed()),
      .change = {"The limit between nearly right and wrong.",
                 "A map that is coarse beside the object: its peak may fall outside a thin object "
                 "that it is about."}};
  page.parts.emplace_back(subject.has_labels() ? kinds_table(failures, settings.seed())
                                               : guesses_table(subject, failures));
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
    LabPictures pictures = gallery(subject, failures, static_cast<Kind>(kind), methods);
    if (pictures.grid.rows.empty()) continue;
    if (page.picture.empty()) page.picture = pictures.grid.rows.front().at(1).picture;
    page.parts.emplace_back(std::move(pictures));
  }
  return page;
}

}  // namespace cameo::tools
