/// The page that `cameo demo` writes: what a freshly trained network scores and what it looks at.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/html.h"

namespace cameo::tools {

/// A share with what it is a share of.
struct DemoRate {
  std::int64_t hits = 0;
  std::int64_t total = 0;
  double share() const {
    return total > 0 ? static_cast<double>(hits) / static_cast<double>(total) : 0.0;
  }
};

/// Loss and accuracy (0 … 1) when the network had seen `pictures`.
struct DemoCurvePoint {
  double pictures = 0.0;
  double loss = 0.0;
  double accuracy = 0.0;
};

struct DemoReport {
  std::string model;    ///< "gapnet, 152 394 parameters, …"
  std::string command;  ///< that makes the page again
  double training_seconds = 0;
  double images_per_second = 0;
  std::int64_t training_pictures = 0;
  DemoRate accuracy;
  DemoRate peak_in_box;  ///< of the correctly classified pictures
  DemoRate box_overlap;  ///< IoU ≥ 0.5 at 20 % of the maximum, of the correctly classified
  std::vector<DemoCurvePoint> training;              ///< over short stretches of the run
  std::vector<DemoCurvePoint> test;                  ///< after each epoch
  std::vector<std::vector<std::int64_t>> confusion;  ///< [true][predicted]
  std::vector<std::string> class_names;
  PictureGrid single;     ///< one object: the picture and every method for the predicted class
  PictureGrid multiple;   ///< several objects: the picture and a map for each object's class
  std::string color_bar;  ///< data URI
};

std::string demo_page(const DemoReport& report);

}  // namespace cameo::tools
