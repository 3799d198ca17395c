/// Training of classifiers.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/network.h"
#include "core/tape.h"
#include "layers/augmentation.h"
#include "layers/dataset.h"
#include "layers/evaluation.h"
#include "layers/losses.h"
#include "layers/metrics_log.h"
#include "layers/normalization.h"
#include "layers/optimizer.h"
#include "layers/schedules.h"
#include "layers/train_state.h"

namespace cameo {

/// Where a run is, after a step.
struct TrainProgress {
  std::int64_t epoch = 0;  ///< from 1
  std::int64_t epochs = 0;
  std::int64_t step = 0;   ///< of this epoch, from 1
  std::int64_t steps = 0;  ///< per epoch
  double loss = 0.0;       ///< means over this epoch so far
  double accuracy = 0.0;
  double learning_rate = 0.0;
  double images_per_second = 0.0;  ///< of this process
  double seconds_left = 0.0;       ///< of the whole run, evaluations included
};

struct TrainOptions {
  std::int64_t epochs = 10;
  std::int64_t batch = 64;
  double learning_rate = 0.05;
  std::unique_ptr<Optimizer> optimizer{};  ///< Sgd with its defaults where null
  Schedule schedule = constant_schedule();
  Augmentation augmentation{};
  Normalization normalization{};
  float label_smoothing = 0.0F;
  double clip_norm = 0.0;  ///< 0: gradients are not clipped
  std::uint64_t seed = 0;
  const Dataset* validation = nullptr;  ///< evaluated after each epoch; not owned, may be null
  std::int64_t evaluation_batch = 100;

  /// Besides one after every epoch, a checkpoint every so many steps or seconds; 0: none. Neither
  /// has any influence on the results.
  std::int64_t checkpoint_steps = 0;
  double checkpoint_seconds = 0.0;

  /// Called in the thread of run(); what they throw ends the run and leaves a usable state().
  std::function<void(const TrainProgress&)> on_progress{};  ///< after every step
  std::function<void(const EpochRecord&)> on_epoch{};       ///< before the epoch's checkpoint
  std::function<void(const TrainState&)> on_checkpoint{};
};

/// Trains a network on labelled pictures. The result has the same bits for any thread count and for
/// any number of stops and resumes. The last batch of an epoch holds what is left; where it is a
/// single picture and the network has batch normalisation it is left out, having no statistics to
/// speak of. Not thread-safe; the network and data sets must outlive it.
class Trainer {
 public:
  /// Throws ArgumentError, saying what would be right, when options, network and data do not fit.
  Trainer(Network& network, const Dataset& training, TrainOptions options);

  /// Trains from where the state is to the end. Throws RunError, naming epoch and step, when a loss
  /// or gradient is not finite; the parameters are then those before that step.
  void run();

  /// All that run() depends on. Tensors are shared with the network until it changes them. The
  /// names: "parameter.NAME", "best.NAME", "optimizer.SLOT.NAME"; a run's history is part of it, so
  /// a log rewritten from history() has no line twice.
  TrainState state() const;
  /// Continues the run that `state` came from. Throws ArgumentError, and changes nothing, when it
  /// belongs to another network or was made with other settings.
  void restore(const TrainState& state);

  const std::vector<EpochRecord>& history() const { return history_; }
  /// The epoch, from 1, of highest validation accuracy (of equals, lowest loss; the last one where
  /// there is no validation set); 0 before any has ended.
  std::int64_t best_epoch() const { return best_epoch_; }
  /// Parameters after the best epoch by name, running statistics included.
  std::map<std::string, Tensor> best_parameters() const;
  std::int64_t steps_per_epoch() const { return steps_per_epoch_; }

 private:
  using Clock = std::chrono::steady_clock;
  /// One step's findings, its tape already gone.
  struct StepResult {
    Loss loss;
    Gradients gradients;
    std::map<ValueId, Tensor> updates;
  };
  /// The unfinished epoch.
  struct EpochSums {
    std::int64_t steps = 0;
    std::int64_t pictures = 0;
    std::int64_t correct = 0;
    double loss = 0.0;
    double learning_rate = 0.0;
    double seconds = 0.0;
  };

  std::int64_t epochs_done() const { return static_cast<std::int64_t>(history_.size()); }
  std::int64_t steps_done() const { return epochs_done() * steps_per_epoch_ + sums_.steps; }
  void check_options() const;
  void train_rest_of_epoch();
  void train_step(const Batch& batch);
  StepResult differentiate(const Batch& batch) const;
  double checked_norm(const StepResult& result) const;
  std::string place() const;
  void finish_epoch();
  void keep_best(const EpochRecord& record);
  void report() const;
  void checkpoint_if_due();
  void checkpoint();
  void count_seconds();
  /// What must be the same for a resumed run to end like an uninterrupted one.
  std::map<std::string, std::string> settings() const;
  /// The learning rate at a few points of the run, which stand for its schedule.
  std::string sampled_rates() const;

  Network& network_;
  const Dataset& training_;
  TrainOptions options_;
  std::vector<ValueId> trainable_;
  bool drop_last_one_ = false;
  std::int64_t steps_per_epoch_ = 0;

  EpochSums sums_;
  std::vector<EpochRecord> history_;
  std::int64_t best_epoch_ = 0;
  std::vector<Tensor> best_;  ///< by position in Network::parameters()

  Clock::time_point run_start_;
  Clock::time_point last_count_;
  Clock::time_point last_checkpoint_;
  std::int64_t steps_before_run_ = 0;
};

}  // namespace cameo
