// A caption for each region of a picture; how much of the evidence lies inside the region.
#include "explain/metrics/localization.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/language.h"
#include "zoo/datasets/scenes/captions.h"
#include "zoo/language/caption_scores.h"
#include "zoo/language/decoding.h"

namespace cameo::tools {

namespace {

constexpr std::size_t kShown = 6;

/// What was found in all regions.
struct Regions {
  std::vector<zoo::JudgedCaption> corpus;
  Rate right;                  ///< captions true in every word
  std::vector<double> inside;  ///< share of the sentence's map inside the region
  std::vector<double> areas;   ///< what the share would be for a map that is the same everywhere
  std::vector<double> ratios;  ///< mean inside over mean outside
};

/// One region of a picture, captioned.
struct Region {
  Tensor mask;
  Tensor picture;  ///< with the region in the light
  std::string caption;
  std::string reference;
  Tensor map;  ///< of the sentence; empty where there is none
};

Region caption_region(const LanguageModel& model, const zoo::Scenes& scenes, std::size_t index,
                      std::size_t object) {
  Region region{.mask = region_of(scenes.rendered(index), object),
                .picture = {},
                .caption = {},
                .reference = "a " + zoo::phrase_of(scenes.scene(index).objects[object]),
                .map = {}};
  region.picture = spotlight(picture_of(scenes, index), region.mask);
  const zoo::WordIds words =
      zoo::describe(model.network, region.picture, {.beams = 1}).front().words;
  region.caption = model.words.decode(words);
  if (words.empty()) return region;
  const Network scorer = zoo::caption_scorer(model.network, words);
  region.map =
      shown_map(grad_cam(scorer, region.picture, scorer.find("sentence_score"), 0), region.picture);
  return region;
}

void judge(Regions& regions, const Region& region) {
  regions.corpus.push_back({.caption = region.caption, .references = {region.reference}});
  regions.right.count(region.caption == region.reference);
  if (!region.map.defined()) return;
  const double inside = share_inside(region.map, region.mask);
  const double area = share_inside(Tensor(region.mask.shape(), 1.0F), region.mask);
  regions.inside.push_back(inside);
  regions.areas.push_back(area);
  if (inside < 1.0 && area < 1.0) {
    regions.ratios.push_back(inside / area * (1.0 - area) / (1.0 - inside));
  }
}

}  // namespace

LabPage dense_captioning_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  zoo::SceneOptions scene = zoo::multi_object_scenes();
  scene.max_objects = 3;
  const LanguageTraining training{.pictures = settings.by_size(40, 2000, 10000),
                                  .epochs = settings.by_size(1, 2, 6),
                                  .scene = scene,
                                  .seed = seed};
  const LanguageModel model = train_region_captioner(training, settings.globals);
  const zoo::Scenes scenes({.split = zoo::SceneSplit::kTest,
                            .count = settings.by_size(4, 60, 200),
                            .scene = scene,
                            .seed = seed});
  Regions regions;
  LabPictures pictures{
      .caption =
          "Each region in the light with its caption, and the map of the "
          "sentence. Captions that are wrong in a word are set off.",
      .grid = {.columns = {"region", "evidence", "region", "evidence"}, .rows = {}}};
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    std::vector<PictureCell> row;
    for (std::size_t object = 0; object < scenes.scene(i).objects.size(); ++object) {
      const Region region = caption_region(model, scenes, i, object);
      judge(regions, region);
      if (i >= kShown || object > 1) continue;
      row.push_back(picture_cell(region.picture, region.caption));
      row.back().wrong = region.caption != region.reference;
      const Tensor blank(region.mask.shape());
      row.push_back(
          map_cell(region.picture, region.map.defined() ? region.map : blank, "the sentence"));
    }
    if (i < kShown) pictures.grid.rows.push_back(std::move(row));
  }
  const std::string bleu4 = cell(zoo::bleu(regions.corpus)[3], 3).text;
  const Mean inside = mean_of(regions.inside, seed);
  const Mean areas = mean_of(regions.areas, seed);
  const Mean ratio = mean_of(regions.ratios, seed);
  LabPage page{
      .title = "A caption for each region",
      .paper =
          "Selvaraju et al. 2017, Grad-CAM, comparison to DenseCap; Johnson et "
          "al. 2016, DenseCap.",
      .question =
          "A network captions one region of a picture at a time. Does the evidence for the "
          "caption lie inside the region, although the network sees the rest as well?",
      .how = {"The box about an object, two pixels wider, is the region; all else of the picture "
              "is dimmed to a third. A CNN and an LSTM learn to say what is in the light (" +
                  std::to_string(training.pictures) + " scenes of two or three objects, " +
                  std::to_string(training.epochs) + " epochs) and then caption every object of " +
                  std::to_string(scenes.size()) + " held-out scenes.",
              "Grad-CAM explains the log-probability of the sentence at the CNN's last map. "
              "Compared are the map's mass inside the region and the region's share of the "
              "picture, and the mean of the map inside and outside."},
      .differs = {"DenseCap finds its regions itself and pools the features of each; here the "
                  "regions are given and marked by light.",
                  "Some of the evidence lies inside because the outside is dark."},
      .figures = {{to_percent_text(inside), "of a sentence's map lie inside its region (" +
                                                to_percent_text(areas) + " of the picture)"},
                  {to_text(ratio), "times as strong inside as outside, on average"},
                  {to_text(regions.right), "of the captions are true in every word"}},
      .shows = {"Inside the region lie " + to_percent_text(inside) +
                    " of the map; a map that is the same everywhere would have " +
                    to_percent_text(areas) + " there.",
                "Of " + std::to_string(regions.right.total) + " captions " +
                    to_text(regions.right) + " are true in every word; BLEU-4 is " + bleu4 + "."},
      .change = {"A region without dimming would leave the network without a word about which "
                 "object is meant.",
                 "Regions that hold two objects, or half of one."},
      .picture = pictures.grid.rows.front().at(1).picture};
  page.parts.emplace_back(
      LabTable{.name = "regions",
               .caption = "All regions of the held-out scenes",
               .columns = {"regions", "true captions", "BLEU-4", "map inside the region",
                           "share of the picture", "inside over outside"},
               .rows = {{cell(static_cast<std::int64_t>(regions.corpus.size())),
                         cell(regions.right), cell(zoo::bleu(regions.corpus)[3], 3),
                         percent_cell(inside), percent_cell(areas), cell(ratio)}}});
  page.parts.emplace_back(std::move(pictures));
  return page;
}

}  // namespace cameo::tools
