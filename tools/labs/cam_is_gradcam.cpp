// CAM and Grad-CAM on a network that ends in global average pooling: the same map up to a factor.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tools/labs/labs.h"
#include "tools/labs/subject.h"

namespace cameo::tools {

namespace {

/// The largest |CAM - Z·(Grad-CAM before its ReLU)| of a picture, as a share of the largest |CAM|.
double largest_deviation(const explain::Explanation& cam, const explain::Explanation& gradcam) {
  const auto cells = static_cast<double>(cam.map.size());
  double deviation = 0.0;
  double largest = 0.0;
  for (std::size_t i = 0; i < cam.map.data().size(); ++i) {
    const double value = static_cast<double>(cam.map.data()[i]);
    const double other = cells * static_cast<double>(gradcam.signed_map.data()[i]);
    deviation = std::max(deviation, std::abs(value - other));
    largest = std::max(largest, std::abs(value));
  }
  return largest > 0.0 ? deviation / largest : deviation;
}

}  // namespace

LabPage cam_is_gradcam_lab(const LabSettings& settings) {
  constexpr std::size_t kShown = 6;
  const Subject subject(settings, {.pictures = settings.by_size(3, 50, 500)});
  const explain::Methods methods = lab_methods(subject.model(), "cam,gradcam");
  double worst = 0.0;
  std::int64_t maps = 0;
  std::int64_t cells = 0;
  LabPictures pictures{.caption = "Each picture with both maps for its predicted class.",
                       .grid = {.columns = {"picture", "CAM", "Grad-CAM"}, .rows = {}}};
  for (std::size_t i = 0; i < subject.size(); ++i) {
    const Sample sample = subject.sample(i);
    const Examined examined(subject.model(), sample.input, methods);
    for (std::int64_t index = 0; index < std::ssize(examined.logits()); ++index) {
      const ExplainResult cam = examined.explain(0, index);
      cells = cam.explanation.map.size();
      worst = std::max(worst,
                       largest_deviation(cam.explanation, examined.explain(1, index).explanation));
      ++maps;
    }
    if (i >= kShown) continue;
    const ExplainResult cam = examined.explain(0, examined.top());
    pictures.grid.rows.push_back(
        {picture_cell(subject.model(), sample.input, cam.label),
         map_cell(subject.model(), sample.input, cam, "CAM"),
         map_cell(subject.model(), sample.input, examined.explain(1, examined.top()), "Grad-CAM")});
  }
  constexpr double kRounding = 1e-4;  // of float32 sums over some thousand terms
  const bool equal = worst < kRounding;
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", worst);
  LabPage page{
      .title = "CAM is Grad-CAM on a GAP network",
      .paper = "Selvaraju et al. 2017, Grad-CAM, section 3.1 and appendix A.",
      .question =
          "Grad-CAM is said to generalise CAM: where a network ends in global average "
          "pooling and one linear layer, both should give one map up to the number of its "
          "cells. Do they, in the numbers of a program?",
      .how =
          {"A class score of such a network is S = Σ_k w_k · (1/Z) Σ_ij A_k(i,j) + b, with Z the "
           "number of cells of the feature map A. CAM is M(i,j) = Σ_k w_k A_k(i,j).",
           "The gradient of S at A_k(i,j) is w_k/Z in every cell, so its mean over cells, "
           "Grad-CAM's weight of the channel, is w_k/Z as well. Before its ReLU Grad-CAM is "
           "therefore Σ_k (w_k/Z) A_k(i,j) = M(i,j)/Z.",
           "Both maps of every class were computed for " + subject.description() +
               ", CAM from the weights, Grad-CAM by backpropagation, and compared cell by "
               "cell."},
      .differs = {"The paper proves it; here it is also measured, on a small network that was "
                  "trained on Scenes rather than on ImageNet."},
      .figures = {{text,
                   "largest |CAM − Z · Grad-CAM| of any cell, as a share of the largest "
                   "value of its map"}},
      .shows = {"Over " + std::to_string(maps) + " maps of " + std::to_string(cells) +
                " cells the largest difference is " + text + " of the map's largest value: " +
                (equal ? "rounding of 32-bit numbers, and nothing else."
                       : "more than rounding explains; the two are not one map here.")},
      .change = {"A layer before the last one, a second linear layer or another pooling: there the "
                 "gradient depends on the picture, CAM does not exist, and Grad-CAM is a "
                 "linearisation.",
                 "Grad-CAM's ReLU, which is left out here: it takes away what speaks against the "
                 "class."},
      .picture = pictures.grid.rows.front().at(2).picture};
  page.parts.emplace_back(
      LabTable{.name = "deviation",
               .caption = "All classes of all pictures",
               .columns = {"pictures", "maps", "cells a map", "largest deviation"},
               .rows = {{cell(static_cast<std::int64_t>(subject.size())),
                         cell(maps),
                         cell(cells),
                         {text, worst}}}});
  page.parts.emplace_back(std::move(pictures));
  return page;
}

}  // namespace cameo::tools
