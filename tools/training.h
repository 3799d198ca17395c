/// Training as `cameo train` and `cameo demo` do it: a recipe of plain values, progress on stderr,
/// checkpoints in a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "layers/dataset.h"
#include "layers/trainer.h"
#include "tools/console.h"
#include "zoo/model.h"

namespace cameo::tools {

struct Recipe {
  std::int64_t epochs = 10;
  std::int64_t batch = 32;
  double learning_rate = 0.05;
  std::string optimizer = "sgd";       ///< sgd, nesterov, adam, adamw
  std::string schedule = "one-cycle";  ///< constant, step, cosine, one-cycle
  std::string augment = "none";        ///< comma-separated: flip, shift=N, crop=N, cutout=N
  double weight_decay = 5e-4;
  float label_smoothing = 0.0F;
  double clip_norm = 0.0;
};

/// Where a run leaves its state; nowhere when `folder` is empty.
struct CheckpointFolder {
  std::filesystem::path folder;  ///< last.safetensors, best.safetensors, metrics.csv, metrics.jsonl
  bool resume = false;           ///< continue from last.safetensors when it is there
  double seconds = 30.0;         ///< between checkpoints within an epoch
};

/// Means over a stretch of the run that ends after `pictures` pictures.
struct CurvePoint {
  std::int64_t pictures = 0;
  double loss = 0.0;
  double accuracy = 0.0;
};

struct TrainingRun {
  std::vector<EpochRecord> history;
  std::vector<CurvePoint> curve;  ///< within epochs too; of this process alone
  std::int64_t best_epoch = 0;
  double seconds = 0.0;  ///< of training, evaluations included
};

/// Mean and standard deviation of each channel over the first pictures (2000 at most) of the data
/// set, set in the model's preprocessing.
void measure_normalization(zoo::Model& model, const Dataset& dataset);
/// The preprocessing's values as batches of a data set, 0 … 1, need them. Throws ArgumentError for
/// a model that takes blue first.
Normalization normalization_of(const zoo::Model& model);

/// Trains `model` in place. Throws ArgumentError for a recipe with unknown names, otherwise as
/// Trainer does.
TrainingRun run_training(zoo::Model& model, const Dataset& training, const Dataset* validation,
                         const Recipe& recipe, const CheckpointFolder& checkpoints,
                         const GlobalOptions& globals);

}  // namespace cameo::tools
