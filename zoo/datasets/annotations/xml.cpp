#include "zoo/datasets/annotations/xml.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "core/error.h"

namespace cameo::zoo {

namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

class Parser {
 public:
  Parser(std::string_view document, std::string_view name) : text_(document), name_(name) {}

  XmlElement document() {
    skip_between();
    if (!take("<")) fail("expected an element");
    XmlElement root = element(0);
    skip_between();
    if (at_ != text_.size()) fail("expected the end of the document");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(name_, static_cast<std::int64_t>(at_), what);
  }

  bool take(std::string_view token) {
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  void skip_past(std::string_view end, const char* what) {
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) fail(std::string(what) + " has no end");
    at_ = found + end.size();
  }

  void skip_blank() { at_ = std::min(text_.find_first_not_of(kBlank, at_), text_.size()); }

  /// Blanks, comments and declarations.
  void skip_between() {
    take("\xEF\xBB\xBF");
    for (;;) {
      skip_blank();
      if (take("<?")) {
        skip_past("?>", "a declaration");
      } else if (take("<!--")) {
        skip_past("-->", "a comment");
      } else {
        return;
      }
    }
  }

  std::string take_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (std::isalnum(c) == 0 && c != '_' && c != '-' && c != '.' && c != ':' && c < 0x80) break;
      ++at_;
    }
    if (at_ == begin) fail("expected a name");
    return std::string(text_.substr(begin, at_ - begin));
  }

  /// Up to the end of the tag; true when the element ends with it.
  bool skip_attributes() {
    for (;;) {
      skip_blank();
      if (take("/>")) return true;
      if (take(">")) return false;
      take_name();
      skip_blank();
      if (!take("=")) fail("expected = after an attribute");
      skip_blank();
      if (take("\"")) {
        skip_past("\"", "an attribute");
      } else if (take("'")) {
        skip_past("'", "an attribute");
      } else {
        fail("expected an attribute in quotes");
      }
    }
  }

  /// After "<".
  XmlElement element(int depth) {
    constexpr int kDeepest = 32;
    if (depth > kDeepest) fail("elements are nested too deep");
    XmlElement result{.name = take_name(), .text = {}};
    if (skip_attributes()) return result;
    for (;;) {
      if (at_ == text_.size()) fail("the element <" + result.name + "> has no end");
      if (take("</")) break;
      if (take("<!--")) {
        skip_past("-->", "a comment");
      } else if (take("<")) {
        result.children.push_back(element(depth + 1));
      } else {
        result.text += character();
      }
    }
    if (take_name() != result.name) fail("expected the end of <" + result.name + ">");
    skip_blank();
    if (!take(">")) fail("expected >");
    result.text = trimmed(result.text);
    return result;
  }

  char character() {
    if (!take("&")) return text_[at_++];
    static constexpr std::array<std::pair<std::string_view, char>, 5> kEntities{
        {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}}};
    for (const auto& [entity, c] : kEntities) {
      if (take(entity)) return c;
    }
    if (!take("#")) fail("an unknown entity");
    const int base = take("x") ? 16 : 10;
    int code = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), code, base);
    at_ += static_cast<std::size_t>(end - begin);
    if (error != std::errc() || code < 1 || code > 127 || !take(";")) {
      fail("expected the number of an ASCII character");
    }
    return static_cast<char>(code);
  }

  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view child_name) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const XmlElement& one) { return one.name == child_name; });
  return found == children.end() ? nullptr : &*found;
}

XmlElement parse_xml(std::string_view document, std::string_view name) {
  return Parser(document, name).document();
}

}  // namespace cameo::zoo
