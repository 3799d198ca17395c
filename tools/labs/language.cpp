#include "tools/labs/language.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "core/random.h"
#include "explain/display.h"
#include "explain/drawing.h"
#include "explain/grad_cam.h"
#include "layers/fit.h"
#include "layers/losses.h"
#include "tools/labs/subject.h"
#include "tools/labs/training.h"
#include "zoo/datasets/scenes/captions.h"
#include "zoo/model.h"

namespace cameo::tools {

namespace {

constexpr std::int64_t kQuestions = 8;       // to a picture, in training
constexpr std::size_t kLongestQuestion = 8;  // "is the star left of the ring" and one to spare
constexpr std::uint64_t kTestQuestions = 1U << 20U;  // no epoch has that number

zoo::Scenes training_scenes(const LanguageTraining& training) {
  return zoo::Scenes({.split = zoo::SceneSplit::kTrain,
                      .count = training.pictures,
                      .scene = training.scene,
                      .seed = training.seed});
}

EpochsPlan plan_of(const LanguageTraining& training, const char* title) {
  return {.title = title,
          .pictures = training.pictures,
          .epochs = training.epochs,
          .seed = training.seed};
}

void begin_with_pretrained(Network& network) {
  zoo::load_state_dict(network, zoo::state_dict(zoo::pretrained_model().network), true);
}

std::vector<int> labels_of(const std::vector<zoo::WordIds>& sentences) {
  const Tensor words = zoo::word_tensor(sentences, zoo::PadSide::kAfter);
  std::vector<int> labels;
  for (const float word : words.data()) {
    const int id = static_cast<int>(word);
    labels.push_back(id == zoo::Vocabulary::kPad ? kNoLabel : id);
  }
  return labels;
}

LanguageModel untrained_captioner(const LanguageTraining& training) {
  LanguageModel model{.words = zoo::Vocabulary(std::array{zoo::caption_words()}),
                      .network = zoo::caption_network({.words = 1})};
  model.network = zoo::caption_network({.words = model.words.size(), .seed = training.seed});
  begin_with_pretrained(model.network);
  return model;
}

/// The pictures with their captions, word by word.
Examples caption_examples(const Network& network, const Tensor& pictures,
                          const std::vector<zoo::WordIds>& captions) {
  std::vector<zoo::WordIds> before = captions;
  std::vector<zoo::WordIds> after = captions;
  for (zoo::WordIds& words : before) words.insert(words.begin(), zoo::Vocabulary::kStart);
  for (zoo::WordIds& words : after) words.push_back(zoo::Vocabulary::kEnd);
  return {.given = {{network.input(), pictures},
                    {network.find(zoo::kWords), zoo::word_tensor(before, zoo::PadSide::kAfter)}},
          .labels = labels_of(after)};
}

}  // namespace

LanguageModel train_captioner(const LanguageTraining& training, const GlobalOptions& globals) {
  const zoo::Scenes scenes = training_scenes(training);
  LanguageModel model = untrained_captioner(training);
  std::vector<zoo::WordIds> captions;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    captions.push_back(model.words.encode(zoo::caption_of(scenes.scene(i)).text));
  }
  const auto examples = [&](const EpochStep& step) {
    std::vector<zoo::WordIds> chosen;
    for (const std::size_t i : step.pictures) chosen.push_back(captions[i]);
    return caption_examples(model.network, scenes.batch(step.pictures).images, chosen);
  };
  fit_epochs(model.network, plan_of(training, "learning captions"), examples, globals);
  return model;
}

LanguageModel train_region_captioner(const LanguageTraining& training,
                                     const GlobalOptions& globals) {
  const zoo::Scenes scenes = training_scenes(training);
  LanguageModel model = untrained_captioner(training);
  const auto examples = [&](const EpochStep& step) {
    Tensor pictures = scenes.batch(step.pictures).images;
    const std::int64_t each = pictures.size() / pictures.dim(0);
    std::vector<zoo::WordIds> captions;
    float* out = pictures.mutable_data().data();
    for (const std::size_t i : step.pictures) {
      const zoo::Scene scene = scenes.scene(i);
      Random random({training.seed, step.epoch, i});
      const auto object = static_cast<std::size_t>(random.below(std::ssize(scene.objects)));
      const Tensor lit = spotlight(picture_of(scenes, i), region_of(scenes.rendered(i), object));
      out = std::copy_n(lit.data().begin(), each, out);
      captions.push_back(model.words.encode("a " + zoo::phrase_of(scene.objects[object])));
    }
    return caption_examples(model.network, pictures, captions);
  };
  fit_epochs(model.network, plan_of(training, "learning captions of regions"), examples, globals);
  return model;
}

zoo::SceneQuestion question_about(const zoo::Scene& scene, std::uint64_t seed, std::size_t index,
                                  std::size_t number) {
  Random random({seed, kTestQuestions, index, number});
  return zoo::ask(scene, random);
}

Network asked(const LanguageModel& answerer, const std::string& question) {
  zoo::WordIds words = answerer.words.encode(question);
  const std::size_t padding = kLongestQuestion - std::min(kLongestQuestion, words.size());
  words.insert(words.begin(), padding, zoo::Vocabulary::kPad);
  return zoo::with_words(answerer.network, words);
}

LanguageModel train_answerer(const LanguageTraining& training, bool sees_picture,
                             const GlobalOptions& globals) {
  const zoo::Scenes scenes = training_scenes(training);
  const zoo::Vocabulary words(std::array{zoo::question_words()});
  zoo::AnswerNetworkOptions options{.words = words.size(),
                                    .answers = std::ssize(zoo::scene_answers()),
                                    .questions = kQuestions,
                                    .sees_picture = sees_picture,
                                    .seed = training.seed};
  Network network = zoo::answer_network(options);
  if (sees_picture) begin_with_pretrained(network);
  std::vector<zoo::Scene> described;
  for (std::size_t i = 0; i < scenes.size(); ++i) described.push_back(scenes.scene(i));
  const auto examples = [&](const EpochStep& step) {
    std::vector<zoo::WordIds> questions;
    Examples found{.given = {}, .labels = {}};
    for (const std::size_t i : step.pictures) {
      for (std::uint64_t k = 0; k < kQuestions; ++k) {
        Random random({training.seed, step.epoch, i, k});
        const zoo::SceneQuestion question = zoo::ask(described[i], random);
        questions.push_back(words.encode(question.text));
        found.labels.push_back(zoo::scene_answer(question.answer));
      }
    }
    found.given = {{network.input(), scenes.batch(step.pictures).images},
                   {network.find(zoo::kWords),
                    zoo::word_tensor(questions, zoo::PadSide::kBefore, kLongestQuestion)}};
    return found;
  };
  fit_epochs(network,
             plan_of(training, sees_picture ? "learning answers" : "learning without pictures"),
             examples, globals);
  options.questions = 1;
  LanguageModel model{.words = words, .network = zoo::answer_network(options)};
  zoo::StateDict learned = zoo::state_dict(network);
  learned.erase(std::string(zoo::kWords));
  zoo::load_state_dict(model.network, learned, true);
  return model;
}

Tensor picture_of(const zoo::Scenes& scenes, std::size_t index) {
  return scenes.batch(std::array{index}).images;
}

explain::Explanation grad_cam(const Network& network, const Tensor& picture, ValueId of,
                              std::int64_t index) {
  const explain::Methods methods{std::make_shared<explain::GradCam>(
      explain::GradCamOptions{.layer = std::string(zoo::kLastMap)})};
  const std::array targets{explain::Target{.of = of, .index = index}};
  return explain::explain(network, picture, methods, targets).front();
}

Tensor shown_map(const explain::Explanation& explanation, const Tensor& picture) {
  return explain::display_map(explanation, picture.dim(2), picture.dim(3)).map;
}

Tensor mask_of(const zoo::RenderedScene& scene, std::size_t object) {
  const std::vector<std::uint8_t>& mask = scene.objects.at(object).mask;
  Tensor result({scene.size, scene.size});
  std::copy(mask.begin(), mask.end(), result.mutable_data().begin());
  return result;
}

Tensor box_mask_of(const zoo::RenderedScene& scene, std::size_t object) {
  const zoo::PixelBox box = scene.objects.at(object).box;
  Tensor result({scene.size, scene.size});
  for (int y = box.y0; y < box.y1; ++y) {
    float* const row = result.mutable_data().data() + std::ptrdiff_t{y} * scene.size;
    std::fill(row + box.x0, row + box.x1, 1.0F);
  }
  return result;
}

Tensor region_of(const zoo::RenderedScene& scene, std::size_t object) {
  constexpr int kMargin = 2;
  const zoo::PixelBox box = scene.objects.at(object).box;
  Tensor result({scene.size, scene.size});
  const auto within = [&](int v) { return std::clamp(v, 0, scene.size); };
  for (int y = within(box.y0 - kMargin); y < within(box.y1 + kMargin); ++y) {
    float* const row = result.mutable_data().data() + std::ptrdiff_t{y} * scene.size;
    std::fill(row + within(box.x0 - kMargin), row + within(box.x1 + kMargin), 1.0F);
  }
  return result;
}

Tensor spotlight(const Tensor& picture, const Tensor& region) {
  constexpr float kOutside = 1.0F / 3.0F;
  Tensor lit = picture;
  const std::span<float> values = lit.mutable_data();
  const std::span<const float> inside = region.data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (inside[i % inside.size()] == 0.0F) values[i] *= kOutside;
  }
  return lit;
}

PictureCell map_cell(const Tensor& picture, const Tensor& shown, std::string label) {
  const Tensor flat = picture.reshaped({3, picture.dim(2), picture.dim(3)});
  return {.picture = cell_uri(explain::overlay(flat, shown)), .label = std::move(label)};
}

PictureCell picture_cell(const Tensor& picture, std::string label) {
  return {.picture = cell_uri(picture.reshaped({3, picture.dim(2), picture.dim(3)})),
          .label = std::move(label)};
}

}  // namespace cameo::tools
