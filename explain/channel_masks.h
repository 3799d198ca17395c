/// Channels of a layer as masks over the picture: what Score-CAM and its kin share.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "explain/explainer.h"
#include "explain/resize_map.h"
#include "explain/scores.h"

namespace cameo::explain {

/// What a masked picture's scores say about a channel.
enum class MaskWeight {
  kProbability,      ///< the class's probability, less that of the empty picture
  kSoftmax,          ///< a softmax over the channels of the class's logits
  kBareProbability,  ///< the class's probability, nothing taken off
};
inline constexpr std::array<std::string_view, 3> kMaskWeightNames{"probability", "softmax",
                                                                  "bare-probability"};

struct ChannelMaskOptions {
  std::string layer = "auto";  ///< a value's name; "auto": see default_layer()
  MaskWeight weight = MaskWeight::kProbability;
  Upsampling upsampling = Upsampling::kHalfPixel;
  bool scale_first = false;  ///< scale channels to 0…1 before they are enlarged, not after
  ScoringOptions scoring{};  ///< its output is decided by `weight`
};

/// Channel `channel` of features `[1,C,H,W]` as a mask `[height,width]` that reaches from 0 to 1;
/// zeros where the channel is constant.
Tensor channel_mask(const Tensor& features, std::int64_t channel, std::int64_t height,
                    std::int64_t width, const ChannelMaskOptions& options);

/// Changes the mask of `channel` for its sample `sample`.
using MaskChange =
    std::function<void(std::int64_t channel, std::int64_t sample, std::span<float> mask)>;

/// ReLU(sum over k of w_k·A_k), `[H,W]`, with w_k from the scores of the picture under `samples`
/// changed masks of channel k, averaged. The tape keeps the layer and the picture.
Explanation channel_mask_map(const MethodInfo& method, const Tape& tape, const Target& target,
                             const ChannelMaskOptions& options, std::int64_t samples,
                             const MaskChange& change);

/// Asks for the layer.
void prepare_channel_masks(const Network& network, const Shape& picture, ValueId of,
                           const ChannelMaskOptions& options, Request& request);

/// The options that all of them take.
std::vector<OptionInfo> channel_mask_options();

}  // namespace cameo::explain
