#include "core/graph_paths.h"

namespace cameo {

std::vector<char> values_on_path(const Network& network, std::span<const ValueId> wrt) {
  std::vector<char> on_path(network.nodes().size(), 0);
  for (const ValueId id : wrt) on_path[index_of(id)] = 1;
  for (std::size_t i = 0; i < on_path.size(); ++i) {
    for (const ValueId source : network.nodes()[i].inputs) {
      if (on_path[index_of(source)]) on_path[i] = 1;
    }
  }
  return on_path;
}

}  // namespace cameo
