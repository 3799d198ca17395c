#include "explain/scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/names.h"
#include "core/parallel.h"

namespace cameo::explain {

namespace {

constexpr std::array<std::pair<std::string_view, Output>, 2> kOutputs{
    {{"logit", Output::kLogit}, {"probability", Output::kProbability}}};

/// Row `n` of a batch as a batch of one.
Tensor row_of(const Tensor& batch, std::int64_t n) {
  Shape shape = batch.shape();
  const auto size = static_cast<std::size_t>(batch.size() / shape[0]);
  shape[0] = 1;
  return Tensor(shape, batch.data().subspan(static_cast<std::size_t>(n) * size, size));
}

/// `run(row)` gives the `classes` scores of one row.
template <typename F>
Tensor score_rows(const Tensor& batch, std::int64_t classes, F run) {
  Tensor scores = Tensor::uninitialized({batch.dim(0), classes});
  float* const out = scores.mutable_data().data();
  parallel_for(batch.dim(0), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
      const Tensor row = run(row_of(batch, n));
      std::copy_n(row.data().data(), classes, out + n * classes);
    }
  });
  return scores;
}

Shape one_row(const Tensor& batch) {
  if (batch.rank() != 4 || batch.dim(0) < 1) {
    throw ShapeError("scores: expected pictures [N,C,H,W], got " + to_string(batch.shape()));
  }
  return {1, batch.dim(1), batch.dim(2), batch.dim(3)};
}

void check_scores(const Tensor& scores, std::int64_t rows) {
  if (scores.rank() == 2 && scores.dim(0) == rows && scores.dim(1) > 0) return;
  throw ShapeError("scores: expected [" + std::to_string(rows) + ",K] for as many pictures, got " +
                   to_string(scores.shape()));
}

void check_class(std::int64_t index, std::size_t classes) {
  if (index >= 0 && static_cast<std::size_t>(index) < classes) return;
  throw ArgumentError("target: there is no class " + std::to_string(index) + "; there are " +
                      std::to_string(classes) + ", counted from 0");
}

}  // namespace

ScoreFunction scores_of(const Network& network, ValueId of) {
  return [&network, of](const Tensor& pictures) {
    const auto shapes = network.infer_shapes(one_row(pictures));
    return score_rows(
        pictures, class_count(shapes[static_cast<std::size_t>(of)]),
        [&](const Tensor& picture) { return forward(network, picture, {.keep = {of}}).value(of); });
  };
}

ScoreFunction scores_from_layer(const Tape& tape, ValueId layer, ValueId of) {
  std::map<ValueId, Tensor> given;
  for (const ValueId id : values_beside(tape.network(), layer, of)) given[id] = tape.value(id);
  return [&tape, layer, of, given](const Tensor& values) {
    return score_rows(values, class_count(tape.value(of).shape()), [&](const Tensor& row) {
      std::map<ValueId, Tensor> start = given;
      start[layer] = row;
      return forward_from(tape.network(), start, {.keep = {of}}).value(of);
    });
  };
}

void keep_for_scores(const Network& network, ValueId layer, ValueId of, Request& request) {
  request.keep.push_back(layer);
  const std::vector<ValueId> beside = values_beside(network, layer, of);
  request.keep.insert(request.keep.end(), beside.begin(), beside.end());
}

std::vector<std::string> output_names() {
  std::vector<std::string> names;
  names.reserve(std::size(kOutputs));
  for (const auto& entry : kOutputs) names.emplace_back(entry.first);
  return names;
}

Output find_output(std::string_view name) {
  for (const auto& [known, output] : kOutputs) {
    if (known == name) return output;
  }
  throw LookupError(unknown_name_message("output", name, output_names()));
}

std::vector<double> softmax(std::vector<double> values) {
  if (values.empty()) return values;
  const double most = *std::max_element(values.begin(), values.end());
  double total = 0.0;
  for (double& value : values) total += value = std::exp(value - most);
  for (double& value : values) value /= total;
  return values;
}

double score_in_row(std::span<const float> row, const Target& target, Output output) {
  const auto score = [&](std::int64_t index) {
    check_class(index, row.size());
    const auto at = static_cast<std::size_t>(index);
    return output == Output::kLogit ? row[at] : softmax({row.begin(), row.end()})[at];
  };
  return target.against ? score(target.index) - score(*target.against) : score(target.index);
}

std::vector<double> score_pictures(const ScoreFunction& scores, const Shape& picture,
                                   std::int64_t count, const PictureWriter& write,
                                   const Target& target, const ScoringOptions& options) {
  if (options.batch < 1) {
    throw ArgumentError("batch: expected at least 1, got " + std::to_string(options.batch));
  }
  std::vector<double> result;
  result.reserve(static_cast<std::size_t>(count));
  for (std::int64_t first = 0; first < count; first += options.batch) {
    Shape shape = picture;
    shape[0] = std::min(options.batch, count - first);
    Tensor batch = Tensor::uninitialized(shape);
    const std::span<float> values = batch.mutable_data();
    const std::size_t size = values.size() / static_cast<std::size_t>(shape[0]);
    parallel_for(shape[0], 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t n = begin; n < end; ++n) {
        write(first + n, values.subspan(static_cast<std::size_t>(n) * size, size));
      }
    });
    const Tensor rows = scores(batch);
    check_scores(rows, shape[0]);
    const auto classes = static_cast<std::size_t>(rows.dim(1));
    for (std::int64_t n = 0; n < shape[0]; ++n) {
      const auto row = rows.data().subspan(static_cast<std::size_t>(n) * classes, classes);
      result.push_back(score_in_row(row, target, options.output));
    }
    if (options.progress) options.progress(first + shape[0], count);
  }
  return result;
}

}  // namespace cameo::explain
