/// Close matches for a mistyped name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cameo {

/// Up to `most` of `candidates` within a small edit distance of `name` or containing it, closest
/// first.
std::vector<std::string> close_matches(std::string_view name,
                                       std::span<const std::string> candidates,
                                       std::size_t most = 3);

/// `no layer "layer5"; did you mean "layer4" or "layer3"?`, or the list of candidates where none is
/// close and they are few.
std::string unknown_name_message(std::string_view kind, std::string_view name,
                                 std::span<const std::string> candidates);

}  // namespace cameo
