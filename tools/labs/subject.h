/// What most labs look at: a network and pictures whose classes and objects are known.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "explain/explainer.h"
#include "explain/scores.h"
#include "tools/explanation_run.h"
#include "tools/labs/lab.h"
#include "tools/sample.h"

namespace cameo::tools {

struct SubjectOptions {
  std::int64_t pictures = 100;    ///< at most
  std::string scenes = "scenes";  ///< the drawn data set, where the reader names none
};

/// A model with its pictures.
class Subject {
 public:
  /// The settings' model and data; by default the network for Scenes and the scenes of its test
  /// split that belong to the seed. `data` may also be a folder that holds nothing but pictures.
  /// Throws what opening them throws, and ArgumentError when there is no picture.
  Subject(const LabSettings& settings, const SubjectOptions& options);
  /// The same with a model of the lab's own.
  Subject(zoo::Model model, const LabSettings& settings, const SubjectOptions& options);

  const zoo::Model& model() const { return model_; }
  std::size_t size() const { return size_; }
  /// Prepared anew each time. Throws what reading the picture throws.
  Sample sample(std::size_t index) const;
  /// Are the data set's classes the model's? Otherwise labels are unknown.
  bool has_labels() const { return has_labels_; }
  const zoo::AnnotatedPictures& pictures() const { return *pictures_; }
  /// Neither the model nor the data are the reader's own.
  bool is_scenes() const { return is_scenes_; }
  /// "gapnet on 100 pictures of scenes"
  const std::string& description() const { return description_; }

 private:
  zoo::Model model_;
  std::unique_ptr<zoo::AnnotatedPictures> pictures_;
  std::vector<std::int64_t> classes_;
  std::size_t size_ = 0;
  bool has_labels_ = false;
  bool is_scenes_ = false;
  std::string description_;
};

/// One picture with the model's scores and explanations of it, all from one forward pass.
class Examined {
 public:
  /// All must outlive it.
  Examined(const zoo::Model& model, const ModelInput& input, const explain::Methods& methods);

  const explain::Methods& methods() const { return methods_; }
  std::span<const float> logits() const { return logits_.data(); }
  /// The class with the highest logit.
  std::int64_t top() const;
  /// The k classes with the highest logits.
  std::vector<std::int64_t> top(std::int64_t count) const;
  double probability(std::int64_t index) const;
  /// `method` is the place in the list; for the class `index`.
  ExplainResult explain(std::size_t method, std::int64_t index) const;

 private:
  const zoo::Model& model_;
  const explain::Methods& methods_;
  ValueId of_;
  Tape tape_;
  Tensor logits_;
};

/// The comma-separated methods that apply to the model, with options KEY=VALUE for those that know
/// them.
explain::Methods lab_methods(const zoo::Model& model, const std::string& names,
                             std::vector<std::string> options = {}, std::uint64_t seed = 0);

/// What a map shows, `[H,W]` in 0 … 1 at the size the network sees: MeasuredMap::relevance.
Tensor relevance_of(const ExplainResult& result, const ModelInput& input);

/// The explained picture for a grid, with boxes drawn in white where they are given.
PictureCell map_cell(const zoo::Model& model, const ModelInput& input, const ExplainResult& result,
                     std::string label, std::span<const explain::Box> boxes = {});
/// The picture alone.
PictureCell picture_cell(const zoo::Model& model, const ModelInput& input, std::string label,
                         std::span<const explain::Box> boxes = {});

/// A picture `[3,H,W]` as a data URI, at the size of a grid's cells.
std::string cell_uri(const Tensor& picture);

/// The boxes of what `index` is in the sample; of all its objects where labels are unknown.
std::vector<explain::Box> true_boxes(const Sample& sample, std::int64_t index);

/// "Grad-CAM" for "gradcam": methods as the literature writes them.
std::string method_title(std::string_view name);

}  // namespace cameo::tools
