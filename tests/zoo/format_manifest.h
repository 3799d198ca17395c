/// A collection of good and hostile files with a manifest of what each must give.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "zoo/checkpoints/state_dict.h"

namespace cameo::zoo {

/// "ok", or how the tensors differ from those that the manifest lists.
std::string compare_tensors(const StateDict& tensors, const nlohmann::json& all_wanted);

/// What reading a file gave: "ok" or what is wrong with what was read. Throws what the reader
/// throws.
using Outcome =
    std::function<std::string(const std::filesystem::path&, const nlohmann::json& expected)>;

/// Checks that every file whose name `is_meant` gives what the manifest says, within the time and
/// the memory that a bad file may cost; that errors are one line and name the file. Returns how
/// many there were. The collection must be there: test_data("oracle/formats").
int replay_formats(const std::function<bool(std::string_view)>& is_meant, const Outcome& outcome);

}  // namespace cameo::zoo
