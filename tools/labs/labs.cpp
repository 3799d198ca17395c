#include "tools/labs/labs.h"

#include <array>
#include <exception>
#include <filesystem>

#include "core/error.h"
#include "core/names.h"
#include "zoo/files.h"

namespace cameo::tools {

namespace {

constexpr std::array kLabs{
    Lab{"relu-rules", "backpropagation, deconvnet and guided backpropagation, side by side",
        relu_rules_lab},
    Lab{"cam-is-gradcam", "CAM and Grad-CAM are one map on a GAP network", cam_is_gradcam_lab},
    Lab{"gap-surgery", "a VGG gets a GAP head: accuracy paid, localisation won", gap_surgery_lab},
    Lab{"localization", "boxes from maps of a network that never saw a box", localization_lab,
        LabInput::kModel},
    Lab{"pointing", "the pointing game, with and without the right to abstain", pointing_lab},
    Lab{"segmentation", "every pixel labelled by a network that was told no outline",
        segmentation_lab},
    Lab{"faithfulness",
        "what happens to the score where a map says it matters, against how "
        "readable the map is",
        faithfulness_lab, LabInput::kModel},
    Lab{"failures", "misclassified pictures with the evidence for both classes", failures_lab,
        LabInput::kModel},
    Lab{"counterfactual", "the highlighted region is hidden and the network decides again",
        counterfactual_lab, LabInput::kModel},
    Lab{"adversarial", "a picture pushed to what is not there: does the map of what is there stay?",
        adversarial_lab, LabInput::kModel},
    Lab{"bias", "a shortcut is planted, found by the map, and repaired", bias_lab},
    Lab{"black-box", "LIME, RISE and occlusion from outside against maps from inside",
        black_box_lab},
    Lab{"captioning", "where a network looks for a sentence, and for each of its words",
        captioning_lab},
    Lab{"dense-captioning", "a caption for each region, the evidence inside and outside it",
        dense_captioning_lab},
    Lab{"vqa", "where a network looks for its answer to a question, and for another", vqa_lab},
    Lab{"sanity", "do maps change when the network forgets what it learned?", sanity_lab},
    Lab{"drift", "maps followed through a training run", drift_lab},
    Lab{"features", "the pictures that channels answer to, layer by layer", features_lab},
    Lab{"class-discrimination", "which class does a map show? a questionnaire and its analysis",
        class_discrimination_lab, LabInput::kAnswers},
    Lab{"trust", "which of two models that predict alike is the better? a questionnaire", trust_lab,
        LabInput::kAnswers},
};

std::string size_name(LabSize size) {
  return size == LabSize::kTiny ? "tiny" : size == LabSize::kQuick ? "quick" : "full";
}

bool has_own_subject(const LabSettings& settings) {
  return !settings.model.model.empty() || !settings.model.weights.empty() ||
         !settings.data.empty() || !settings.boxes.empty();
}

void check_settings(const Lab& lab, const LabSettings& settings) {
  if (has_own_subject(settings) && lab.input != LabInput::kModel) {
    throw ArgumentError("lab " + std::string(lab.name) +
                        " runs on Scenes with a network of its own; it takes no --model, "
                        "--weights, --data or --boxes");
  }
  if (!settings.answers.empty() && lab.input != LabInput::kAnswers) {
    throw ArgumentError("lab " + std::string(lab.name) + " has no questionnaire: no --answers");
  }
}

std::string command_line(const Lab& lab, const LabSettings& settings, const std::string& out) {
  std::string command = "cameo lab " + std::string(lab.name) + " --out " + out;
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) command += std::string(" ") + option + " " + value;
  };
  add("--model", settings.model.model);
  add("--weights", settings.model.weights);
  add("--preprocess", settings.model.preprocess);
  add("--data", settings.data);
  add("--boxes", settings.boxes);
  for (const std::string& file : settings.answers) add("--answers", file);
  if (settings.size == LabSize::kQuick) command += " --quick";
  return command + " --seed " + std::to_string(settings.seed());
}

std::string front_entry(const Lab& lab, const LabPage& page) {
  const std::string link = "<a href=\"" + std::string(lab.name) + "/index.html\">";
  std::string html = "<figure>";
  if (!page.picture.empty()) {
    html += link + "<img loading=\"lazy\" src=\"" + page.picture + "\" alt=\"" +
            escape_html(page.title) + "\"></a>";
  }
  html += "<figcaption><b>" + link + escape_html(page.title) + "</a></b><br>" +
          escape_html(lab.summary);
  if (!page.figures.empty()) {
    html += "<br><b>" + escape_html(page.figures.front().value) + "</b> " +
            escape_html(page.figures.front().meaning);
  }
  return html + "</figcaption></figure>\n";
}

/// For a lab that could not run.
std::string front_entry(const Lab& lab, const Error& error) {
  return "<figure><figcaption><b>" + escape_html(lab.name) + "</b><br>" + escape_html(lab.summary) +
         "<br>Did not run: " + escape_html(error.what()) + "</figcaption></figure>\n";
}

/// The settings without what the lab does not take.
LabSettings settings_for(const Lab& lab, LabSettings settings) {
  if (lab.input == LabInput::kModel) return settings;
  return {.size = settings.size, .globals = settings.globals};
}

/// Says whose model and pictures the labs are about.
std::string subject_note(const LabSettings& settings) {
  if (!has_own_subject(settings)) return "";
  std::string names;
  for (const Lab& lab : kLabs) {
    if (lab.input == LabInput::kModel) {
      names += (names.empty() ? "" : ", ") + std::string(lab.name);
    }
  }
  return "<p>With the model and pictures named on the command line: " + names +
         ". All others have pictures and networks of their own.</p>\n";
}

std::string front_page(const LabSettings& settings, const std::string& entries) {
  const std::string body =
      "<p class=\"soft\">Cameo lab</p><h1>The laboratory</h1>\n<p>Experiments of the literature on "
      "what convolutional networks look at, each made again at a small size. Size: " +
      size_name(settings.size) + ", seed " + std::to_string(settings.seed()) +
      ". In brackets 95 % confidence intervals.</p>\n" + subject_note(settings) +
      "<div class=\"gallery\">\n" + entries + "</div>\n";
  return html_page("The laboratory", body);
}

}  // namespace

std::span<const Lab> labs() { return kLabs; }

const Lab& find_lab(std::string_view name) {
  std::vector<std::string> known;
  for (const Lab& lab : kLabs) {
    if (lab.name == name) return lab;
    known.emplace_back(lab.name);
  }
  throw LookupError(unknown_name_message("lab", name, known));
}

LabPage run_lab(const Lab& lab, const LabSettings& settings, const std::string& out) {
  check_settings(lab, settings);
  LabPage page = lab.run(settings);
  write_lab(std::filesystem::path(out) / lab.name, page,
            {.lab = std::string(lab.name),
             .command = command_line(lab, settings, out),
             .size = size_name(settings.size),
             .seed = settings.seed()});
  return page;
}

void run_all_labs(const LabSettings& settings, const std::string& out) {
  if (!settings.answers.empty()) {
    throw ArgumentError("lab all: --answers belongs to one questionnaire; name its lab");
  }
  std::string entries;
  std::exception_ptr first;
  for (const Lab& lab : kLabs) {
    say(settings.globals, "lab " + std::string(lab.name));
    try {
      entries += front_entry(lab, run_lab(lab, settings_for(lab, settings), out));
    } catch (const Error& error) {
      if (!first) first = std::current_exception();
      entries += front_entry(lab, error);
    }
  }
  zoo::write_file(std::filesystem::path(out) / "index.html", front_page(settings, entries));
  if (first) std::rethrow_exception(first);
}

}  // namespace cameo::tools
