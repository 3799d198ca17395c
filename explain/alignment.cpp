#include "explain/alignment.h"

#include "core/receptive_field.h"

namespace cameo::explain {

CellPlaces::CellPlaces(const Network& network, const Shape& picture) : input_(network.input()) {
  const std::vector<Shape> shapes = network.infer_shapes(picture);
  const std::vector<ReceptiveFields> fields = receptive_fields(network, shapes);
  values_.resize(shapes.size());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i].size() != 4 || network.nodes()[i].is_parameter()) continue;
    Value& value = values_[i];
    value.height = shapes[i][2];
    value.width = shapes[i][3];
    if (!fields[i][0].placed || !fields[i][1].placed) continue;
    CellGrid grid;
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const auto side = static_cast<double>(picture[2 + axis]);
      grid[axis] = {.first = fields[i][axis].first / side, .step = fields[i][axis].jump / side};
    }
    value.grid = grid;
  }
}

std::optional<CellGrid> CellPlaces::of(const Explanation& explanation) const {
  const ValueId layer = explanation.layer;
  if (layer < 0 || layer == input_ || explanation.kind != MapKind::kLayer) return std::nullopt;
  if (explanation.at_pixels.defined() || explanation.map.rank() != 2) return std::nullopt;
  const Value& value = values_.at(static_cast<std::size_t>(layer));
  const bool own = explanation.map.dim(0) == value.height && explanation.map.dim(1) == value.width;
  return own ? value.grid : std::nullopt;
}

}  // namespace cameo::explain
