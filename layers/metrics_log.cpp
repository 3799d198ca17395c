#include "layers/metrics_log.h"

#include <array>
#include <string_view>

#include "layers/train_state.h"

namespace cameo {

namespace {

struct Column {
  std::string_view name;
  std::optional<double> value;
};

std::array<Column, 7> columns(const EpochRecord& record) {
  return {{{"epoch", static_cast<double>(record.epoch)},
           {"train_loss", record.train_loss},
           {"train_accuracy", record.train_accuracy},
           {"validation_loss", record.validation_loss},
           {"validation_accuracy", record.validation_accuracy},
           {"learning_rate", record.learning_rate},
           {"seconds", record.seconds}}};
}

template <typename Text>
std::string join(const EpochRecord& record, Text text) {
  std::string line;
  for (const Column& column : columns(record)) {
    if (!line.empty()) line += ',';
    line += text(column);
  }
  return line;
}

}  // namespace

std::string csv_header() {
  return join({}, [](const Column& column) { return std::string(column.name); });
}

std::string csv_line(const EpochRecord& record) {
  return join(record, [](const Column& column) {
    return column.value ? shortest_text(*column.value) : std::string();
  });
}

std::string json_line(const EpochRecord& record) {
  std::string line = join(record, [](const Column& column) {
    std::string field(1, '"');
    field.append(column.name).append("\":");
    return field.append(column.value ? shortest_text(*column.value) : "null");
  });
  line.insert(line.begin(), '{');
  line.push_back('}');
  return line;
}

}  // namespace cameo
