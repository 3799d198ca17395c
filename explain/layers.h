/// Which layer a map is made at.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/network.h"
#include "core/tape.h"

namespace cameo::explain {

/// The last value on the way from the picture to `of` whose height or width is more than 1, the
/// picture itself not counted. `shapes` is Network::infer_shapes() of the picture. Throws
/// ArgumentError when there is none.
ValueId default_layer(const Network& network, std::span<const Shape> shapes, ValueId of);

/// The named layer, or default_layer() when `name` is empty or "auto". Throws LookupError for an
/// unknown name and ArgumentError for a value that is not `[N,C,H,W]` or not on the way from the
/// picture to `of`.
ValueId resolve_layer(const Network& network, std::span<const Shape> shapes, ValueId of,
                      std::string_view name);
/// The same for a picture `[1,C,H,W]`; throws what Network::infer_shapes() throws as well.
ValueId resolve_layer(const Network& network, const Shape& picture, ValueId of,
                      std::string_view name);
/// The same for the picture on a tape of request_for().
ValueId resolve_layer(const Tape& tape, ValueId of, std::string_view name);

}  // namespace cameo::explain
