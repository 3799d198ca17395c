// Weakly supervised localisation: boxes from maps of a network that learned from labels alone.
#include <algorithm>
#include <array>

#include "core/error.h"
#include "explain/fill.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"

namespace cameo::tools {

namespace {

constexpr std::array<float, 2> kPaperShares{0.15F, 0.20F};
constexpr int kShares = 19;  // 5 % … 95 %
constexpr double kOverlap = 0.5;

float share_at(int step) { return 0.05F * static_cast<float>(step + 1); }

/// A row of the table: a method, its pixel map perhaps smoothed first.
struct Contestant {
  std::size_t method = 0;
  bool blurred = false;
  std::string title;
  std::array<Rate, 2> top1_errors;  ///< at kPaperShares
  Rate top5_error;                  ///< at 20 %
  std::array<Rate, kShares> box;    ///< boxes that fit, whatever the network predicts
  std::vector<double> wrong;        ///< at 20 %, by picture: 1 for a top-1 error

  int best_share() const {
    const auto more = [](const Rate& a, const Rate& b) { return a.hits < b.hits; };
    return static_cast<int>(std::max_element(box.begin(), box.end(), more) - box.begin());
  }
};

std::vector<Contestant> contestants(const explain::Methods& methods) {
  std::vector<Contestant> result;
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const explain::MethodInfo& info = methods[i]->info();
    result.push_back({.method = i, .title = method_title(info.name)});
    if (info.kind != explain::MapKind::kPixel) continue;
    result.push_back(
        {.method = i, .blurred = true, .title = method_title(info.name) + ", smoothed"});
  }
  return result;
}

Tensor smoothed(const Tensor& map) {
  const Tensor picture = map.reshaped({1, 1, map.dim(0), map.dim(1)});
  return explain::gaussian_blur(picture, static_cast<double>(map.dim(1)) / 32.0)
      .reshaped(map.shape());
}

bool fits(const Tensor& map, float share, const std::vector<explain::Box>& truth) {
  const auto box = explain::largest_component_box(map, {.share = share});
  return box && std::any_of(truth.begin(), truth.end(), [&](const explain::Box& one) {
           return explain::intersection_over_union(*box, one) >= kOverlap;
         });
}

/// Is the predicted class right, and is it among the first five? Both where labels are unknown.
struct Classified {
  bool top1 = true;
  bool top5 = true;
};

void judge(Contestant& one, const Tensor& map, const std::vector<explain::Box>& truth,
           const Classified& classified) {
  for (int step = 0; step < kShares; ++step) {
    one.box[static_cast<std::size_t>(step)].count(fits(map, share_at(step), truth));
  }
  for (std::size_t i = 0; i < kPaperShares.size(); ++i) {
    one.top1_errors[i].count(!classified.top1 || !fits(map, kPaperShares[i], truth));
  }
  const bool fit = fits(map, kPaperShares[1], truth);
  one.top5_error.count(!classified.top5 || !fit);
  one.wrong.push_back(classified.top1 && fit ? 0.0 : 1.0);
}

std::vector<PictureCell> example(const Subject& subject, const Sample& sample,
                                 const Examined& examined, std::int64_t index,
                                 const std::vector<explain::Box>& truth) {
  std::vector<PictureCell> row{picture_cell(subject.model(), sample.input,
                                            class_label(subject.model(), examined.top()), truth)};
  for (std::size_t i = 0; i < examined.methods().size(); ++i) {
    const ExplainResult result = examined.explain(i, index);
    const auto box =
        explain::largest_component_box(relevance_of(result, sample.input), {.share = 0.2F});
    std::vector<explain::Box> drawn;
    if (box) drawn.push_back(*box);
    row.push_back(map_cell(subject.model(), sample.input, result,
                           method_title(result.explanation.method), drawn));
  }
  return row;
}

LabTable results_table(const std::vector<Contestant>& all) {
  LabTable table{
      .name = "localization",
      .caption = "Localisation errors, best first by top-1 at 20 %",
      .columns = {"method", "top-1 error, 15 %", "top-1 error, 20 %", "top-5 error, 20 %",
                  "box alone wrong, 20 %", "box alone wrong, best threshold", "that threshold"},
      .rows = {}};
  for (const Contestant& one : all) {
    const int best = one.best_share();
    const auto missed = [&](int step) {
      const Rate& right = one.box[static_cast<std::size_t>(step)];
      return Rate{.hits = right.total - right.hits, .total = right.total};
    };
    table.rows.push_back({cell(one.title), cell(one.top1_errors[0]), cell(one.top1_errors[1]),
                          cell(one.top5_error), cell(missed(3)), cell(missed(best)),
                          percent_cell(static_cast<double>(share_at(best)))});
  }
  return table;
}

const Contestant* find(const std::vector<Contestant>& all, std::string_view title) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Contestant& one) { return one.title == title; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> conclusions(const std::vector<Contestant>& all, std::uint64_t seed) {
  const Contestant& gradcam = *find(all, "Grad-CAM");
  std::vector<std::string> shows{
      "Lowest top-1 localisation error at 20 % of the maximum: " + all.front().title + ", " +
      to_text(all.front().top1_errors[1]) + "."};
  const auto against = [&](const char* title, Order paper) {
    const Contestant* other = find(all, title);
    if (other == nullptr) return;
    const Mean difference = paired_difference(gradcam.wrong, other->wrong, seed);
    shows.push_back("Grad-CAM " + to_text(gradcam.top1_errors[1]) + " against " + other->title +
                    " " + to_text(other->top1_errors[1]) + ", a difference of " +
                    to_percent_text(difference) + ": " +
                    against_paper(order_of(difference), paper) + ".");
  };
  against("backpropagation", Order::kLower);
  against("backpropagation, smoothed", Order::kLower);
  against("CAM", Order::kLower);
  return shows;
}

/// Everything measured over the pictures, and some of them.
struct Outcome {
  std::vector<Contestant> all;
  LabPictures examples;
  Rate top1_wrong;
  Rate top5_wrong;
};

Outcome localize(const Subject& subject, const explain::Methods& methods) {
  constexpr std::size_t kShown = 6;
  Outcome outcome{.all = contestants(methods),
                  .examples = {.caption = "True boxes in white on the picture; on each map its own "
                                          "box at 20 % of the maximum.",
                               .grid = {.columns = {"picture"}, .rows = {}}}};
  for (const auto& method : methods) {
    outcome.examples.grid.columns.push_back(method_title(method->info().name));
  }
  for (std::size_t i = 0; i < subject.size(); ++i) {
    const Sample sample = subject.sample(i);
    const Examined examined(subject.model(), sample.input, methods);
    const std::int64_t index = sample.label >= 0 ? sample.label : examined.top();
    const std::vector<explain::Box> truth = true_boxes(sample, index);
    if (truth.empty()) continue;
    const std::vector<std::int64_t> five = examined.top(5);
    const Classified classified{.top1 = five.front() == index,
                                .top5 = std::find(five.begin(), five.end(), index) != five.end()};
    outcome.top1_wrong.count(!classified.top1);
    outcome.top5_wrong.count(!classified.top5);
    std::vector<Tensor> maps;
    for (std::size_t k = 0; k < methods.size(); ++k) {
      maps.push_back(relevance_of(examined.explain(k, index), sample.input));
    }
    for (Contestant& one : outcome.all) {
      const Tensor& map = maps[one.method];
      judge(one, one.blurred ? smoothed(map) : map, truth, classified);
    }
    if (outcome.examples.grid.rows.size() < kShown) {
      outcome.examples.grid.rows.push_back(example(subject, sample, examined, index, truth));
    }
  }
  if (outcome.top1_wrong.total == 0) {
    throw ArgumentError(
        "lab localization: no picture has a box; name a folder with VOC, CUB or "
        "COCO annotations, or --boxes");
  }
  std::stable_sort(outcome.all.begin(), outcome.all.end(),
                   [](const Contestant& a, const Contestant& b) {
                     return a.top1_errors[1].hits < b.top1_errors[1].hits;
                   });
  return outcome;
}

}  // namespace

LabPage localization_lab(const LabSettings& settings) {
  const Subject subject(settings, {.pictures = settings.by_size(3, 40, 500)});
  std::vector<std::string> options{"masks=" + std::to_string(settings.by_size(4, 100, 1000)),
                                   "seed=" + std::to_string(settings.seed())};
  if (subject.is_scenes()) {
    options.insert(options.end(),
                   {"patch=16", "stride=" + std::to_string(settings.by_size(24, 8, 4))});
  }
  const explain::Methods methods =
      lab_methods(subject.model(), "cam,gradcam,gradcam++,guided,saliency,occlusion,rise", options);
  Outcome outcome = localize(subject, methods);
  const Contestant& gradcam = *find(outcome.all, "Grad-CAM");
  LabPage page{
      .title = "Where is it? Boxes from maps",
      .paper =
          "Zhou et al. 2016, section 3.2 and table 2; Selvaraju et al. 2017, section 4.1 and "
          "table 1.",
      .question =
          "A network learned to name pictures and never saw a box. How well do boxes drawn "
          "around what its maps highlight fit the objects, and which map fits best?",
      .how = {"The map of the class is cut at a share of its maximum; the tight box of the largest "
              "connected component is the answer. It fits when it overlaps a true box with an "
              "intersection over union of at least 0.5.",
              "A top-1 (top-5) localisation error is a picture whose class is not predicted (not "
              "among the first five) or whose box does not fit. Subject: " +
                  subject.description() + "; " + std::to_string(outcome.top1_wrong.total) +
                  " of the pictures have boxes.",
              "Pixel maps are judged as they are, and once more smoothed by a Gaussian of 1/32 of "
              "the picture's width."},
      .differs = {"The papers use ImageNet and large networks, and cut backpropagation's maps out "
                  "by a colour segmentation. The best threshold is chosen on the very pictures it "
                  "is judged on, so that column flatters every method."},
      .figures = {{to_text(gradcam.top1_errors[1]),
                   "top-1 localisation error of Grad-CAM at 20 % of the maximum"},
                  {to_text(outcome.top1_wrong), "top-1 classification error"},
                  {to_text(outcome.top5_wrong), "top-5 classification error"}},
      .shows = conclusions(outcome.all, settings.seed()),
      .change =
          {"The size of the objects: a component at a low threshold overshoots small objects, "
           "one at a high threshold falls short of large ones.",
           "A network whose last maps are coarser, or whose objects come with their usual "
           "background, which then belongs to the evidence."},
      .picture = outcome.examples.grid.rows.front().at(1).picture};
  if (!subject.has_labels()) {
    page.how.emplace_back(
        "The data set's classes are not the model's: the maps are those of the predicted class, "
        "any object's box counts, and the class is not judged.");
    page.figures.resize(1);
  }
  page.parts.emplace_back(results_table(outcome.all));
  page.parts.emplace_back(std::move(outcome.examples));
  return page;
}

}  // namespace cameo::tools
