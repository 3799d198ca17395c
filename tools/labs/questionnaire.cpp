#include "tools/labs/questionnaire.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/random.h"
#include "zoo/files.h"

namespace cameo::tools {

namespace {

constexpr std::string_view kHeader = "study,observer,question,choice";

constexpr std::string_view kHead = R"html(<style>
.question { background:var(--card); border:1px solid var(--line); border-radius:10px; padding:1rem; margin:1rem 0; }
.question figure { display:inline-block; margin:0 .6rem .4rem 0; } .question img { width:min(260px,34vw); border-radius:6px; }
.question label { display:block; padding:.35rem 0; } .bar { position:sticky; bottom:0; background:var(--paper); padding:.8rem 0; }
button,input[type=text] { font:inherit; padding:.4rem .8rem; }
</style>
)html";

// The name keeps to letters that need no quotes in CSV.
constexpr std::string_view kScript = R"html(<script>
const form = document.querySelector("form");
const count = () => form.querySelectorAll("input[type=radio]:checked").length;
const total = form.querySelectorAll(".question").length;
const show = () => { document.querySelector("#done").textContent = count() + " of " + total + " answered"; };
form.addEventListener("change", show);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const observer = form.elements.observer.value.replace(/[^\p{L}\p{N} ._-]/gu, "").trim() || "anonymous";
  const lines = ["study,observer,question,choice"];
  for (const input of form.querySelectorAll("input[type=radio]:checked")) {
    lines.push([form.dataset.study, observer, input.name, input.value].join(","));
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
  link.download = "answers-" + observer.replace(/ /g, "-") + ".csv";
  link.click();
});
show();
</script>
)html";

std::string question_html(const Question& question, std::size_t number) {
  std::string html = "<fieldset class=\"question\"><legend>" + std::to_string(number) +
                     "</legend><p>" + escape_html(question.text) + "</p>\n";
  for (const PictureCell& picture : question.pictures) {
    html += "<figure><img loading=\"lazy\" src=\"" + picture.picture + "\" alt=\"" +
            escape_html(picture.label) + "\"><figcaption>" + escape_html(picture.label) +
            "</figcaption></figure>";
  }
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    html += "<label><input type=\"radio\" name=\"" + escape_html(question.id) + "\" value=\"" +
            std::to_string(i) + "\"> " + escape_html(question.choices[i]) + "</label>\n";
  }
  return html + "</fieldset>\n";
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::size_t> place_of(std::string_view id, const Questionnaire& questionnaire) {
  const auto& all = questionnaire.questions;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Question& one) { return one.id == id; });
  if (found == all.end()) return std::nullopt;
  return static_cast<std::size_t>(found - all.begin());
}

Answer parse_answer(std::string_view line, const Questionnaire& questionnaire,
                    const std::string& file) {
  const std::vector<std::string_view> fields = split(line, ',');
  if (fields.size() != 4) {
    throw FormatError(file, -1,
                      "expected a line of study, observer, question and choice, got \"" +
                          std::string(line.substr(0, 80)) + "\"");
  }
  if (fields[0] != questionnaire.study) {
    throw FormatError(file, -1,
                      "answers the questionnaire \"" + std::string(fields[0].substr(0, 80)) +
                          "\", expected \"" + questionnaire.study +
                          "\"; analyse with the size and seed that wrote the questionnaire");
  }
  const std::optional<std::size_t> place = place_of(fields[2], questionnaire);
  std::size_t choice = 0;
  const auto [end, error] =
      std::from_chars(fields[3].data(), fields[3].data() + fields[3].size(), choice);
  if (!place || error != std::errc() || end != fields[3].data() + fields[3].size() ||
      choice >= questionnaire.questions[*place].choices.size()) {
    throw FormatError(file, -1,
                      "no such question or choice: \"" + std::string(line.substr(0, 80)) + "\"");
  }
  return {.observer = std::string(fields[1]), .question = *place, .choice = choice};
}

}  // namespace

std::vector<std::size_t> shuffle_questions(Questionnaire& questionnaire, std::uint64_t seed) {
  std::vector<std::size_t> order(questionnaire.questions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random({seed, 1}).shuffle(std::span(order));
  std::vector<Question> shuffled;
  for (const std::size_t place : order) {
    shuffled.push_back(std::move(questionnaire.questions[place]));
    shuffled.back().id = "q" + std::to_string(shuffled.size());
  }
  questionnaire.questions = std::move(shuffled);
  return order;
}

std::string questionnaire_html(const Questionnaire& questionnaire) {
  std::string body = "<h1>" + escape_html(questionnaire.title) + "</h1>\n<p>" +
                     escape_html(questionnaire.instructions) + "</p>\n<form data-study=\"" +
                     escape_html(questionnaire.study) +
                     "\">\n<p><label>Your name or a number <input type=\"text\" name=\"observer\" "
                     "maxlength=\"40\"></label></p>\n";
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    body += question_html(questionnaire.questions[i], i + 1);
  }
  body +=
      "<div class=\"bar\"><button type=\"submit\">Save the answers (CSV)</button> <span "
      "id=\"done\" class=\"soft\"></span></div>\n</form>\n";
  return html_page(questionnaire.title, body.append(kScript), kHead);
}

std::vector<Answer> read_answers(std::span<const std::string> files,
                                 const Questionnaire& questionnaire) {
  constexpr std::uint64_t kMostBytes = 1 << 20;
  std::vector<Answer> answers;
  for (const std::string& file : files) {
    const zoo::Bytes bytes = zoo::read_file(file, kMostBytes);
    const std::string text(bytes.begin(), bytes.end());
    bool first = true;
    for (std::string_view line : split(text, '\n')) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (first && line != kHeader) {
        throw FormatError(file, -1, "expected the first line \"" + std::string(kHeader) + "\"");
      }
      if (!first && !line.empty()) answers.push_back(parse_answer(line, questionnaire, file));
      first = false;
    }
  }
  return answers;
}

std::string observer_count(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " observer" : " observers");
}

}  // namespace cameo::tools
