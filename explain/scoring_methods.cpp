#include "explain/scoring_methods.h"

#include <array>
#include <utility>

#include "explain/ablation_cam.h"
#include "explain/activation_maximisation.h"
#include "explain/channel_shapley.h"
#include "explain/extremal_perturbation.h"
#include "explain/feature_ablation.h"
#include "explain/is_cam.h"
#include "explain/kernel_shap.h"
#include "explain/lime.h"
#include "explain/occlusion.h"
#include "explain/rise.h"
#include "explain/score_cam.h"
#include "explain/ss_cam.h"

namespace cameo::explain {

namespace {

using Method = std::shared_ptr<const Explainer>;

ScoringOptions scoring_of(const OptionValues& options, const ProgressFunction& progress,
                          Output otherwise) {
  const auto given = options.find("output");
  return {.output = given == options.end() ? otherwise : find_output(given->second),
          .batch = integer_option(options, "batch", ScoringOptions{}.batch),
          .progress = progress};
}

std::uint64_t seed_of(const OptionValues& options) {
  return static_cast<std::uint64_t>(integer_option(options, "seed", 0, 0));
}

/// True where the option says the second of two words.
bool second_of(const OptionValues& options, std::string_view key,
               const std::array<std::string_view, 2>& words) {
  return choice_option(options, key, words) == 1;
}

Fill fill_of(const OptionValues& options) {
  const auto given = options.find("fill");
  return given == options.end() ? Fill::kZero : find_fill(given->second);
}

Method make_occlusion(const OptionValues& options, const ProgressFunction& progress) {
  return std::make_shared<const Occlusion>(OcclusionOptions{
      .patch = integer_option(options, "patch", 0),
      .stride = integer_option(options, "stride", 0),
      .fill = fill_of(options),
      .clipped_windows = second_of(options, "windows", {"inside", "clipped"}),
      .per_pixel = second_of(options, "map", {"windows", "pixels"}),
      .scoring = scoring_of(options, progress, Output::kLogit),
  });
}

PieceOptions pieces_of(const OptionValues& options, const PieceOptions& otherwise,
                       const ProgressFunction& progress) {
  PieceOptions pieces = otherwise;
  if (text_option(options, "segments", "") == "quickshift") {
    pieces.cut = Cut::kQuickshift;
  } else {
    pieces.segments = integer_option(options, "segments", otherwise.segments);
  }
  pieces.scoring = scoring_of(options, progress, otherwise.scoring.output);
  const auto fill = options.find("fill");
  if (fill == options.end()) return pieces;
  pieces.own_mean = fill->second == "own-mean";
  if (!pieces.own_mean) pieces.fill = find_fill(fill->second);
  return pieces;
}

Method make_feature_ablation(const OptionValues& options, const ProgressFunction& progress) {
  return std::make_shared<const FeatureAblation>(pieces_of(options, {}, progress));
}

Method make_rise(const OptionValues& options, const ProgressFunction& progress) {
  const RiseOptions usual;
  return std::make_shared<const Rise>(RiseOptions{
      .masks = integer_option(options, "masks", usual.masks),
      .cells = integer_option(options, "cells", usual.cells),
      .keep = number_option(options, "keep", usual.keep),
      .seed = seed_of(options),
      .scoring = scoring_of(options, progress, usual.scoring.output),
  });
}

Method make_lime(const OptionValues& options, const ProgressFunction& progress) {
  const LimeOptions usual;
  return std::make_shared<const Lime>(LimeOptions{
      .pieces = pieces_of(options, usual.pieces, progress),
      .samples = integer_option(options, "samples", usual.samples, 2),
      .kernel_width = number_option(options, "width", usual.kernel_width),
      .penalty = number_option(options, "penalty", usual.penalty),
      .seed = seed_of(options),
  });
}

Method make_kernel_shap(const OptionValues& options, const ProgressFunction& progress) {
  const KernelShapOptions usual;
  return std::make_shared<const KernelShap>(KernelShapOptions{
      .pieces = pieces_of(options, usual.pieces, progress),
      .samples = integer_option(options, "samples", usual.samples, 2),
      .seed = seed_of(options),
  });
}

ChannelMaskOptions masks_of(const OptionValues& options, const ProgressFunction& progress) {
  const auto upsampling = options.find("upsampling");
  return {.layer = text_option(options, "layer", "auto"),
          .weight = static_cast<MaskWeight>(choice_option(options, "weights", kMaskWeightNames)),
          .upsampling = upsampling == options.end() ? Upsampling::kHalfPixel
                                                    : find_upsampling(upsampling->second),
          .scale_first = second_of(options, "scale", {"after", "before"}),
          .scoring = scoring_of(options, progress, Output::kLogit)};
}

Method make_score_cam(const OptionValues& options, const ProgressFunction& progress) {
  return std::make_shared<const ScoreCam>(masks_of(options, progress));
}

Method make_ss_cam(const OptionValues& options, const ProgressFunction& progress) {
  const SsCamOptions usual;
  return std::make_shared<const SsCam>(SsCamOptions{
      .masks = masks_of(options, progress),
      .samples = integer_option(options, "samples", usual.samples),
      .noise = number_option(options, "noise", usual.noise),
      .seed = seed_of(options),
  });
}

Method make_is_cam(const OptionValues& options, const ProgressFunction& progress) {
  return std::make_shared<const IsCam>(IsCamOptions{
      .masks = masks_of(options, progress),
      .steps = integer_option(options, "steps", IsCamOptions{}.steps),
  });
}

Method make_ablation_cam(const OptionValues& options, const ProgressFunction& progress) {
  return std::make_shared<const AblationCam>(AblationCamOptions{
      .layer = text_option(options, "layer", "auto"),
      .fill =
          second_of(options, "fill", {"zero", "mean"}) ? ChannelFill::kMean : ChannelFill::kZero,
      .divide_by_score = second_of(options, "divisor", {"size", "score"}),
      .scoring = scoring_of(options, progress, Output::kLogit),
  });
}

Method make_channel_shapley(const OptionValues& options, const ProgressFunction& progress) {
  const ChannelShapleyOptions usual;
  return std::make_shared<const ChannelShapley>(ChannelShapleyOptions{
      .layer = text_option(options, "layer", "auto"),
      .permutations = integer_option(options, "permutations", usual.permutations),
      .seed = seed_of(options),
      .scoring = scoring_of(options, progress, Output::kLogit),
  });
}

Method make_extremal_perturbation(const OptionValues& options, const ProgressFunction& progress) {
  const ExtremalPerturbationOptions usual;
  const auto fill = options.find("fill");
  return std::make_shared<const ExtremalPerturbation>(ExtremalPerturbationOptions{
      .area = number_option(options, "area", usual.area),
      .steps = integer_option(options, "steps", usual.steps),
      .rate = number_option(options, "rate", usual.rate),
      .area_weight = number_option(options, "weight", usual.area_weight),
      .cells = integer_option(options, "cells", usual.cells),
      .smoothness = number_option(options, "smoothness", usual.smoothness),
      .fill = fill == options.end() ? usual.fill : find_fill(fill->second),
      .progress = progress,
  });
}

Method make_activation_maximisation(const OptionValues& options, const ProgressFunction& progress) {
  const ActivationMaximisationOptions usual;
  ActivationMaximisationOptions values{
      .layer = text_option(options, "layer", usual.layer),
      .channel = {},
      .steps = integer_option(options, "steps", usual.steps),
      .rate = number_option(options, "rate", usual.rate),
      .jitter = integer_option(options, "jitter", usual.jitter, 0),
      .blur = number_option(options, "blur", usual.blur),
      .decay = number_option(options, "decay", usual.decay),
      .variation = number_option(options, "variation", usual.variation),
      .seed = seed_of(options),
      .progress = progress,
  };
  if (text_option(options, "channel", "none") != "none") {
    values.channel = integer_option(options, "channel", 0, 0);
  }
  return std::make_shared<const ActivationMaximisation>(std::move(values));
}

}  // namespace

std::vector<ScoringFactory> scoring_factories() {
  return {make_score_cam,
          make_ss_cam,
          make_is_cam,
          make_ablation_cam,
          make_channel_shapley,
          make_extremal_perturbation,
          make_activation_maximisation,
          make_occlusion,
          make_feature_ablation,
          make_rise,
          make_lime,
          make_kernel_shap};
}

}  // namespace cameo::explain
