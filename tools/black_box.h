/// A model that is only a command: pictures in, scores out.
#pragma once

#include <string>

#include "explain/scores.h"
#include "tools/child_process.h"
#include "tools/model_options.h"

namespace cameo::tools {

/// Runs the command once per batch: pictures as a float32 `.npy` array `[N,C,H,W]` on its standard
/// input, scores as a `.npy` array `[N,K]` of numbers from its standard output. The function throws
/// RunError when run_filter() does, and for an answer that is not such an array, has another K than
/// the first answer or values that are not finite.
explain::ScoreFunction black_box_scores(const std::string& command,
                                        std::chrono::milliseconds silence);

/// Class names and preprocessing for a command that takes the model's place: the chosen model's
/// where one is named, otherwise --classes and --preprocess, `unit` (the whole picture, 0…1) when
/// left out. The network is an empty one. Throws like open_model().
zoo::Model open_black_box(const ModelChoice& choice, const GlobalOptions& globals);

}  // namespace cameo::tools
