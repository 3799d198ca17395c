// Which of two models that predict alike is the better one? People (or a program) judge by maps.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "core/random.h"
#include "explain/metrics/localization.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/study.h"
#include "tools/labs/subject.h"
#include "tools/labs/training.h"

namespace cameo::tools {

namespace {

constexpr std::array<const char*, 2> kMethods{"guided", "guided-gradcam"};

/// The choices of a question and what they say for A.
struct Verdict {
  const char* text;
  double for_first;
};
constexpr std::array<Verdict, 5> kVerdicts{{{"A is clearly more reasonable", 2.0},
                                            {"A is slightly more reasonable", 1.0},
                                            {"both are equally reasonable", 0.0},
                                            {"B is slightly more reasonable", -1.0},
                                            {"B is clearly more reasonable", -2.0}}};

struct Key {
  std::size_t method = 0;
  bool better_first = false;  ///< is A the better model?
  std::size_t automatic = 0;  ///< the choice of the automatic observer
};

using MapStudy = Study<Key>;

/// The two models, the better one first.
using Models = std::array<const zoo::Model*, 2>;

/// A program's verdict on the shares of two maps that lie on the object.
std::size_t automatic_verdict(double first, double second) {
  constexpr double kClearly = 0.15;
  constexpr double kSlightly = 0.03;
  const double difference = first - second;
  if (std::abs(difference) < kSlightly) return 2;
  const std::size_t strength = std::abs(difference) >= kClearly ? 2 : 1;
  return difference > 0.0 ? 2 - strength : 2 + strength;
}

/// The same picture as either model takes it.
using Samples = std::array<Sample, 2>;

void ask(const Models& models, const Samples& samples, std::size_t method, bool better_first,
         MapStudy& study) {
  std::array<PictureCell, 2> cells;
  std::array<double, 2> inside{};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::size_t m = better_first ? i : 1 - i;
    const Sample& sample = samples[m];
    const explain::Methods methods = lab_methods(*models[m], kMethods[method]);
    const Examined examined(*models[m], sample.input, methods);
    const ExplainResult result = examined.explain(0, sample.label);
    const Tensor shown = relevance_of(result, sample.input);
    inside[i] = share_inside(
        shown, explain::truth_mask(truth_of(sample, sample.label), shown.dim(0), shown.dim(1)));
    cells[i] = map_cell(*models[m], sample.input, result, i == 0 ? "robot A" : "robot B");
  }
  const std::string name = class_label(*models[0], samples[0].label);
  Question question{
      .pictures = {picture_cell(*models[0], samples[0].input, "the picture"), cells[0], cells[1]},
      .text = "Both robots said \"" + name +
              "\" of this picture. Which robot's reasons look more reasonable?"};
  for (const Verdict& verdict : kVerdicts) question.choices.emplace_back(verdict.text);
  study.questionnaire.questions.push_back(std::move(question));
  study.keys.push_back({.method = method,
                        .better_first = better_first,
                        .automatic = automatic_verdict(inside[0], inside[1])});
}

/// The study and how good the two models are.
struct Prepared {
  MapStudy study;
  std::array<Rate, 2> accuracy;
};

Prepared prepare(const Subject& better, const Subject& worse, const LabSettings& settings) {
  const auto pictures = static_cast<std::size_t>(settings.by_size(2, 12, 25));
  Prepared prepared{
      .study = {
          .questionnaire = {
              .study = "trust-" + std::to_string(settings.seed()) + "-" + std::to_string(pictures),
              .title = "Which robot is more reasonable?",
              .instructions =
                  "Two robots name what is in pictures. Every question shows a picture and, "
                  "for either robot, what its answer rests on. Say whose reasons look more "
                  "reasonable to you. A and B change places from question to question. At "
                  "the end, save your answers and hand the file in."}}};
  const Models models{&better.model(), &worse.model()};
  const explain::Methods none;
  Random random({settings.seed(), 2});
  std::size_t used = 0;
  for (std::size_t i = 0; i < better.size(); ++i) {
    const Samples samples{better.sample(i), worse.sample(i)};
    bool both = true;
    for (std::size_t m = 0; m < 2; ++m) {
      const bool right = Examined(*models[m], samples[m].input, none).top() == samples[m].label;
      prepared.accuracy[m].count(right);
      both = both && right;
    }
    if (!both || used == pictures) continue;
    for (std::size_t method = 0; method < kMethods.size(); ++method) {
      ask(models, samples, method, random.chance(0.5F), prepared.study);
    }
    ++used;
  }
  shuffle(prepared.study, settings.seed());
  return prepared;
}

/// Verdicts for the better model, -2 … 2, by method.
struct Outcome {
  std::array<std::vector<double>, kMethods.size()> verdicts;
  std::array<Rate, kMethods.size()> picked;  ///< verdicts for the better one, ties left out
  std::size_t observers = 0;
};

Outcome analyse(const MapStudy& study, const std::vector<Answer>& answers) {
  Outcome outcome;
  std::map<std::string, int> observers;
  for (const Answer& answer : answers) {
    const Key& key = study.keys[answer.question];
    const double for_first = kVerdicts[answer.choice].for_first;
    const double verdict = key.better_first ? for_first : -for_first;
    outcome.verdicts[key.method].push_back(verdict);
    if (verdict != 0.0) outcome.picked[key.method].count(verdict > 0.0);
    ++observers[answer.observer];
  }
  outcome.observers = observers.size();
  return outcome;
}

LabPictures examples(const MapStudy& study) {
  LabPictures pictures{.caption = "Some of the questions; set off, the worse model.",
                       .grid = {.columns = {"picture", "A", "B"}, .rows = {}}};
  for (std::size_t i = 0; i < std::min<std::size_t>(6, study.keys.size()); ++i) {
    std::vector<PictureCell> row = study.questionnaire.questions[i].pictures;
    row[study.keys[i].better_first ? 2 : 1].wrong = true;
    row[0].label = method_title(kMethods[study.keys[i].method]);
    pictures.grid.rows.push_back(std::move(row));
  }
  return pictures;
}

}  // namespace

LabPage trust_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const SubjectOptions options{.pictures = settings.by_size(40, 150, 1000)};
  const ScenesTraining training{
      .pictures = settings.by_size(64, 1000, 8000), .epochs = 1, .seed = seed};
  const Subject better(settings, options);
  const Subject worse(train_on_scenes(training, settings.globals), settings, options);
  const Prepared prepared = prepare(better, worse, settings);
  const MapStudy& study = prepared.study;
  const Outcome outcome = analyse(study, answers_to(study, settings.answers));
  const bool people = !settings.answers.empty();
  const std::string observers =
      people ? observer_count(outcome.observers) : "the automatic observer";
  LabTable table{
      .name = "trust",
      .caption = "Verdicts of " + observers + " for the better model, -2 … 2",
      .columns = {"method", "mean verdict", "verdicts for the better model, ties left out"},
      .rows = {}};
  std::array<Mean, kMethods.size()> means;
  for (std::size_t m = 0; m < kMethods.size(); ++m) {
    means[m] = mean_of(outcome.verdicts[m], seed);
    table.rows.push_back(
        {cell(method_title(kMethods[m])), cell(means[m]), cell(outcome.picked[m])});
  }
  const Order order = means[1].low > means[0].high   ? Order::kHigher
                      : means[1].high < means[0].low ? Order::kLower
                                                     : Order::kUndecided;
  const Order above_zero = order_of(means[1]);
  LabPage page{
      .title = "Which of two models that predict alike is the better?",
      .paper = "Selvaraju et al. 2017, Grad-CAM, section 5.2.",
      .question =
          "Two models give the same right answer. Can somebody who sees nothing but the "
          "explanations tell which of the two is more accurate on the whole?",
      .how = {"The better model is the one that comes with the program, the worse one was trained "
              "on " +
                  std::to_string(training.pictures) + " scenes for one epoch. On " +
                  std::to_string(better.size()) + " test scenes they name " +
                  to_text(prepared.accuracy[0]) + " and " + to_text(prepared.accuracy[1]) +
                  " rightly. Only scenes that both name rightly are asked about; who is A and who "
                  "is B is "
                  "drawn by lot.",
              people ? "The answers here are those of " + observers + "."
                     : "Nobody has answered yet: the answers here are those of a program that "
                       "knows where the object is and prefers the map with the larger share on it "
                       "(clearly from 15 points on, slightly from 3). It stands in for a first run "
                       "and is no person."},
      .differs = {"The paper asked 54 people to compare AlexNet with VGG-16 on VOC."},
      .figures = {{to_text(means[1]), "mean verdict for the better model by guided Grad-CAM, " +
                                          observers + "; 0: no preference"},
                  {to_text(means[0]), "by guided backpropagation"}},
      .shows = {"Guided Grad-CAM " + to_text(means[1]) + " against guided backpropagation " +
                    to_text(means[0]) + ": " + against_paper(order, Order::kHigher) + ".",
                std::string("Guided Grad-CAM's verdicts ") +
                    (above_zero == Order::kHigher  ? "favour the better model."
                     : above_zero == Order::kLower ? "favour the worse model, against the paper."
                                                   : "favour neither of the models.")},
      .change = {
          "Models closer to each other, or a worse model that is bad for another reason than "
          "too little training.",
          "People instead of a program, which cares for nothing but the object's outline."}};
  page.parts.emplace_back(LabLink{"questionnaire.html", "The questionnaire"});
  page.parts.emplace_back(std::move(table));
  LabPictures pictures = examples(study);
  if (!pictures.grid.rows.empty()) page.picture = pictures.grid.rows.front().at(1).picture;
  page.parts.emplace_back(std::move(pictures));
  page.files.push_back(
      {.name = "questionnaire.html", .text = questionnaire_html(study.questionnaire)});
  return page;
}

}  // namespace cameo::tools
