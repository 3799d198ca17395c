/// The XML that annotation files use, no more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cameo::zoo {

struct XmlElement {
  std::string name;
  std::string text;  ///< all of its own, blanks at both ends left out
  std::vector<XmlElement> children{};

  /// The first child of that name, or null.
  const XmlElement* child(std::string_view child_name) const;
};

/// The root element of a document: elements, text, the five named entities and numbers of ASCII
/// characters, comments, a declaration. Attributes are passed over. Throws FormatError, with `name`
/// and the byte, for anything else (document types and CDATA among it) and for elements nested more
/// than 32 deep.
XmlElement parse_xml(std::string_view document, std::string_view name);

}  // namespace cameo::zoo
