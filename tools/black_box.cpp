#include "tools/black_box.h"

#include <memory>

#include "core/elementwise.h"
#include "core/error.h"
#include "zoo/checkpoints/npy.h"
#include "zoo/datasets/class_names.h"

namespace cameo::tools {

namespace {

constexpr std::int64_t kMostClasses = 65536;
constexpr std::size_t kMostHeaderBytes = 65536;

/// Any number type that a .npy array may have takes at most 8 bytes.
std::size_t most_bytes(std::int64_t pictures) {
  return kMostHeaderBytes + static_cast<std::size_t>(pictures * kMostClasses) * 8;
}

Tensor decode_answer(const zoo::Bytes& answer, std::int64_t pictures) {
  if (answer.empty()) throw RunError("black box: the command gave no answer");
  Tensor scores;
  try {
    scores = zoo::decode_npy(answer, "black box: the command's answer");
  } catch (const FormatError& error) {
    throw RunError(error.what());
  }
  if (scores.rank() != 2 || scores.dim(0) != pictures || scores.dim(1) < 1 ||
      scores.dim(1) > kMostClasses) {
    throw RunError("black box: expected scores [" + std::to_string(pictures) +
                   ",K] for as many pictures, got " + to_string(scores.shape()));
  }
  if (!all_finite(scores)) throw RunError("black box: the command gave scores that are not finite");
  return scores;
}

}  // namespace

explain::ScoreFunction black_box_scores(const std::string& command,
                                        std::chrono::milliseconds silence) {
  const auto classes = std::make_shared<std::int64_t>(0);
  return [command, silence, classes](const Tensor& pictures) {
    zoo::Bytes answer;
    try {
      answer = run_filter(command, zoo::encode_npy(pictures),
                          {.output_bytes = most_bytes(pictures.dim(0)), .silence = silence});
    } catch (const RunError& error) {
      throw RunError(std::string("black box: ") + error.what());
    }
    Tensor scores = decode_answer(answer, pictures.dim(0));
    if (*classes == 0) *classes = scores.dim(1);
    if (scores.dim(1) != *classes) {
      throw RunError("black box: the command gave " + std::to_string(scores.dim(1)) +
                     " scores per picture, before it were " + std::to_string(*classes));
    }
    return scores;
  };
}

zoo::Model open_black_box(const ModelChoice& choice, const GlobalOptions& globals) {
  if (!choice.model.empty() || !choice.weights.empty()) return open_model(choice, globals);
  constexpr std::int64_t kAny = 0;
  std::vector<Node> nodes(1);
  nodes[0].name = "picture";
  zoo::Model model{
      .architecture = "A black box",
      .network = Network(std::move(nodes), 0, 0, {kAny, kAny, kAny}),
      .class_names = {},
      .preprocess = zoo::preprocess_preset(choice.preprocess.empty() ? "unit" : choice.preprocess)};
  if (!choice.classes_file.empty()) {
    model.class_names = zoo::read_class_names(choice.classes_file);
  }
  ModelChoice rest = choice;
  rest.preprocess.clear();
  override_preprocess(model, rest);
  return model;
}

}  // namespace cameo::tools
