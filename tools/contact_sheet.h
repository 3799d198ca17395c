/// All results on one picture.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "tools/explanation_pictures.h"

namespace cameo::tools {

/// Collects results as small pictures; sheet() lays them out: for each picture and class a line of
/// maps, method by method, each with its name and its greatest value, and the colours below.
class ContactSheet {
 public:
  /// `behind` is the picture `[3,H,W]` that the map is laid over.
  void add(const ModelInput& input, const Tensor& behind, const ExplainResult& result,
           PictureStyle style);

  /// `[3,H,W]` in 0…1. Throws ArgumentError when nothing was added.
  Tensor sheet() const;

 private:
  struct Cell {
    Tensor picture;
    std::string name;
    std::string values;
  };
  /// One picture and class: the picture itself, then its maps.
  struct Line {
    std::string title;
    std::vector<Cell> cells;
  };
  std::vector<Line> lines_;
  std::map<explain::Colormap, std::string> strips_;  ///< the colours in use and what they show
};

}  // namespace cameo::tools
