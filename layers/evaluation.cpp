#include "layers/evaluation.h"

#include <algorithm>
#include <string>

#include "core/error.h"
#include "core/tape.h"
#include "layers/data_loader.h"
#include "layers/losses.h"

namespace cameo {

namespace {

bool holds_logits(const Shape& shape) {
  return shape.size() == 2 || (shape.size() == 4 && shape[2] == 1 && shape[3] == 1);
}

void count_batch(Evaluation& result, const Tensor& logits, std::span<const int> labels) {
  const auto classes = static_cast<std::size_t>(logits.dim(1));
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto scores = logits.data().subspan(row * classes, classes);
    const auto label = static_cast<std::size_t>(labels[row]);
    const auto prediction =
        static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    const std::int64_t rank = rank_of_label(scores, labels[row]);
    ++result.per_class[label].count;
    if (rank == 0) ++result.per_class[label].correct;
    if (rank < 5) result.top5 += 1.0;
    ++result.confusion[label][prediction];
    result.predictions.push_back(static_cast<int>(prediction));
  }
}

}  // namespace

Tensor as_logits(const Tensor& output) {
  if (!holds_logits(output.shape())) {
    throw ShapeError("classifier: the output must be [N,K] or [N,K,1,1], got " +
                     to_string(output.shape()));
  }
  return output.reshaped({output.dim(0), output.dim(1)});
}

void check_classifier(const Network& network, const Dataset& dataset) {
  if (dataset.size() == 0) throw ArgumentError("data set: it is empty; it needs pictures");
  const std::vector<std::string>& names = dataset.class_names();
  if (names.size() < 2) {
    throw ArgumentError("data set: it has " +
                        (names.empty() ? "no class" : "one class, \"" + names[0] + "\"") +
                        "; telling classes apart needs at least two");
  }
  const Shape image = dataset.image_shape();
  if (image.size() != 3 || image[0] != network.input_shape().at(0)) {
    throw ArgumentError("data set: its pictures are " + to_string(image) + ", the network takes " +
                        to_string(network.input_shape()));
  }
  const std::vector<Shape> shapes = network.infer_shapes({1, image[0], image[1], image[2]});
  const Shape& output = shapes[static_cast<std::size_t>(network.output())];
  if (!holds_logits(output)) {
    throw ArgumentError("network: its output for one picture is " + to_string(output) +
                        ", a classifier needs [1,K]");
  }
  if (output[1] != static_cast<std::int64_t>(names.size())) {
    throw ArgumentError("data set: it has " + std::to_string(names.size()) +
                        " classes, the network tells " + std::to_string(output[1]) + " apart");
  }
}

Evaluation evaluate(const Network& network, const Dataset& dataset,
                    const EvaluationOptions& options) {
  check_classifier(network, dataset);
  const std::size_t classes = dataset.class_names().size();
  const auto total = static_cast<std::int64_t>(dataset.size());
  Evaluation result;
  result.per_class.resize(classes);
  result.confusion.assign(classes, std::vector<std::int64_t>(classes));
  result.predictions.reserve(dataset.size());
  DataLoader loader(dataset, {.batch = options.batch, .normalization = options.normalization});
  while (const std::optional<Batch> batch = loader.next()) {
    const Tensor logits = as_logits(forward(network, batch->images).output());
    const Loss loss = cross_entropy(logits, batch->labels);
    result.loss += loss.value * static_cast<double>(batch->labels.size());
    count_batch(result, logits, batch->labels);
    result.count = static_cast<std::int64_t>(result.predictions.size());
    if (options.on_progress) options.on_progress(result.count, total);
  }
  std::int64_t correct = 0;
  for (const ClassAccuracy& one : result.per_class) correct += one.correct;
  const auto count = static_cast<double>(result.count);
  result.loss /= count;
  result.top1 = static_cast<double>(correct) / count;
  result.top5 /= count;
  return result;
}

}  // namespace cameo
