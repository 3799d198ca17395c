/// Which part of the input the positions of a value see.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/network.h"

namespace cameo {

/// Along one axis. Distances are in input pixels from the input's edge, so the middle of the first
/// pixel is at 0.5.
struct ReceptiveField {
  std::int64_t size = 1;  ///< pixels that one position sees
  double jump = 1.0;      ///< from the centre of one position's field to the next one's
  double first = 0.5;     ///< the centre of position 0's field; negative where padding outweighs
  bool global = false;    ///< a position sees everything
  /// False behind ops that move positions otherwise than a window does (Resize, Slice, Transpose,
  /// …), and where branches with different centres meet; `jump` and `first` then mean nothing.
  bool placed = true;
};
/// Height before width.
using ReceptiveFields = std::array<ReceptiveField, 2>;

/// By ValueId. `shapes` is Network::infer_shapes(). Where branches meet, the widest field counts.
/// The arithmetic is Araujo, Norris & Sim 2019, Computing Receptive Fields of Convolutional Neural
/// Networks.
std::vector<ReceptiveFields> receptive_fields(const Network& network,
                                              std::span<const Shape> shapes);

}  // namespace cameo
