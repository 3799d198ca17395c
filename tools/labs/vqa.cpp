// A network answers questions about scenes; Grad-CAM for its answer, for another, and for another
// question.
#include <algorithm>
#include <array>

#include "explain/metrics/localization.h"
#include "explain/metrics/statistics.h"
#include "explain/target.h"
#include "tools/labs/labs.h"
#include "tools/labs/language.h"

namespace cameo::tools {

namespace {

constexpr std::size_t kShown = 6;
constexpr std::size_t kQuestions = 4;  // to a held-out picture
constexpr double kWithin = 1.0;        // of points_near(): within the mask

/// How often the answers of one kind are right.
struct Accuracy {
  std::array<Rate, zoo::kQuestionKinds> by_kind{};
  Rate overall{};

  void count(zoo::QuestionKind kind, bool right) {
    by_kind.at(static_cast<std::size_t>(kind)).count(right);
    overall.count(right);
  }
};

/// What the maps of right answers about one object, its colour or shape, show.
struct Evidence {
  Rate on_object;              ///< the map peaks on the object asked about
  Rate on_another;             ///< on another
  std::vector<double> areas;   ///< of the objects, as shares of the picture
  std::vector<double> others;  ///< rank correlation with the map for the second best answer
};

/// A question put to a picture.
struct Answered {
  Network network;  ///< holds the question
  std::vector<explain::Target> best;

  Answered(const LanguageModel& model, const Tensor& picture, const std::string& question)
      : network(asked(model, question)) {
    const Tape tape = forward(network, picture);
    best = explain::top_targets(tape, network.output(), 2);
  }
  std::int64_t index() const { return best.front().index; }
  const std::string& text(std::size_t rank = 0) const {
    return zoo::scene_answers()[static_cast<std::size_t>(best.at(rank).index)];
  }
  Tensor map(const Tensor& picture, std::size_t rank = 0) const {
    return shown_map(grad_cam(network, picture, network.output(), best.at(rank).index), picture);
  }
};

/// Colour and shape questions name one object, which the evidence should be on.
bool asks_about_one(const zoo::SceneQuestion& question) {
  return question.kind == zoo::QuestionKind::kColour || question.kind == zoo::QuestionKind::kShape;
}

void look(Evidence& evidence, const Answered& answered, const Tensor& picture,
          const zoo::RenderedScene& scene, std::size_t object) {
  const Tensor map = answered.map(picture);
  const Tensor mask = mask_of(scene, object);
  evidence.on_object.count(explain::points_near(map, mask, kWithin));
  bool another = false;
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    another = another || (i != object && explain::points_near(map, mask_of(scene, i), kWithin));
  }
  evidence.on_another.count(another);
  evidence.areas.push_back(static_cast<double>(scene.objects[object].area) /
                           static_cast<double>(mask.size()));
  evidence.others.push_back(
      explain::spearman(explain::to_doubles(map), explain::to_doubles(answered.map(picture, 1))));
}

/// Two questions about the picture with the maps of the two best answers to each.
std::vector<PictureCell> picture_row(const LanguageModel& model, const zoo::Scenes& scenes,
                                     std::size_t index, std::uint64_t seed) {
  const Tensor picture = picture_of(scenes, index);
  std::vector<PictureCell> row;
  for (const std::size_t number : {0, 1}) {
    const zoo::SceneQuestion question = question_about(scenes.scene(index), seed, index, number);
    const Answered answered(model, picture, question.text);
    row.push_back(picture_cell(picture, question.text + "?"));
    row.push_back(map_cell(picture, answered.map(picture), answered.text()));
    row.back().wrong = answered.text() != question.answer;
    row.push_back(map_cell(picture, answered.map(picture, 1), "rather than " + answered.text(1)));
  }
  return row;
}

LabTable accuracy_table(const Accuracy& seeing, const Accuracy& blind) {
  LabTable table{.name = "answers",
                 .caption = "Right answers to questions about held-out scenes",
                 .columns = {"kind", "network", "language-only baseline"},
                 .rows = {}};
  for (std::size_t kind = 0; kind < zoo::kQuestionKinds; ++kind) {
    table.rows.push_back({cell(zoo::name_of(static_cast<zoo::QuestionKind>(kind))),
                          cell(seeing.by_kind[kind]), cell(blind.by_kind[kind])});
  }
  table.rows.push_back({cell(std::string("all")), cell(seeing.overall), cell(blind.overall)});
  return table;
}

LabTable evidence_table(const Evidence& evidence, std::uint64_t seed) {
  return {.name = "evidence",
          .caption = "Grad-CAM of right answers to colour and shape questions",
          .columns = {"peak on the object asked about", "on another object",
                      "share of the picture that the object covers",
                      "rank correlation with the second best answer's map"},
          .rows = {{cell(evidence.on_object), cell(evidence.on_another),
                    percent_cell(mean_of(evidence.areas, seed)),
                    cell(mean_of(evidence.others, seed))}}};
}

}  // namespace

LabPage vqa_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  zoo::SceneOptions scene = zoo::multi_object_scenes();
  scene.max_objects = 3;
  const LanguageTraining training{.pictures = settings.by_size(40, 4000, 16000),
                                  .epochs = settings.by_size(1, 2, 8),
                                  .scene = scene,
                                  .seed = seed};
  LanguageTraining short_training = training;
  short_training.pictures = settings.by_size(40, 2000, 8000);
  short_training.epochs = settings.by_size(1, 1, 2);
  const LanguageModel model = train_answerer(training, true, settings.globals);
  const LanguageModel blind = train_answerer(short_training, false, settings.globals);
  const zoo::Scenes scenes({.split = zoo::SceneSplit::kTest,
                            .count = settings.by_size(4, 100, 500),
                            .scene = scene,
                            .seed = seed});
  Accuracy seen;
  Accuracy guessed;
  Evidence evidence;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const zoo::RenderedScene rendered = scenes.rendered(i);
    const Tensor picture = picture_of(scenes, i);
    for (std::size_t k = 0; k < kQuestions; ++k) {
      const zoo::SceneQuestion question = question_about(scenes.scene(i), seed, i, k);
      const Answered answered(model, picture, question.text);
      const bool right = answered.text() == question.answer;
      seen.count(question.kind, right);
      guessed.count(question.kind,
                    Answered(blind, picture, question.text).text() == question.answer);
      if (right && asks_about_one(question)) {
        look(evidence, answered, picture, rendered, question.about.front());
      }
    }
  }
  LabPictures pictures{.caption =
                           "Two questions about each picture; the map of the answer given, "
                           "and that of the second best. Wrong answers are set off.",
                       .grid = {.columns = {"question", "answer", "another answer",
                                            "another question", "answer", "another answer"},
                                .rows = {}}};
  for (std::size_t i = 0; i < std::min(kShown, scenes.size()); ++i) {
    pictures.grid.rows.push_back(picture_row(model, scenes, i, seed));
  }
  LabPage page{
      .title = "Questions about pictures",
      .paper =
          "Selvaraju et al. 2017, Grad-CAM, on visual question answering; the questions after "
          "Antol et al. "
          "2015, VQA, the attention after Yang et al. 2016, Stacked Attention Networks.",
      .question =
          "A network answers questions about a picture. Does the map for its answer lie on "
          "what the question is about, and does it move with the answer and the question?",
      .how = {"A CNN and an LSTM learn to answer questions about the colour, shape, number and "
              "relation of two or three drawn objects: " +
                  std::to_string(training.pictures) + " scenes, " +
                  std::to_string(training.epochs) +
                  " epochs, eight new questions a scene each time. Tested are " +
                  std::to_string(kQuestions) + " questions to each of " +
                  std::to_string(scenes.size()) +
                  " held-out scenes. The baseline reads the question and sees no picture.",
              "Grad-CAM explains the logit of an answer at the CNN's last map. A colour or shape "
              "question is about one object, which the peak of the map should lie on."},
      .differs = {"The paper shows maps for photographs and questions of people, and compares them "
                  "with where people looked; here the questions come from four templates and the "
                  "objects' masks are known."},
      .figures = {{to_text(seen.overall), "right answers"},
                  {to_text(guessed.overall), "right answers of the language-only baseline"},
                  {to_text(evidence.on_object),
                   "of the maps of right colour and shape answers peak on the object asked about"}},
      .shows =
          {"Of all answers " + to_text(seen.overall) + " are right, without the picture " +
               to_text(guessed.overall) + ".",
           "The map of a right answer about one object peaks on it in " +
               to_text(evidence.on_object) + " and on another object in " +
               to_text(evidence.on_another) + "; a point at random would lie on it in " +
               to_percent_text(mean_of(evidence.areas, seed)) + ".",
           "The map of the second best answer to the same question has a rank correlation of " +
               to_text(mean_of(evidence.others, seed)) +
               " with that of the answer given: 1 would mean that the map does not move with "
               "the answer."},
      .change = {"Questions that can be answered without looking raise both columns of the table.",
                 "Relations are learned last: with fewer pictures they stay at one in two."},
      .picture = pictures.grid.rows.front().at(1).picture};
  page.parts.emplace_back(accuracy_table(seen, guessed));
  page.parts.emplace_back(evidence_table(evidence, seed));
  page.parts.emplace_back(std::move(pictures));
  return page;
}

}  // namespace cameo::tools
