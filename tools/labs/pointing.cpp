// The pointing game, with and without the right to abstain.
#include <algorithm>
#include <set>

#include "explain/metrics/localization.h"
#include "tools/labs/labs.h"
#include "tools/labs/subject.h"

namespace cameo::tools {

namespace {

/// One of a picture's five best guesses.
struct Guess {
  double strength = 0.0;  ///< of the map: its raw maximum
  bool present = false;   ///< is the class in the picture?
  bool hit = false;       ///< does the map's maximum lie on it?
};

/// With the right to abstain: a present class must be hit, an absent one be rejected.
bool right(const Guess& guess, double threshold) {
  if (guess.strength < threshold) return !guess.present;
  return guess.present && guess.hit;
}

Rate rate_at(std::span<const Guess> guesses, double threshold) {
  Rate rate;
  for (const Guess& guess : guesses) rate.count(right(guess, threshold));
  return rate;
}

/// The threshold that is right most often.
double best_threshold(std::span<const Guess> guesses) {
  double best = 0.0;
  std::int64_t most = -1;
  for (const Guess& candidate : guesses) {
    const std::int64_t hits = rate_at(guesses, candidate.strength).hits;
    if (hits <= most) continue;
    most = hits;
    best = candidate.strength;
  }
  return best;
}

struct Player {
  std::string title;
  Rate pointing;              ///< for the classes in the picture
  std::vector<double> hits;   ///< the same, one by one
  std::vector<Guess> first;   ///< guesses on the first half of the pictures
  std::vector<Guess> second;  ///< on the second half

  double threshold() const { return best_threshold(first); }
  Rate abstaining() const { return rate_at(second, threshold()); }
  Rate never_abstaining() const { return rate_at(second, -1.0); }
};

/// A hit within as many pixels as 15 are of a picture of 224.
bool hits(const Tensor& shown, const Tensor& mask) {
  constexpr double kTolerance = 15.0 / 224.0;
  return explain::points_near(shown, mask, kTolerance * static_cast<double>(shown.dim(1)));
}

std::set<std::int64_t> classes_in(const Sample& sample) {
  std::set<std::int64_t> classes;
  for (const zoo::PlacedObject& object : sample.objects) classes.insert(object.label);
  return classes;
}

void play(Player& player, const Sample& sample, const Examined& examined, std::size_t method,
          bool second_half) {
  const std::set<std::int64_t> present = classes_in(sample);
  const auto look = [&](std::int64_t index) {
    const ExplainResult result = examined.explain(method, index);
    const Tensor shown = relevance_of(result, sample.input);
    const std::span<const float> raw = result.explanation.map.data();
    Guess guess{.strength = static_cast<double>(*std::max_element(raw.begin(), raw.end())),
                .present = present.contains(index)};
    const Tensor mask = explain::truth_mask(truth_of(sample, index), shown.dim(0), shown.dim(1));
    guess.hit = guess.present && hits(shown, mask);
    return guess;
  };
  for (const std::int64_t index : present) {
    const bool hit = look(index).hit;
    player.pointing.count(hit);
    player.hits.push_back(hit ? 1.0 : 0.0);
  }
  for (const std::int64_t index : examined.top(5)) {
    (second_half ? player.second : player.first).push_back(look(index));
  }
}

/// For each picture the middle of the first object's mask would do for a fool: the picture's
/// centre.
Rate centre_rate(const Subject& subject) {
  Rate rate;
  for (std::size_t i = 0; i < subject.size(); ++i) {
    const Sample sample = subject.sample(i);
    const std::int64_t height = sample.input.tensor.dim(2);
    const std::int64_t width = sample.input.tensor.dim(3);
    Tensor centre({height, width});
    centre.mutable_data()[static_cast<std::size_t>(height / 2 * width + width / 2)] = 1.0F;
    for (const std::int64_t index : classes_in(sample)) {
      rate.count(hits(centre, explain::truth_mask(truth_of(sample, index), height, width)));
    }
  }
  return rate;
}

LabTable results_table(const std::vector<Player>& players, const Rate& centre) {
  LabTable table{.name = "pointing",
                 .caption = "Hit rates, best first",
                 .columns = {"method", "pointing game", "five guesses, never abstaining",
                             "five guesses, abstaining"},
                 .rows = {}};
  for (const Player& player : players) {
    table.rows.push_back({cell(player.title), cell(player.pointing),
                          cell(player.never_abstaining()), cell(player.abstaining())});
  }
  table.rows.push_back({cell(std::string("the picture's centre")), cell(centre),
                        cell(std::string("–")), cell(std::string("–"))});
  return table;
}

std::vector<std::string> conclusions(const std::vector<Player>& players, const Rate& centre,
                                     std::uint64_t seed) {
  const auto named = [&](const std::string& title) {
    return std::find_if(players.begin(), players.end(),
                        [&](const Player& player) { return player.title == title; });
  };
  const auto gradcam = named("Grad-CAM");
  const auto plain = named("backpropagation");
  const Mean difference = paired_difference(gradcam->hits, plain->hits, seed);
  return {"Highest hit rate: " + players.front().title + ", " + to_text(players.front().pointing) +
              "; always pointing at the centre gives " + to_text(centre) + ".",
          "Grad-CAM " + to_text(gradcam->pointing) + " against backpropagation " +
              to_text(plain->pointing) + ", a difference of " + to_percent_text(difference) + ": " +
              against_paper(order_of(difference), Order::kHigher) + ".",
          "With the right to abstain Grad-CAM is right about " + to_text(gradcam->abstaining()) +
              " of its five guesses, without it about " + to_text(gradcam->never_abstaining()) +
              "."};
}

}  // namespace

LabPage pointing_lab(const LabSettings& settings) {
  constexpr std::size_t kShown = 5;
  const Subject subject(settings,
                        {.pictures = settings.by_size(4, 40, 400), .scenes = "scenes-multi"});
  const explain::Methods methods = lab_methods(
      subject.model(), "cam,gradcam,gradcam++,hirescam,guided-gradcam,guided,saliency,occlusion",
      {"patch=16", "stride=" + std::to_string(settings.by_size(24, 8, 4))});
  std::vector<Player> players(methods.size());
  LabPictures pictures{.caption = "Grad-CAM for every class in the picture, its objects in white.",
                       .grid = {.columns = {"picture", "first object", "second object",
                                            "third object", "fourth object"},
                                .rows = {}}};
  for (std::size_t i = 0; i < subject.size(); ++i) {
    const Sample sample = subject.sample(i);
    const Examined examined(subject.model(), sample.input, methods);
    for (std::size_t k = 0; k < methods.size(); ++k) {
      players[k].title = method_title(methods[k]->info().name);
      play(players[k], sample, examined, k, 2 * i >= subject.size());
    }
    if (i >= kShown) continue;
    std::vector<PictureCell> row{picture_cell(subject.model(), sample.input, "")};
    for (const std::int64_t index : classes_in(sample)) {
      const ExplainResult result = examined.explain(1, index);
      row.push_back(map_cell(subject.model(), sample.input, result, result.label,
                             truth_of(sample, index).boxes));
    }
    pictures.grid.rows.push_back(std::move(row));
  }
  const Rate centre = centre_rate(subject);
  const auto better = [](const Player& a, const Player& b) {
    return a.pointing.hits > b.pointing.hits;
  };
  std::stable_sort(players.begin(), players.end(), better);
  const auto gradcam = std::find_if(players.begin(), players.end(), [](const Player& player) {
    return player.title == "Grad-CAM";
  });
  LabPage page{
      .title = "The pointing game",
      .paper =
          "Zhang et al. 2018, Top-down Neural Attention by Excitation Backprop, section 4.1; "
          "with the right to abstain: Selvaraju et al., Grad-CAM, the journal version.",
      .question =
          "Several objects are in the picture. Does the map for a class point at the object "
          "of that class, and does it say so when the class is not there at all?",
      .how =
          {"The map of each class in the picture is made; a hit is a maximum on the object or as "
           "close to it as 15 pixels are in a picture of 224. Subject: " +
               subject.description() + ".",
           "Then the network's five best guesses are explained. A map whose raw maximum is below "
           "a threshold abstains: right where the class is absent, wrong where it is present. "
           "The threshold is the best one on the first half of the pictures; the rates are "
           "those of the second half."},
      .differs = {"The papers play on VOC and COCO and average over classes. Here every object "
                  "counts alike, and the network was trained on pictures of one object."},
      .figures = {{to_text(gradcam->pointing), "hit rate of Grad-CAM"},
                  {to_text(gradcam->abstaining()),
                   "Grad-CAM with the right to abstain, five guesses"},
                  {to_text(centre), "always pointing at the centre"}},
      .shows = conclusions(players, centre, settings.seed()),
      .change = {"Objects that overlap less, or a tolerance of 0.",
                 "A network trained on pictures with several objects."},
      .picture = pictures.grid.rows.front().back().picture};
  page.parts.emplace_back(results_table(players, centre));
  page.parts.emplace_back(std::move(pictures));
  return page;
}

}  // namespace cameo::tools
