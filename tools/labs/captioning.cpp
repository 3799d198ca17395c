// A network captions scenes; Grad-CAM for the sentence and for each of its words.
#include <algorithm>
#include <optional>

#include "explain/metrics/localization.h"
#include "tools/labs/labs.h"
#include "tools/labs/language.h"
#include "zoo/datasets/scenes/captions.h"
#include "zoo/language/caption_scores.h"
#include "zoo/language/decoding.h"

namespace cameo::tools {

namespace {

constexpr std::size_t kShown = 6;
constexpr double kWithin = 1.0;  // of points_near(): within the mask

/// One way of decoding, on all test scenes.
struct Decoder {
  std::string name;
  zoo::DecodingOptions options;
  std::vector<zoo::JudgedCaption> corpus{};
  Rate true_captions{};
};

/// Where the maps of nouns peak, in true captions of scenes with two objects or more.
struct Pointing {
  Rate on_object;
  Rate in_box;
  Rate on_another;
  std::vector<double> areas;  ///< of the objects, as shares of the picture
};

std::optional<zoo::SceneCaption> matching(const std::vector<zoo::SceneCaption>& known,
                                          const std::string& text) {
  for (const zoo::SceneCaption& caption : known) {
    if (caption.text == text) return caption;
  }
  return std::nullopt;
}

zoo::WordIds decode(const LanguageModel& model, const Tensor& picture,
                    const zoo::DecodingOptions& options) {
  return zoo::describe(model.network, picture, options).front().words;
}

void judge(Decoder& decoder, const LanguageModel& model, const zoo::Scenes& scenes) {
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const std::vector<zoo::SceneCaption> known = zoo::all_captions(scenes.scene(i));
    zoo::JudgedCaption judged{
        .caption = model.words.decode(decode(model, picture_of(scenes, i), decoder.options)),
        .references = {}};
    for (const zoo::SceneCaption& caption : known) judged.references.push_back(caption.text);
    decoder.true_captions.count(matching(known, judged.caption).has_value());
    decoder.corpus.push_back(std::move(judged));
  }
}

/// The map of a caption's word.
Tensor word_map(const Network& scorer, const Tensor& picture, std::size_t word) {
  return shown_map(grad_cam(scorer, picture, scorer.output(), static_cast<std::int64_t>(word)),
                   picture);
}

void point(Pointing& pointing, const Tensor& map, const zoo::RenderedScene& scene,
           std::size_t object) {
  const Tensor mask = mask_of(scene, object);
  pointing.on_object.count(explain::points_near(map, mask, kWithin));
  pointing.in_box.count(explain::points_near(map, box_mask_of(scene, object), kWithin));
  bool another = false;
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    another = another || (i != object && explain::points_near(map, mask_of(scene, i), kWithin));
  }
  pointing.on_another.count(another);
  pointing.areas.push_back(static_cast<double>(scene.objects[object].area) /
                           static_cast<double>(mask.size()));
}

/// Grad-CAM of both nouns of a true caption.
void examine(Pointing& pointing, const LanguageModel& model, const zoo::Scenes& scenes,
             std::size_t index, const zoo::WordIds& words) {
  const zoo::Scene scene = scenes.scene(index);
  const auto caption = matching(zoo::all_captions(scene), model.words.decode(words));
  if (!caption || !caption->object) return;
  const zoo::RenderedScene rendered = scenes.rendered(index);
  const Tensor picture = picture_of(scenes, index);
  const Network scorer = zoo::caption_scorer(model.network, words);
  for (const std::size_t object : {caption->subject, *caption->object}) {
    const int noun = model.words.id(zoo::noun_of(scene.objects[object]));
    const auto at = std::find(words.begin(), words.end(), noun);
    point(pointing, word_map(scorer, picture, static_cast<std::size_t>(at - words.begin())),
          rendered, object);
  }
}

/// The picture, the sentence's map and those of its colours and nouns.
std::vector<PictureCell> picture_row(const LanguageModel& model, const zoo::Scenes& scenes,
                                     std::size_t index, const zoo::WordIds& words) {
  const Tensor picture = picture_of(scenes, index);
  const std::string text = model.words.decode(words);
  const bool right = matching(zoo::all_captions(scenes.scene(index)), text).has_value();
  std::vector<PictureCell> row{picture_cell(picture, text)};
  row.back().wrong = !right;
  if (words.empty()) return row;
  const Network scorer = zoo::caption_scorer(model.network, words);
  row.push_back(map_cell(
      picture, shown_map(grad_cam(scorer, picture, scorer.find("sentence_score"), 0), picture),
      "the sentence"));
  const auto shapes = zoo::scene_shape_names();
  const auto colours = zoo::scene_colour_names();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = model.words.word(words[i]);
    if (std::find(shapes.begin(), shapes.end(), word) == shapes.end() &&
        std::find(colours.begin(), colours.end(), word) == colours.end()) {
      continue;
    }
    row.push_back(map_cell(picture, word_map(scorer, picture, i), word));
  }
  return row;
}

LabTable scores_table(const std::vector<Decoder>& decoders) {
  LabTable table{.name = "captions",
                 .caption = "Caption scores on held-out scenes",
                 .columns = {"decoding", "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "CIDEr-D",
                             "captions that are true in every word"},
                 .rows = {}};
  for (const Decoder& decoder : decoders) {
    std::vector<Cell> row{cell(decoder.name)};
    for (const double score : zoo::bleu(decoder.corpus)) row.push_back(cell(score, 3));
    const std::vector<double> cider = zoo::cider_d(decoder.corpus);
    double sum = 0.0;
    for (const double score : cider) sum += score;
    row.push_back(cell(sum / static_cast<double>(cider.size()), 2));
    row.push_back(cell(decoder.true_captions));
    table.rows.push_back(std::move(row));
  }
  return table;
}

LabTable pointing_table(const Pointing& pointing, std::uint64_t seed) {
  return {.name = "nouns",
          .caption = "Where the maps of the nouns in true captions peak",
          .columns = {"on the object named", "in its box", "on another object",
                      "share of the picture that the object covers"},
          .rows = {{cell(pointing.on_object), cell(pointing.in_box), cell(pointing.on_another),
                    percent_cell(mean_of(pointing.areas, seed))}}};
}

std::string decimals(double value) { return cell(value, 3).text; }

}  // namespace

LabPage captioning_lab(const LabSettings& settings) {
  zoo::SceneOptions scene = zoo::multi_object_scenes();
  scene.max_objects = 2;
  const LanguageTraining training{.pictures = settings.by_size(40, 4000, 20000),
                                  .epochs = settings.by_size(1, 2, 8),
                                  .scene = scene,
                                  .seed = settings.seed()};
  const LanguageModel model = train_captioner(training, settings.globals);
  const zoo::Scenes scenes({.split = zoo::SceneSplit::kTest,
                            .count = settings.by_size(4, 100, 500),
                            .scene = scene,
                            .seed = settings.seed()});
  std::vector<Decoder> decoders{{.name = "greedy", .options = {.beams = 1}},
                                {.name = "beam of 3", .options = {.beams = 3}}};
  for (Decoder& decoder : decoders) judge(decoder, model, scenes);
  Pointing pointing;
  LabPictures pictures{.caption =
                           "Each picture with its caption, the map of the sentence, and "
                           "those of its colours and nouns in the order they are said.",
                       .grid = {.columns = {"picture"}, .rows = {}}};
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const zoo::WordIds words = decode(model, picture_of(scenes, i), decoders[0].options);
    examine(pointing, model, scenes, i, words);
    if (i < kShown) pictures.grid.rows.push_back(picture_row(model, scenes, i, words));
  }
  const std::string bleu4 = decimals(zoo::bleu(decoders[0].corpus)[3]);
  const Mean chance = mean_of(pointing.areas, settings.seed());
  LabPage page{
      .title = "Captions, word by word",
      .paper =
          "Selvaraju et al. 2017, Grad-CAM, on image captioning; the network after Vinyals et al. "
          "2015, Show and Tell.",
      .question =
          "A network that was only shown pictures and sentences says what it sees. Where "
          "does it look for the sentence, and where for each of its words?",
      .how = {"A CNN and an LSTM learn to caption " + std::to_string(training.pictures) +
                  " scenes of two objects, " + std::to_string(training.epochs) +
                  " epochs. A caption names the larger object first; a held-out scene's references "
                  "are all captions of that form that are true of it. " +
                  std::to_string(scenes.size()) + " held-out scenes are captioned.",
              "Grad-CAM explains the log-probability of a word given the picture and the words "
              "before it, and of the whole sentence, at the CNN's last map. Where a caption is "
              "true, each of its nouns names one object, and the peak of the noun's map should "
              "lie on it."},
      .differs = {"The paper explains a captioner trained on COCO photographs and measures no "
                  "words; here the sentences have one form and the objects are drawn."},
      .figures = {{bleu4, "BLEU-4 of greedy decoding"},
                  {to_text(pointing.on_object), "of the nouns' maps peak on their object"},
                  {to_text(decoders[0].true_captions), "of the captions are true in every word"}},
      .shows = {"The peak of a noun's map lies on the object it names in " +
                    to_text(pointing.on_object) + " of the cases, in its box in " +
                    to_text(pointing.in_box) + ", on another object in " +
                    to_text(pointing.on_another) +
                    "; a point at random would lie on the object in " + to_percent_text(chance) +
                    ".",
                "A beam of 3 gives BLEU-4 " + decimals(zoo::bleu(decoders[1].corpus)[3]) +
                    " against " + bleu4 + " of greedy decoding."},
      .change = {"Fewer training pictures: shapes are learned first, colours of the right object "
                 "last.",
                 "Objects that are hard to tell apart, or more of them."},
      .picture = pictures.grid.rows.front().back().picture};
  page.parts.emplace_back(scores_table(decoders));
  page.parts.emplace_back(pointing_table(pointing, settings.seed()));
  page.parts.emplace_back(std::move(pictures));
  return page;
}

}  // namespace cameo::tools
