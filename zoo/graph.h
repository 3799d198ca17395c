/// A network as a document, for files that must say more than the name of an architecture.
#pragma once

#include <string>
#include <string_view>

#include "core/network.h"
#include "zoo/checkpoints/state_dict.h"

namespace cameo::zoo {

/// The nodes with their ops, options and inputs, and the shape of the picture, as JSON
/// (docs/formats.md); no parameter's values. The same network gives the same text. Throws
/// ArgumentError for an op that is not one of core/ops and for names that are not UTF-8.
std::string graph_to_json(const Network& network);

/// The network that such a document describes, with `parameters` as the values of its parameters;
/// tensors share storage with them, and those it does not name are ignored. What has been read is
/// the network that was written, to the bit of what it computes. Throws FormatError, ArgumentError
/// or ShapeError saying what is wrong: text that is no such document, an unknown op or option, a
/// value of the wrong kind, a node before one of its inputs, a parameter that is missing, shapes
/// that do not fit, or values for one picture beyond 2^30 elements. Allocates nothing that the
/// text and the parameters do not hold already.
Network graph_from_json(std::string_view json, const StateDict& parameters);

}  // namespace cameo::zoo
