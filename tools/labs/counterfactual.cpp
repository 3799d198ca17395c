// What would have to go for the decision to change: the highlighted region, or any other?
#include <algorithm>
#include <array>

#include "core/random.h"
#include "explain/fill.h"
#include "explain/metrics/masked_score.h"
#include "explain/metrics/statistics.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"
#include "tools/scores.h"

namespace cameo::tools {

namespace {

constexpr std::array<double, 4> kShares{0.05, 0.10, 0.20, 0.30};
constexpr std::size_t kPictured = 2;  // the share that the page shows: 20 %

/// Where a region comes from.
struct Source {
  std::string name;
  std::array<Rate, kShares.size()> flipped;
  std::array<std::vector<double>, kShares.size()> flips;
  std::array<std::vector<double>, kShares.size()> lost;  ///< of the class's probability
};

/// `[H,W]`, 1 for the `share` of the pixels that is highest.
Tensor highest(const Tensor& map, double share) {
  const std::vector<std::int64_t> order = explain::descending_order(map.data());
  Tensor region(map.shape());
  const auto count = static_cast<std::size_t>(share * static_cast<double>(order.size()));
  for (std::size_t i = 0; i < count; ++i) {
    region.mutable_data()[static_cast<std::size_t>(order[i])] = 1.0F;
  }
  return region;
}

/// The same region somewhere else: moved at random, round the edges.
Tensor moved(const Tensor& region, Random& random) {
  const std::int64_t height = region.dim(0);
  const std::int64_t width = region.dim(1);
  const std::int64_t down = random.below(height);
  const std::int64_t across = random.below(width);
  Tensor result(region.shape());
  const std::span<float> out = result.mutable_data();
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t to = (y + down) % height * width + (x + across) % width;
      out[static_cast<std::size_t>(to)] = region.data()[static_cast<std::size_t>(y * width + x)];
    }
  }
  return result;
}

/// The picture with the region under what `backdrop` shows.
Tensor without(const Tensor& picture, Tensor region, const Tensor& backdrop) {
  for (float& value : region.mutable_data()) value = 1.0F - value;
  return explain::masked_picture(picture, region, backdrop);
}

struct Decision {
  std::int64_t index = 0;
  double probability = 0.0;  ///< of the class that is asked about
};

Decision decide(const zoo::Model& model, const Tensor& picture, std::int64_t asked) {
  const Tensor row =
      explain::scores_of(model.network, explain::find_logits(model.network))(picture);
  return {
      .index = best_scores(row.data(), 1).front().index,
      .probability = softmax_scores(row.data()).at(static_cast<std::size_t>(asked)).probability};
}

/// The network's picture as RGB, `[3,H,W]`, with the region in grey.
PictureCell region_cell(const zoo::Model& model, const ModelInput& input, const Tensor& region,
                        const Decision& decision, bool flipped) {
  Tensor picture = zoo::to_tensor(input.shown);
  const Tensor grey(picture.shape(), 0.5F);
  picture = without(picture, region, grey);
  return {.picture = cell_uri(picture.reshaped({3, picture.dim(2), picture.dim(3)})),
          .label = class_label(model, decision.index),
          .wrong = flipped};
}

struct Experiment {
  std::array<Source, 3> sources{
      {{.name = "Grad-CAM"}, {.name = "backpropagation"}, {.name = "a random place"}}};
  LabPictures pictures{
      .caption =
          "Twenty per cent of the picture hidden (grey here, blurred for the network), and "
          "what it is taken for then; set off where the decision has changed.",
      .grid = {.columns = {"picture", "Grad-CAM", "speaks against it", "Grad-CAM's region gone",
                           "backpropagation's", "a random place"},
               .rows = {}}};
};

void run_on(const Subject& subject, std::size_t number, const explain::Methods& methods,
            std::uint64_t seed, Experiment& experiment) {
  constexpr std::size_t kShown = 6;
  const Sample sample = subject.sample(number);
  const Tensor& picture = sample.input.tensor;
  const Examined examined(subject.model(), sample.input, methods);
  const std::int64_t index = examined.top();
  const double before = examined.probability(index);
  const Tensor backdrop =
      explain::gaussian_blur(picture, static_cast<double>(picture.dim(3)) / 10.0);
  const std::array<Tensor, 2> maps{relevance_of(examined.explain(0, index), sample.input),
                                   relevance_of(examined.explain(1, index), sample.input)};
  const bool shown = experiment.pictures.grid.rows.size() < kShown;
  std::vector<PictureCell> row;
  if (shown) {
    row = {picture_cell(subject.model(), sample.input, class_label(subject.model(), index)),
           map_cell(subject.model(), sample.input, examined.explain(0, index),
                    format_percent(before, 0)),
           map_cell(subject.model(), sample.input, examined.explain(2, index), "")};
  }
  for (std::size_t k = 0; k < kShares.size(); ++k) {
    Random random({seed, number, k});
    const Tensor region = highest(maps[0], kShares[k]);
    const std::array<Tensor, 3> regions{region, highest(maps[1], kShares[k]),
                                        moved(region, random)};
    for (std::size_t s = 0; s < regions.size(); ++s) {
      const Decision after = decide(subject.model(), without(picture, regions[s], backdrop), index);
      const bool flipped = after.index != index;
      Source& source = experiment.sources[s];
      source.flipped[k].count(flipped);
      source.flips[k].push_back(flipped ? 1.0 : 0.0);
      source.lost[k].push_back(before - after.probability);
      if (shown && k == kPictured) {
        row.push_back(region_cell(subject.model(), sample.input, regions[s], after, flipped));
      }
    }
  }
  if (shown) experiment.pictures.grid.rows.push_back(std::move(row));
}

}  // namespace

LabPage counterfactual_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const Subject subject(settings, {.pictures = settings.by_size(3, 100, 1000)});
  const explain::Methods methods = lab_methods(subject.model(), "gradcam,saliency,counterfactual");
  Experiment experiment;
  for (std::size_t i = 0; i < subject.size(); ++i) run_on(subject, i, methods, seed, experiment);

  LabTable flips{.name = "flipped",
                 .caption = "Decisions changed, by the share of the picture that is hidden",
                 .columns = {"region from"},
                 .rows = {}};
  LabTable lost{.name = "lost",
                .caption = "Probability of the class lost, mean",
                .columns = {"region from"},
                .rows = {}};
  LabChart chart{.name = "flipped",
                 .lines = {},
                 .options = {.title = "Decisions changed",
                             .x_label = "per cent of the picture hidden",
                             .percent = true}};
  for (const double share : kShares) {
    flips.columns.push_back(format_percent(share, 0));
    lost.columns.push_back(format_percent(share, 0));
  }
  for (const Source& source : experiment.sources) {
    flips.rows.push_back({cell(source.name)});
    lost.rows.push_back({cell(source.name)});
    chart.lines.push_back({.name = source.name, .x = {0.0}, .y = {0.0}});
    for (std::size_t k = 0; k < kShares.size(); ++k) {
      flips.rows.back().push_back(cell(source.flipped[k]));
      lost.rows.back().push_back(cell(mean_of(source.lost[k], seed)));
      chart.lines.back().x.push_back(100.0 * kShares[k]);
      chart.lines.back().y.push_back(source.flipped[k].share());
    }
  }
  const Source& gradcam = experiment.sources[0];
  const auto against = [&](const Source& other) {
    const Mean difference =
        paired_difference(gradcam.flips[kPictured], other.flips[kPictured], seed);
    const Order order = order_of(difference);
    return "With 20 % of the picture hidden, the region of Grad-CAM changes " +
           to_text(gradcam.flipped[kPictured]) + " of the decisions, that of " + other.name + " " +
           to_text(other.flipped[kPictured]) + ": " +
           (order == Order::kHigher  ? "more, by "
            : order == Order::kLower ? "fewer, by "
                                     : "not told apart by so few pictures, a difference of ") +
           to_percent_text(difference) + ".";
  };
  LabPage page{
      .title = "What would have to go?",
      .paper = "Selvaraju et al. 2017, Grad-CAM, section 3.3 (counterfactual explanations).",
      .question =
          "If a map shows what a decision rests on, hiding that part should change the "
          "decision, and hiding as much of another part should not. Does it?",
      .how =
          {"The highest 5 to 30 % of a map's pixels are replaced by the blurred picture, and the "
           "network decides again. A random place is Grad-CAM's region, same shape and size, "
           "moved at random round the picture's edges. Subject: " +
           subject.description() + "."},
      .differs = {"The paper shows maps of what speaks against a class (third column); hiding "
                  "regions and counting changed decisions is the test of them that is made here."},
      .figures = {{to_text(gradcam.flipped[kPictured]),
                   "of decisions changed when 20 % of the picture, those of Grad-CAM, are hidden"},
                  {to_text(experiment.sources[2].flipped[kPictured]),
                   "when the same region is hidden at a random place"}},
      .shows = {against(experiment.sources[2]), against(experiment.sources[1])},
      .change = {"What hides the region: a grey patch has edges of its own, which a network may "
                 "take for an object.",
                 "Objects that fill the picture: a random region then hides some of them too."},
      .picture = experiment.pictures.grid.rows.front().at(3).picture};
  page.parts.emplace_back(std::move(flips));
  page.parts.emplace_back(std::move(chart));
  page.parts.emplace_back(std::move(lost));
  page.parts.emplace_back(std::move(experiment.pictures));
  return page;
}

}  // namespace cameo::tools
