// Which class is shown? People (or a program in their place) name the class of a map.
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "explain/metrics/localization.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/study.h"
#include "tools/labs/subject.h"

namespace cameo::tools {

namespace {

constexpr std::array<const char*, 4> kMethods{"deconvnet", "guided", "guided-gradcam", "gradcam"};

/// What a question is about, which its observers are not told.
struct Key {
  std::size_t method = 0;
  std::size_t right = 0;      ///< the choice that names the explained class
  std::size_t automatic = 0;  ///< the choice of the automatic observer
};

using MapStudy = Study<Key>;

/// How much of the map a pixel in the object's box holds, on average.
double density(const Tensor& shown, const std::vector<explain::Box>& boxes) {
  const Tensor mask = explain::box_mask(boxes, shown.dim(0), shown.dim(1));
  const auto pixels = std::count(mask.data().begin(), mask.data().end(), 1.0F);
  return share_inside(shown, mask) / static_cast<double>(std::max<std::ptrdiff_t>(1, pixels));
}

/// Every method's map for both objects of one picture.
void ask(const Subject& subject, const Sample& sample, const explain::Methods& methods,
         MapStudy& study) {
  const Examined examined(subject.model(), sample.input, methods);
  const std::array<std::int64_t, 2> classes{sample.objects[0].label, sample.objects[1].label};
  for (std::size_t m = 0; m < methods.size(); ++m) {
    for (std::size_t right = 0; right < 2; ++right) {
      const ExplainResult result = examined.explain(m, classes[right]);
      const Tensor shown = relevance_of(result, sample.input);
      const double first = density(shown, truth_of(sample, classes[0]).boxes);
      const double second = density(shown, truth_of(sample, classes[1]).boxes);
      study.keys.push_back({.method = m, .right = right, .automatic = first >= second ? 0U : 1U});
      study.questionnaire.questions.push_back(
          {.pictures = {picture_cell(subject.model(), sample.input, "the picture"),
                        map_cell(subject.model(), sample.input, result, "what was made of it")},
           .text = "Which of the two does the second picture show?",
           .choices = {class_label(subject.model(), classes[0]),
                       class_label(subject.model(), classes[1])}});
    }
  }
}

MapStudy make_study(const Subject& subject, const LabSettings& settings) {
  const auto pictures = static_cast<std::size_t>(settings.by_size(2, 6, 12));
  MapStudy study{
      .questionnaire = {
          .study = "class-discrimination-" + std::to_string(settings.seed()) + "-" +
                   std::to_string(pictures),
          .title = "What does the picture show?",
          .instructions =
              "Every question shows a picture with two shapes and, beside it, another one "
              "that a program made of it. Say which of the two shapes the other one is "
              "about; guess when you cannot tell. At the end, save your answers and hand "
              "the file in."}};
  const explain::Methods methods =
      lab_methods(subject.model(), "deconvnet,guided,guided-gradcam,gradcam");
  std::size_t used = 0;
  for (std::size_t i = 0; i < subject.size() && used < pictures; ++i) {
    const Sample sample = subject.sample(i);
    if (sample.objects.size() != 2) continue;
    ask(subject, sample, methods, study);
    ++used;
  }
  shuffle(study, settings.seed());
  return study;
}

struct Outcome {
  std::array<Rate, kMethods.size()> right;
  std::size_t observers = 0;
};

Outcome analyse(const MapStudy& study, const std::vector<Answer>& answers) {
  Outcome outcome;
  std::map<std::string, int> observers;
  for (const Answer& answer : answers) {
    const Key& key = study.keys[answer.question];
    outcome.right[key.method].count(answer.choice == key.right);
    ++observers[answer.observer];
  }
  outcome.observers = observers.size();
  return outcome;
}

/// Of two rates: which is higher, as far as their intervals tell.
Order order_of_rates(const Rate& a, const Rate& b) {
  if (a.low() > b.high()) return Order::kHigher;
  if (a.high() < b.low()) return Order::kLower;
  return Order::kUndecided;
}

}  // namespace

LabPage class_discrimination_lab(const LabSettings& settings) {
  const Subject subject(settings, {.pictures = 60, .scenes = "scenes-multi"});
  const MapStudy study = make_study(subject, settings);
  const Outcome outcome = analyse(study, answers_to(study, settings.answers));
  const bool people = !settings.answers.empty();
  const std::string observers =
      people ? observer_count(outcome.observers) : "the automatic observer";
  LabTable table{.name = "class_discrimination",
                 .caption = "Right answers by method; guessing gives 50 %",
                 .columns = {"method", "right answers of " + observers},
                 .rows = {}};
  for (std::size_t m = 0; m < kMethods.size(); ++m) {
    table.rows.push_back({cell(method_title(kMethods[m])), cell(outcome.right[m])});
  }
  const Rate& guided = outcome.right[1];
  const Rate& guided_gradcam = outcome.right[2];
  LabPage page{
      .title = "Which class is shown?",
      .paper = "Selvaraju et al. 2017, Grad-CAM, section 5.1.",
      .question =
          "Two things are in a picture and somebody sees an explanation of one of them. Can "
          "they tell which, and for which methods?",
      .how = {"Scenes with two objects, each explained by four methods; the questionnaire shows "
              "the picture and the explanation, in an order drawn by lot, and asks which of the "
              "two objects it is about. The file asks without a server, and saves the answers as "
              "CSV; this page is made again from them by --answers FILE, with the same size and "
              "seed.",
              people ? "The answers here are those of " + observers + "."
                     : "Nobody has answered yet: the answers here are those of a program that "
                       "knows where the objects are and names the one whose box holds more of the "
                       "map per pixel. It stands in for a first run and is no person."},
      .differs = {"The paper asked 43 people about 90 pairs of pictures and classes of VOC, and "
                  "used deconvolution Grad-CAM as its fourth method; here the fourth is Grad-CAM "
                  "itself."},
      .figures = {{to_text(guided_gradcam), "of answers right for guided Grad-CAM, " + observers},
                  {to_text(guided), "for guided backpropagation"}},
      .shows = {"Guided Grad-CAM " + to_text(guided_gradcam) + " against guided backpropagation " +
                    to_text(guided) + ": " +
                    against_paper(order_of_rates(guided_gradcam, guided), Order::kHigher) + ".",
                "Deconvnet alone: " + to_text(outcome.right[0]) +
                    ", Grad-CAM alone: " + to_text(outcome.right[3]) + "."},
      .change = {"People instead of a program: an outline that a person recognises counts for "
                 "nothing to the program.",
                 "Objects of very different size, which the network sees unequally well."}};
  page.parts.emplace_back(LabLink{"questionnaire.html", "The questionnaire"});
  page.parts.emplace_back(std::move(table));
  LabPictures pictures{.caption = "Some of the questions, with the right answer.",
                       .grid = {.columns = {"picture", "explanation"}, .rows = {}}};
  for (std::size_t i = 0; i < std::min<std::size_t>(6, study.keys.size()); ++i) {
    const Question& question = study.questionnaire.questions[i];
    PictureCell shown = question.pictures[1];
    shown.label =
        method_title(kMethods[study.keys[i].method]) + ": " + question.choices[study.keys[i].right];
    pictures.grid.rows.push_back({question.pictures[0], std::move(shown)});
  }
  page.picture = pictures.grid.rows.front().at(1).picture;
  page.parts.emplace_back(std::move(pictures));
  page.files.push_back(
      {.name = "questionnaire.html", .text = questionnaire_html(study.questionnaire)});
  return page;
}

}  // namespace cameo::tools
