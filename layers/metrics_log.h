/// What a training run recorded, a line an epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cameo {

struct EpochRecord {
  std::int64_t epoch = 0;  ///< from 1
  double train_loss = 0.0;
  double train_accuracy = 0.0;  ///< share, 0 … 1, while the network was changing
  std::optional<double> validation_loss{};
  std::optional<double> validation_accuracy{};
  double learning_rate = 0.0;  ///< of the epoch's last step
  double seconds = 0.0;        ///< training and evaluation
};

/// The names of the columns, without a line end like all of these.
std::string csv_header();
/// Shortest exact decimals; what was not measured is left empty.
std::string csv_line(const EpochRecord& record);
/// A JSON object with the CSV's names as keys; what was not measured is null.
std::string json_line(const EpochRecord& record);

}  // namespace cameo
