// Maps followed through a training run: when does the network start to look at the object?
#include <algorithm>
#include <array>

#include "explain/metrics/localization.h"
#include "explain/metrics/statistics.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"
#include "tools/labs/training.h"

namespace cameo::tools {

namespace {

constexpr std::size_t kShown = 5;

/// The network after so many pictures.
struct Moment {
  std::int64_t seen = 0;
  Rate accuracy;
  Rate pointing;               ///< Grad-CAM of the true class peaks on the object
  std::vector<double> inside;  ///< share of it on the object
  std::vector<Tensor> maps;    ///< what it shows, picture by picture
  std::vector<double> same;    ///< rank correlation with the map at the end
  std::vector<PictureCell> cells;
};

/// The moments to look at, in pictures seen: close together at first.
std::vector<std::int64_t> moments_of(std::int64_t total) {
  constexpr std::array<double, 8> kShares{0.0,     1.0 / 32, 1.0 / 16, 1.0 / 8,
                                          1.0 / 4, 1.0 / 2,  3.0 / 4,  1.0};
  std::vector<std::int64_t> moments;
  moments.reserve(kShares.size());
  for (const double share : kShares) {
    moments.push_back(static_cast<std::int64_t>(share * static_cast<double>(total)));
  }
  return moments;
}

Tensor object_mask(const Sample& sample) {
  return explain::truth_mask(truth_of(sample, sample.label), sample.input.tensor.dim(2),
                             sample.input.tensor.dim(3));
}

Moment look(const zoo::Model& model, const std::vector<Sample>& samples, std::int64_t seen) {
  const explain::Methods methods = lab_methods(model, "gradcam");
  Moment moment{.seen = seen};
  for (const Sample& sample : samples) {
    const Examined examined(model, sample.input, methods);
    const ExplainResult result = examined.explain(0, sample.label);
    const Tensor shown = relevance_of(result, sample.input);
    const Tensor mask = object_mask(sample);
    moment.accuracy.count(examined.top() == sample.label);
    moment.pointing.count(explain::points_near(shown, mask, 1.0));
    moment.inside.push_back(share_inside(shown, mask));
    moment.maps.push_back(shown);
    if (moment.cells.size() < kShown) {
      moment.cells.push_back(
          map_cell(model, sample.input, result, format_percent(result.probability, 0)));
    }
  }
  return moment;
}

void compare_with_end(std::vector<Moment>& moments) {
  for (Moment& moment : moments) {
    for (std::size_t i = 0; i < moment.maps.size(); ++i) {
      moment.same.push_back(explain::spearman(explain::to_doubles(moment.maps[i]),
                                              explain::to_doubles(moments.back().maps[i])));
    }
  }
}

LabTable results_table(const std::vector<Moment>& moments, std::uint64_t seed) {
  LabTable table{.name = "drift",
                 .caption = "The network through its training",
                 .columns = {"pictures seen", "accuracy", "share of the map on the object",
                             "map peaks on the object", "rank correlation with the final map"},
                 .rows = {}};
  for (const Moment& moment : moments) {
    table.rows.push_back({cell(moment.seen), cell(moment.accuracy),
                          percent_cell(mean_of(moment.inside, seed)), cell(moment.pointing),
                          cell(mean_of(moment.same, seed))});
  }
  return table;
}

LabChart chart_of(const std::vector<Moment>& moments) {
  Series accuracy{.name = "accuracy"};
  Series inside{.name = "on the object"};
  Series same{.name = "like the final map"};
  for (const Moment& moment : moments) {
    const double x = static_cast<double>(moment.seen) / 1000.0;
    const auto add = [x](Series& line, double y) {
      line.x.push_back(x);
      line.y.push_back(std::max(0.0, y));
    };
    add(accuracy, moment.accuracy.share());
    add(inside, mean_of(moment.inside, 0).value);
    add(same, mean_of(moment.same, 0).value);
  }
  return {
      .name = "drift",
      .lines = {accuracy, inside, same},
      .options = {
          .title = "Maps through training", .x_label = "thousand pictures seen", .percent = true}};
}

/// What the share on the object would be for a map that is the same everywhere.
Mean area_share(const std::vector<Sample>& samples, std::uint64_t seed) {
  std::vector<double> shares;
  for (const Sample& sample : samples) {
    const Tensor mask = object_mask(sample);
    shares.push_back(share_inside(Tensor(mask.shape(), 1.0F), mask));
  }
  return mean_of(shares, seed);
}

std::vector<std::string> conclusions(const std::vector<Moment>& moments, const Mean& chance,
                                     std::uint64_t seed) {
  const auto better = [&](const Moment& moment) {
    return mean_of(moment.inside, seed).low > chance.high;
  };
  const auto first = std::find_if(moments.begin(), moments.end(), better);
  const auto right = std::find_if(moments.begin(), moments.end(), [](const Moment& moment) {
    return moment.accuracy.low() > 0.1;  // one in ten classes
  });
  const auto at = [&](std::vector<Moment>::const_iterator moment) {
    return moment == moments.end() ? std::string("at no moment that was looked at")
                                   : "after " + std::to_string(moment->seen) + " pictures";
  };
  return {"The map lies on the object more than a uniform one (" + to_percent_text(chance) + ") " +
              at(first) + "; the class is told better than by guessing " + at(right) + ".",
          "At the end " + to_percent_text(mean_of(moments.back().inside, seed)) +
              " of the map lies on the object, at the accuracy " +
              to_text(moments.back().accuracy) + "."};
}

}  // namespace

LabPage drift_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const Subject subject(settings, {.pictures = settings.by_size(4, 100, 400)});
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < subject.size(); ++i) samples.push_back(subject.sample(i));
  ScenesTraining training{.pictures = settings.by_size(64, 1500, 12000),
                          .plan = {.epochs = settings.by_size(1, 2, 6), .seed = seed}};
  const std::vector<std::int64_t> wanted = moments_of(training.pictures * training.plan.epochs);
  std::vector<Moment> moments;
  training.plan.on_step = [&](const zoo::Model& model, std::int64_t seen) {
    if (moments.size() == wanted.size() || seen < wanted[moments.size()]) return;
    moments.push_back(look(model, samples, seen));
  };
  train_on_scenes(training, settings.globals);
  compare_with_end(moments);

  const Mean chance = area_share(samples, seed);
  LabPictures pictures{
      .caption = "Grad-CAM of the true class, with its probability, as training goes on.",
      .grid = {.columns = {"picture"}, .rows = {}}};
  for (const Moment& moment : moments) {
    pictures.grid.columns.push_back(std::to_string(moment.seen));
  }
  for (std::size_t i = 0; i < std::min(kShown, samples.size()); ++i) {
    std::vector<PictureCell> row{picture_cell(subject.model(), samples[i].input,
                                              class_label(subject.model(), samples[i].label))};
    for (const Moment& moment : moments) row.push_back(moment.cells[i]);
    pictures.grid.rows.push_back(std::move(row));
  }
  LabPage page{
      .title = "When does it start to look at the object?",
      .paper =
          "After Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, "
          "section 4.1 (feature evolution during training).",
      .question =
          "A network at the start of its training looks anywhere. When in the run do its "
          "maps settle on the object: before, with or after its accuracy?",
      .how = {"A gapnet is trained on " + std::to_string(training.pictures) + " scenes for " +
                  std::to_string(training.plan.epochs) +
                  (training.plan.epochs == 1 ? " epoch" : " epochs") +
                  ". At eight moments Grad-CAM explains the true class of the same " +
                  std::to_string(samples.size()) + " test scenes.",
              "Measured are the share of the map on the object, how often its peak lies there, and "
              "its rank correlation with the map at the end of the run."},
      .differs = {"The paper follows features of an ImageNet network by their deconvnet pictures; "
                  "here the maps of a small network are followed, with numbers."},
      .figures = {{to_percent_text(mean_of(moments.back().inside, seed)),
                   "of the map on the object at the end (a uniform map: " +
                       to_percent_text(chance) + ")"},
                  {to_percent_text(mean_of(moments.front().inside, seed)), "before training"}},
      .shows = conclusions(moments, chance, seed),
      .change = {"Early maps are blank for some pictures: nothing speaks for the class yet, and a "
                 "blank map counts as 0 on the object.",
                 "The learning rate and its schedule, which say when the network settles."},
      .picture = pictures.grid.rows.front().back().picture};
  page.parts.emplace_back(results_table(moments, seed));
  page.parts.emplace_back(chart_of(moments));
  page.parts.emplace_back(std::move(pictures));
  return page;
}

}  // namespace cameo::tools
