// A picture is pushed to a class that is not there: does the map of what is there stay?
#include "explain/adversarial.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/random.h"
#include "explain/metrics/localization.h"
#include "explain/metrics/statistics.h"
#include "tools/labs/figures.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"

namespace cameo::tools {

namespace {

constexpr double kSure = 0.999;
// The furthest that a pixel may move, of the range from black to white.
constexpr double kRadius = 16.0 / 255.0;
constexpr double kHalfRadius = 8.0 / 255.0;
constexpr explain::AttackOptions kDescent{.steps = 100, .step = 0.125, .enough = 0.9995};
constexpr std::size_t kPushed = 2;  // of the attacks, the one that is shown
constexpr std::size_t kShown = 6;

/// What is done to a picture, and what comes of it.
struct Attack {
  std::string name;
  Rate decided;                      ///< for the class that is not there
  Rate sure;                         ///< of it, above kSure
  std::vector<double> probability;   ///< of it
  std::vector<double> same_gradcam;  ///< rank correlation of the map before and after
  std::vector<double> same_saliency;
  std::vector<double> moved;  ///< of Grad-CAM's peak, in widths of the picture
  Rate pointing;              ///< Grad-CAM peaks on the object
};

struct Experiment {
  std::array<Attack, 4> attacks{{{.name = "one step (FGSM), 16 levels"},
                                 {.name = "many small steps (PGD), 8 levels"},
                                 {.name = "many small steps (PGD), 16 levels"},
                                 {.name = "noise, 16 levels"}}};
  Rate pointing_before;
  LabPictures pictures{
      .caption =
          "The picture and Grad-CAM for what is there; the picture pushed by many small steps, and "
          "eight times the change; Grad-CAM of the pushed picture for what is there and for what "
          "is not.",
      .grid = {.columns = {"picture", "map", "pushed", "change × 8", "map of what is there",
                           "map of what is not"},
               .rows = {}}};
};

explain::PixelBounds bounds_of(const zoo::Preprocess& preprocess, double radius) {
  explain::PixelBounds bounds;
  for (std::size_t c = 0; c < static_cast<std::size_t>(preprocess.channels); ++c) {
    const float mean = preprocess.mean[c];
    const float std = preprocess.std[c];
    bounds.low.push_back(-mean / std);
    bounds.high.push_back((preprocess.range - mean) / std);
    bounds.radius.push_back(static_cast<float>(radius) * preprocess.range / std);
  }
  return bounds;
}

/// Every pixel up or down by the radius, at random.
Tensor with_noise(const Tensor& picture, const explain::PixelBounds& bounds, Random& random) {
  Tensor result = picture;
  const auto plane = static_cast<std::size_t>(picture.dim(2) * picture.dim(3));
  const std::span<float> out = result.mutable_data();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t c = i / plane;
    const float step = random.below(2) == 0 ? -bounds.radius[c] : bounds.radius[c];
    out[i] = std::clamp(out[i] + step, bounds.low[c], bounds.high[c]);
  }
  return result;
}

/// A class at random that is neither among the picture's objects nor the network's first guesses.
std::int64_t absent_class(const Sample& sample, const Examined& examined, Random& random) {
  const auto classes = static_cast<std::int64_t>(examined.logits().size());
  std::vector<std::int64_t> present = examined.top(std::min<std::int64_t>(5, classes / 2));
  for (const zoo::PlacedObject& object : sample.objects) present.push_back(object.label);
  std::vector<std::int64_t> absent;
  for (std::int64_t index = 0; index < classes; ++index) {
    if (std::find(present.begin(), present.end(), index) == present.end()) absent.push_back(index);
  }
  if (absent.empty()) return examined.top(classes).back();
  return absent[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(absent.size())))];
}

/// The same picture with other pixels.
ModelInput with_pixels(const zoo::Model& model, const ModelInput& input, Tensor pixels) {
  ModelInput result = input;
  result.shown = zoo::to_image(zoo::denormalize(model.preprocess, pixels));
  result.tensor = std::move(pixels);
  return result;
}

/// Eight times the change about grey.
PictureCell change_cell(const ModelInput& before, const ModelInput& after) {
  Tensor change = zoo::to_tensor(after.shown);
  const Tensor start = zoo::to_tensor(before.shown);
  const std::span<float> out = change.mutable_data();
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = std::clamp(0.5F + 8.0F * (out[i] - start.data()[i]), 0.0F, 1.0F);
  }
  return {.picture = cell_uri(change.reshaped({3, change.dim(2), change.dim(3)})), .label = ""};
}

/// From one map's peak to the other's, in widths of the picture.
double peak_distance(const Tensor& a, const Tensor& b) {
  const std::int64_t width = a.dim(1);
  const std::int64_t from = explain::descending_order(a.data()).front();
  const std::int64_t to = explain::descending_order(b.data()).front();
  const std::int64_t columns = from % width - to % width;
  const std::int64_t rows = from / width - to / width;
  return std::hypot(static_cast<double>(columns), static_cast<double>(rows)) /
         static_cast<double>(width);
}

double correlation(const Tensor& a, const Tensor& b) {
  return explain::spearman(explain::to_doubles(a), explain::to_doubles(b));
}

/// One picture before it is changed.
struct Start {
  const Subject& subject;
  const Sample& sample;
  const Examined& examined;
  std::int64_t there;   ///< the class that the network gives it
  std::int64_t absent;  ///< the class that it is pushed to
  std::array<Tensor, 2> maps;
  Tensor truth;  ///< `[H,W]`, where the class is; empty when nobody said
};

Start start_of(const Subject& subject, const Sample& sample, const Examined& examined,
               Random& random) {
  Start start{.subject = subject,
              .sample = sample,
              .examined = examined,
              .there = examined.top(),
              .absent = absent_class(sample, examined, random),
              .maps = {},
              .truth = {}};
  for (std::size_t m = 0; m < start.maps.size(); ++m) {
    start.maps[m] = relevance_of(examined.explain(m, start.there), sample.input);
  }
  if (!true_boxes(sample, start.there).empty()) {
    start.truth = explain::truth_mask(truth_of(sample, start.there), sample.input.tensor.dim(2),
                                      sample.input.tensor.dim(3));
  }
  return start;
}

void show(const Start& start, const ModelInput& pushed, const Examined& after,
          LabPictures& pictures) {
  const zoo::Model& model = start.subject.model();
  const ModelInput& input = start.sample.input;
  const auto label = [&](const Examined& examined, std::int64_t index) {
    return class_label(model, index) + " " + format_percent(examined.probability(index), 1);
  };
  pictures.grid.rows.push_back(
      {picture_cell(model, input, label(start.examined, start.there)),
       map_cell(model, input, start.examined.explain(0, start.there), ""),
       picture_cell(model, pushed, label(after, start.absent)), change_cell(input, pushed),
       map_cell(model, pushed, after.explain(0, start.there), label(after, start.there)),
       map_cell(model, pushed, after.explain(0, start.absent), "")});
}

void measure(const Start& start, const Examined& after, const ModelInput& pushed, Attack& attack) {
  const double probability = after.probability(start.absent);
  attack.probability.push_back(probability);
  attack.decided.count(after.top() == start.absent);
  attack.sure.count(probability > kSure);
  const Tensor gradcam = relevance_of(after.explain(0, start.there), pushed);
  attack.same_gradcam.push_back(correlation(start.maps[0], gradcam));
  attack.same_saliency.push_back(
      correlation(start.maps[1], relevance_of(after.explain(1, start.there), pushed)));
  attack.moved.push_back(peak_distance(start.maps[0], gradcam));
  if (start.truth.defined()) attack.pointing.count(explain::points_near(gradcam, start.truth, 1.0));
}

void run_on(const Subject& subject, std::size_t number, const explain::Methods& methods,
            std::uint64_t seed, Experiment& experiment) {
  const zoo::Model& model = subject.model();
  const Sample sample = subject.sample(number);
  const Examined examined(model, sample.input, methods);
  if (subject.has_labels() && examined.top() != sample.label) return;
  Random random({seed, number});
  const Start start = start_of(subject, sample, examined, random);
  if (start.truth.defined()) {
    experiment.pointing_before.count(explain::points_near(start.maps[0], start.truth, 1.0));
  }
  const explain::PixelBounds bounds = bounds_of(model.preprocess, kRadius);
  const explain::PixelBounds narrow = bounds_of(model.preprocess, kHalfRadius);
  const explain::Target target{.of = explain::find_logits(model.network), .index = start.absent};
  const Tensor& picture = sample.input.tensor;
  const std::array<Tensor, 4> changed{
      explain::fast_gradient_sign(model.network, picture, target, bounds),
      explain::projected_gradient_descent(model.network, picture, target, narrow, kDescent),
      explain::projected_gradient_descent(model.network, picture, target, bounds, kDescent),
      with_noise(picture, bounds, random)};
  for (std::size_t a = 0; a < changed.size(); ++a) {
    const ModelInput pushed = with_pixels(model, sample.input, changed[a]);
    const Examined after(model, pushed, methods);
    measure(start, after, pushed, experiment.attacks[a]);
    if (a == kPushed && experiment.pictures.grid.rows.size() < kShown) {
      show(start, pushed, after, experiment.pictures);
    }
  }
}

LabTable decisions_table(const Experiment& experiment, std::uint64_t seed) {
  LabTable table{.name = "decisions",
                 .caption = "The class that is not there, after",
                 .columns = {"change", "decided for it", "above 99.9 %", "its probability"},
                 .rows = {}};
  for (const Attack& attack : experiment.attacks) {
    table.rows.push_back({cell(attack.name), cell(attack.decided), cell(attack.sure),
                          percent_cell(mean_of(attack.probability, seed))});
  }
  return table;
}

Cell pointing_cell(const Rate& pointing) {
  return pointing.total > 0 ? cell(pointing) : cell("unknown");
}

LabTable maps_table(const Experiment& experiment, std::uint64_t seed) {
  LabTable table{.name = "maps",
                 .caption = "The map of the class that is there, after against before",
                 .columns = {"change", "Grad-CAM, rank correlation", "its peak moved, widths",
                             "backpropagation, rank correlation", "Grad-CAM peaks on the object"},
                 .rows = {{cell("none"), cell("–"), cell("–"), cell("–"),
                           pointing_cell(experiment.pointing_before)}}};
  for (const Attack& attack : experiment.attacks) {
    table.rows.push_back({cell(attack.name), cell(mean_of(attack.same_gradcam, seed)),
                          cell(mean_of(attack.moved, seed)),
                          cell(mean_of(attack.same_saliency, seed)),
                          pointing_cell(attack.pointing)});
  }
  return table;
}

std::vector<std::string> conclusions(const Experiment& experiment, std::uint64_t seed) {
  const Attack& one_step = experiment.attacks[0];
  const Attack& half = experiment.attacks[1];
  const Attack& pushed = experiment.attacks[kPushed];
  const Attack& noise = experiment.attacks[3];
  const Order order = order_of(paired_difference(pushed.same_gradcam, noise.same_gradcam, seed));
  std::vector<std::string> shows{
      "More than 99.9 % for a class that is not there: many small steps get it in " +
          to_text(pushed.sure) + " of the pictures within 16 levels and in " + to_text(half.sure) +
          " within 8, one step in " + to_text(one_step.sure) + ", noise in " + to_text(noise.sure) +
          ".",
      "The pushed picture's Grad-CAM for what is there correlates with the one before by " +
          to_text(mean_of(pushed.same_gradcam, seed)) + ", after mere noise by " +
          to_text(mean_of(noise.same_gradcam, seed)) + ": " +
          (order == Order::kLower    ? "the push moves the map more than noise does."
           : order == Order::kHigher ? "the push moves the map less than noise does."
                                     : "not told apart by so few pictures.")};
  if (pushed.pointing.total > 0) {
    shows.push_back("Its peak lies on the object in " + to_text(pushed.pointing) +
                    " of the pushed pictures, before in " + to_text(experiment.pointing_before) +
                    ".");
  }
  return shows;
}

}  // namespace

LabPage adversarial_lab(const LabSettings& settings) {
  const std::uint64_t seed = settings.seed();
  const Subject subject(settings, {.pictures = settings.by_size(3, 60, 600)});
  const explain::Methods methods = lab_methods(subject.model(), "gradcam,saliency");
  Experiment experiment;
  for (std::size_t i = 0; i < subject.size(); ++i) run_on(subject, i, methods, seed, experiment);
  const Attack& pushed = experiment.attacks[kPushed];
  LabPage page{
      .title = "Pushed to what is not there",
      .paper = "Selvaraju et al. 2017, Grad-CAM, section 6.2 (robustness to adversarial noise).",
      .question =
          "A change that people hardly see makes a network almost certain of something that is "
          "not in the picture. Does Grad-CAM still find what is there?",
      .how = {"No pixel changes by more than 16 of 255 levels. One step is the fast gradient sign "
              "method (Goodfellow et al. 2015); many small steps are projected gradient descent "
              "(Madry et al. 2018): at most 100 of an eighth of that, until the class has more "
              "than 99.95 %; once more within 8 levels. The class is drawn at random from those "
              "that are neither in the picture nor among the network's first guesses. Maps are of "
              "the class that the network gave the picture before" +
              std::string(subject.has_labels() ? ", rightly" : "") +
              ". Subject: " + subject.description() + "."},
      .differs = {"The paper pushes pictures with two objects through VGG-16 and shows maps; here "
                  "every picture is measured.",
                  "The pushed picture goes to the network before it is rounded to 8 bits."},
      .figures = {{to_text(pushed.sure),
                   "of pictures pushed above 99.9 % of a class that is not there (PGD)"},
                  {to_text(experiment.attacks[0].sure), "by one step (FGSM)"},
                  {to_text(mean_of(pushed.same_gradcam, seed)),
                   "rank correlation of Grad-CAM for what is there, after and before"}},
      .shows = conclusions(experiment, seed),
      .change = {"A network trained on pushed pictures (Madry et al. 2018): its gradients are "
                 "smoother, and it takes a larger change to push it.",
                 "A larger radius, or a class that looks like the one that is there."}};
  if (!experiment.pictures.grid.rows.empty()) {
    page.picture = experiment.pictures.grid.rows.front().at(4).picture;
  }
  page.parts.emplace_back(decisions_table(experiment, seed));
  page.parts.emplace_back(maps_table(experiment, seed));
  page.parts.emplace_back(std::move(experiment.pictures));
  return page;
}

}  // namespace cameo::tools
