#include "core/names.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace cameo {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string quoted_list(std::span<const std::string> names, std::string_view last_separator) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? std::string(last_separator) : ", ";
    text.append("\"").append(names[i]).append("\"");
  }
  return text;
}

}  // namespace

std::vector<std::string> close_matches(std::string_view name,
                                       std::span<const std::string> candidates, std::size_t most) {
  constexpr std::size_t kLongestName =
      200;  // the distance is quadratic and names come from outside
  const std::string wanted = lower(name.substr(0, kLongestName));
  if (wanted.empty()) return {};
  const std::size_t limit = std::max<std::size_t>(2, wanted.size() / 3);
  std::vector<std::pair<std::size_t, std::string>> scored;
  for (const std::string& candidate : candidates) {
    const std::string text = lower(std::string_view(candidate).substr(0, kLongestName));
    std::size_t distance = edit_distance(wanted, text);
    if (wanted.size() >= 3 && text.find(wanted) != std::string::npos) {
      distance = std::min<std::size_t>(distance, 2);
    }
    if (distance <= limit) scored.emplace_back(distance, candidate);
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (scored.size() > most) scored.resize(most);
  std::vector<std::string> names;
  names.reserve(scored.size());
  for (auto& [distance, candidate] : scored) names.push_back(std::move(candidate));
  return names;
}

std::string unknown_name_message(std::string_view kind, std::string_view name,
                                 std::span<const std::string> candidates) {
  constexpr std::size_t kShortList = 12;
  std::string message = "no " + std::string(kind) + " \"" + std::string(name) + "\"";
  const std::vector<std::string> close = close_matches(name, candidates);
  if (!close.empty()) return message + "; did you mean " + quoted_list(close, " or ") + "?";
  if (!candidates.empty() && candidates.size() <= kShortList) {
    message += "; there is " + quoted_list(candidates, " and ");
  }
  return message;
}

}  // namespace cameo
