/// Networks that caption scenes or answer questions about them, trained by the labs themselves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "explain/explainer.h"
#include "tools/labs/lab.h"
#include "zoo/datasets/scenes/questions.h"
#include "zoo/datasets/scenes/scenes.h"
#include "zoo/language/networks.h"
#include "zoo/language/vocabulary.h"

namespace cameo::tools {

struct LanguageTraining {
  std::int64_t pictures = 20000;
  std::int64_t epochs = 8;
  zoo::SceneOptions scene{};
  std::uint64_t seed = 0;  ///< of the pictures, the parameters and the order
};

/// A network with the words it knows.
struct LanguageModel {
  zoo::Vocabulary words;
  Network network;
};

/// Learns caption_of() every scene of the training split. The convolutions begin with the weights
/// of the network that comes with the program. Progress goes to stderr.
LanguageModel train_captioner(const LanguageTraining& training, const GlobalOptions& globals);

/// The picture with all but the box about an object, two pixels wider, at a third of its light: a
/// region to be captioned.
Tensor spotlight(const Tensor& picture, const Tensor& region);
/// The region of an object, `[H,W]` of 0 and 1.
Tensor region_of(const zoo::RenderedScene& scene, std::size_t object);

/// Learns to caption regions: "a large red star" for the object in the light, another one of the
/// picture every epoch.
LanguageModel train_region_captioner(const LanguageTraining& training,
                                     const GlobalOptions& globals);

/// Learns the answers to questions of ask(), eight new ones a picture and epoch; the network
/// answers one. Without `sees_picture` it is the language-only baseline.
LanguageModel train_answerer(const LanguageTraining& training, bool sees_picture,
                             const GlobalOptions& globals);

/// The answerer's network with the question, padded as in training.
Network asked(const LanguageModel& answerer, const std::string& question);

/// Question `number` about the scene that `seed` and `index` name.
zoo::SceneQuestion question_about(const zoo::Scene& scene, std::uint64_t seed, std::size_t index,
                                  std::size_t number);

/// The picture `[1,3,H,W]`.
Tensor picture_of(const zoo::Scenes& scenes, std::size_t index);

/// Grad-CAM at kLastMap for entry `index` of the value `of`, for a network that holds its words.
explain::Explanation grad_cam(const Network& network, const Tensor& picture, ValueId of,
                              std::int64_t index);

/// What the map shows, `[H,W]` in 0 … 1 at the picture's size.
Tensor shown_map(const explain::Explanation& explanation, const Tensor& picture);

/// An object's visible pixels, `[H,W]` of 0 and 1.
Tensor mask_of(const zoo::RenderedScene& scene, std::size_t object);
/// The box about them.
Tensor box_mask_of(const zoo::RenderedScene& scene, std::size_t object);

/// The map over the picture, or the picture alone.
PictureCell map_cell(const Tensor& picture, const Tensor& shown, std::string label);
PictureCell picture_cell(const Tensor& picture, std::string label);

}  // namespace cameo::tools
