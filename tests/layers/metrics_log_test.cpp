#include "layers/metrics_log.h"

#include <catch2/catch.hpp>

using cameo::EpochRecord;

namespace {

const EpochRecord kRecord{.epoch = 3,
                          .train_loss = 0.125,
                          .train_accuracy = 0.5,
                          .validation_loss = 1e-7,
                          .validation_accuracy = 1.0 / 3.0,
                          .learning_rate = 0.1,
                          .seconds = 2};

}  // namespace

TEST_CASE("a record becomes a CSV line") {
  CHECK(cameo::csv_header() ==
        "epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,learning_rate,"
        "seconds");
  CHECK(cameo::csv_line(kRecord) == "3,0.125,0.5,1e-07,0.3333333333333333,0.1,2");
  CHECK(cameo::csv_line({.epoch = 1}) == "1,0,0,,,0,0");
}

TEST_CASE("a record becomes a JSON line") {
  CHECK(cameo::json_line({.epoch = 1, .train_loss = 0.5}) ==
        R"({"epoch":1,"train_loss":0.5,"train_accuracy":0,"validation_loss":null,)"
        R"("validation_accuracy":null,"learning_rate":0,"seconds":0})");
}
