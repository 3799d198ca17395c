#include "tools/labs/subject.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/error.h"
#include "core/tape.h"
#include "explain/drawing.h"
#include "layers/evaluation.h"
#include "tools/explanation_pictures.h"
#include "tools/explanation_report.h"
#include "tools/scores.h"
#include "zoo/resize.h"

namespace cameo::tools {

namespace {

constexpr std::int64_t kCellSide = 192;  // pixels of a picture on the page; shown at 136

std::unique_ptr<zoo::AnnotatedPictures> open_pictures(const LabSettings& settings,
                                                      const SubjectOptions& options,
                                                      const zoo::Model& model) {
  zoo::AnnotatedPicturesOptions chosen{.image_shape = model.network.input_shape(),
                                       .count = options.pictures,
                                       .seed = settings.seed()};
  if (settings.boxes.empty()) {
    return zoo::open_annotated_pictures(settings.data.empty() ? options.scenes : settings.data,
                                        chosen);
  }
  if (settings.data.empty()) {
    throw ArgumentError("--boxes needs --data, the folder of the pictures that it is about");
  }
  chosen.pictures = settings.data;
  return zoo::open_annotated_pictures(settings.boxes, chosen);
}

/// `[3,H,W]` with the boxes, which are in pixels of the network's picture.
Tensor boxed(Tensor picture, const ModelInput& input, std::span<const explain::Box> boxes) {
  const double factor =
      static_cast<double>(picture.dim(2)) / static_cast<double>(input.tensor.dim(3));
  const auto scaled = [factor](std::int64_t pixels) {
    return static_cast<std::int64_t>(factor * static_cast<double>(pixels));
  };
  for (const explain::Box& box : boxes) {
    explain::draw_box(picture,
                      {.left = scaled(box.left),
                       .top = scaled(box.top),
                       .right = scaled(box.right),
                       .bottom = scaled(box.bottom)},
                      explain::kWhite, 2);
  }
  return picture;
}

}  // namespace

Subject::Subject(const LabSettings& settings, const SubjectOptions& options)
    : Subject(open_model(settings.model, settings.globals), settings, options) {}

Subject::Subject(zoo::Model model, const LabSettings& settings, const SubjectOptions& options)
    : model_(std::move(model)),
      pictures_(open_pictures(settings, options, model_)),
      classes_(matching_classes(model_, pictures_->class_names())),
      size_(std::min(pictures_->size(), static_cast<std::size_t>(options.pictures))) {
  has_labels_ =
      std::any_of(classes_.begin(), classes_.end(), [](std::int64_t index) { return index >= 0; });
  if (size_ == 0) throw ArgumentError("lab: there is no picture in " + settings.data);
  is_scenes_ =
      settings.data.empty() && settings.model.model.empty() && settings.model.weights.empty();
  description_ = model_.architecture + " on " + std::to_string(size_) + " pictures of " +
                 (settings.data.empty() ? options.scenes : settings.data);
}

Sample Subject::sample(std::size_t index) const {
  return prepare_sample(model_, pictures_->picture(index), classes_);
}

Examined::Examined(const zoo::Model& model, const ModelInput& input,
                   const explain::Methods& methods)
    : model_(model),
      methods_(methods),
      of_(explain::find_logits(model.network)),
      tape_(forward(model.network, input.tensor,
                    explain::request_for(model.network, input.tensor.shape(), methods, of_))),
      logits_(as_logits(tape_.value(of_))) {}

std::int64_t Examined::top() const { return top(1).front(); }

std::vector<std::int64_t> Examined::top(std::int64_t count) const {
  std::vector<std::int64_t> classes;
  for (const explain::Target& target : explain::top_targets(logits_.data(), of_, count)) {
    classes.push_back(target.index);
  }
  return classes;
}

double Examined::probability(std::int64_t index) const {
  return softmax_scores(logits_.data()).at(static_cast<std::size_t>(index)).probability;
}

ExplainResult Examined::explain(std::size_t method, std::int64_t index) const {
  ExplainResult result{
      .explanation = methods_.at(method)->explain(tape_, {.of = of_, .index = index}),
      .label = class_label(model_, index),
      .target = std::to_string(index)};
  if (result.explanation.layer >= 0) {
    result.layer = model_.network.node(result.explanation.layer).name;
  }
  result.probability = probability(index);
  return result;
}

explain::Methods lab_methods(const zoo::Model& model, const std::string& names,
                             std::vector<std::string> options, std::uint64_t seed) {
  Shape picture = model.network.input_shape();
  picture.insert(picture.begin(), 1);
  const ValueId of = explain::find_logits(model.network);
  explain::Methods methods =
      require_methods({.methods = names, .options = std::move(options), .seed = seed}, model,
                      picture, {.quiet = true});
  std::erase_if(methods, [&](const std::shared_ptr<const explain::Explainer>& method) {
    try {
      explain::request_for(model.network, picture, {&method, 1}, of);
    } catch (const ArgumentError&) {
      return true;
    }
    return false;
  });
  return methods;
}

std::vector<explain::Box> true_boxes(const Sample& sample, std::int64_t index) {
  std::vector<explain::Box> boxes = truth_of(sample, index).boxes;
  if (sample.label >= 0) return boxes;
  for (const zoo::PlacedObject& object : sample.objects) {
    boxes.push_back(
        {.left = object.left, .top = object.top, .right = object.right, .bottom = object.bottom});
  }
  return boxes;
}

Tensor relevance_of(const ExplainResult& result, const ModelInput& input) {
  return explain::display_map(result.explanation, input.tensor.dim(2), input.tensor.dim(3)).map;
}

PictureCell picture_cell(const zoo::Model& model, const ModelInput& input, std::string label,
                         std::span<const explain::Box> boxes) {
  const Tensor picture = boxed(picture_behind(model, input), input, boxes);
  return {.picture = cell_uri(picture), .label = std::move(label)};
}

PictureCell map_cell(const zoo::Model& model, const ModelInput& input, const ExplainResult& result,
                     std::string label, std::span<const explain::Box> boxes) {
  const Tensor picture = explanation_picture(result, picture_behind(model, input), {});
  return {.picture = cell_uri(boxed(picture, input, boxes)), .label = std::move(label)};
}

std::string cell_uri(const Tensor& picture) {
  const zoo::Image small = zoo::resize(zoo::to_image(picture), kCellSide, kCellSide);
  return jpeg_uri(zoo::to_tensor(small).reshaped({3, kCellSide, kCellSide}));
}

std::string method_title(std::string_view name) {
  static const std::map<std::string_view, std::string> titles{
      {"ablationcam", "Ablation-CAM"},
      {"cam", "CAM"},
      {"deeplift", "DeepLIFT"},
      {"eigencam", "EigenCAM"},
      {"fullgrad", "FullGrad"},
      {"xgradcam", "XGrad-CAM"},
      {"gradcam", "Grad-CAM"},
      {"gradcam++", "Grad-CAM++"},
      {"hirescam", "HiResCAM"},
      {"layercam", "LayerCAM"},
      {"scorecam", "Score-CAM"},
      {"guided", "guided backpropagation"},
      {"guided-gradcam", "guided Grad-CAM"},
      {"saliency", "backpropagation"},
      {"inputxgradient", "input × gradient"},
      {"integrated-gradients", "integrated gradients"},
      {"occlusion", "occlusion"},
      {"rise", "RISE"},
      {"lime", "LIME"},
      {"lrp", "LRP"},
      {"smoothgrad", "SmoothGrad"}};
  const auto found = titles.find(name);
  return found == titles.end() ? std::string(name) : found->second;
}

}  // namespace cameo::tools
