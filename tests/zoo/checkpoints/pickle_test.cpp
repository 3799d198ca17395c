#include "zoo/checkpoints/pickle.h"

#include <catch2/catch.hpp>

#include "core/error.h"
#include "tests/zoo/checkpoints/torch_fixtures.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/utf8.h"

using namespace cameo;
using namespace cameo::zoo;
using namespace cameo::zoo::fixtures;
using Catch::Matchers::Contains;

namespace {

/// A document and the bytes that it refers to.
struct Parsed {
  Bytes bytes;
  PickleDocument document;

  const PickleValue& root() const { return document.root_value(); }
  const PickleValue& item(std::size_t i) const { return document.at(root().items.at(i)); }
};

Parsed parse(const std::string& file) {
  Parsed parsed{.bytes = to_bytes(file), .document = {}};
  parsed.document = parse_pickle(parsed.bytes, 0, {.file = "a.pkl"});
  return parsed;
}

std::int64_t parsed_integer(const std::string& body) {
  const Parsed parsed = parse(pickle(body));
  REQUIRE(parsed.root().kind == PickleKind::kInt);
  return parsed.root().integer;
}

std::string parsed_text(const std::string& body) {
  const Parsed parsed = parse(pickle(body));
  REQUIRE((parsed.root().kind == PickleKind::kString || parsed.root().kind == PickleKind::kBytes));
  return std::string(parsed.root().text);
}

}  // namespace

TEST_CASE("pickled numbers and texts") {
  CHECK(parsed_integer(raw("J\xFE\xFF\xFF\xFF")) == -2);
  CHECK(parsed_integer(raw("K\xFF")) == 255);
  CHECK(parsed_integer(raw("M\xFF\xFF")) == 65535);
  CHECK(parsed_integer(raw("\x8A\0")) == 0);
  CHECK(parsed_integer(raw("\x8A\1\x80")) == -128);
  CHECK(parsed_integer(raw("\x8A\2\x80\0")) == 128);
  CHECK(parsed_integer(integer(INT64_MIN)) == INT64_MIN);
  CHECK(parse(pickle(raw("\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19"))).root().kind ==
        PickleKind::kMagic);
  CHECK(parse(pickle(raw("G\x3F\xF8\0\0\0\0\0\0"))).root().real == 1.5);
  CHECK(parse(pickle("N")).root().kind == PickleKind::kNone);
  CHECK(parse(pickle("\x88")).root().integer == 1);
  CHECK(parse(pickle("\x89")).root().integer == 0);
  CHECK(parsed_text(raw("U\2ab")) == "ab");
  CHECK(parsed_text(raw("T\2\0\0\0ab")) == "ab");
  CHECK(parsed_text(raw("X\2\0\0\0\xC3\xBC")) == "ü");
  CHECK(parsed_text(raw("\x8C\2ab")) == "ab");
  CHECK(parsed_text(raw("\x8D\2\0\0\0\0\0\0\0ab")) == "ab");
  CHECK(parsed_text(raw("B\2\0\0\0\xFF\0")) == raw("\xFF\0"));
  CHECK(parsed_text(raw("C\1\xFF")) == "\xFF");
}

TEST_CASE("pickled containers keep their order and share what is shared") {
  const Parsed tuples = parse(pickle("(K\1\x85K\1K\2\x86K\1K\2K\3\x87(N\x88t)\x8Ft"));
  REQUIRE(tuples.root().items.size() == 6);
  for (std::size_t i = 0; i < 3; ++i) CHECK(tuples.item(i).items.size() == i + 1);
  CHECK(tuples.document.at(tuples.item(2).items[2]).integer == 3);
  CHECK(tuples.item(4).items.empty());

  const Parsed list = parse(pickle("]K\1a(K\2K\3e"));
  CHECK(list.root().kind == PickleKind::kList);
  CHECK(list.root().items.size() == 3);

  const Parsed mapped = parse(pickle("}U\1aK\1s(U\1bK\2U\1aK\3u"));
  CHECK(mapped.root().items.size() == 6);
  CHECK(mapped.document.find(mapped.root(), "a")->integer == 3);
  CHECK(mapped.document.find(mapped.root(), "c") == nullptr);

  const Parsed memo = parse(pickle(raw("(K\7q\1h\1K\x08r\1\1\0\0j\1\1\0\0\x85\x94h\1t")));
  CHECK(memo.root().items.size() == 5);
  CHECK(memo.root().items[0] == memo.root().items[1]);

  const Parsed self = parse(pickle(raw("]q\0h\0a")));
  CHECK(self.root().items[0] == self.document.root);

  const std::string pairs = "](](U\1aK\1e](U\1bK\2ee";  // as Python 2 writes it
  const Parsed ordered = parse(pickle(global("collections", "OrderedDict") + pairs + "\x85R"));
  CHECK(ordered.root().kind == PickleKind::kDict);
  CHECK(ordered.document.find(ordered.root(), "b")->integer == 2);
  const Parsed attributes = parse(pickle(ordered_dict({{text("a"), "K\1"}}) + "}b"));
  CHECK(attributes.root().items.size() == 2);
}

TEST_CASE("what is on the list becomes data, never a call") {
  const Parsed size = parse(pickle(call(global("torch", "Size"), {extents({2, 3})})));
  CHECK(size.root().kind == PickleKind::kObject);
  CHECK(size.root().global->kind == PickleGlobalKind::kSize);

  const std::string frame =
      "\x80\x04\x95" + number(21, 8) + "\x8C\x05torch\x8C\x0A" + "HalfTensor\x93.";
  const Parsed framed = parse(frame);
  CHECK(framed.root().global->type == DType::kF16);
  CHECK(framed.document.end == framed.bytes.size());

  const Parsed parameter =
      parse(pickle(global("torch.nn.parameter", "Parameter") + ")\x81(NN\x88tb"));
  CHECK(parameter.root().items.size() == 2);
  const Parsed persistent =
      parse(pickle(raw("U\1"
                       "5Q")));
  CHECK(persistent.root().kind == PickleKind::kPersistent);
  CHECK(persistent.item(0).text == "5");
}

TEST_CASE("refused pickles name the byte and what it asked for") {
  const auto message = [](const std::string& body) -> std::string {
    try {
      parse(pickle(body));
    } catch (const FormatError& error) {
      return error.what();
    }
    return "";
  };
  CHECK_THAT(message(global("os", "system")),
             Contains("a.pkl: at byte 2") && Contains("os.system") && Contains("state_dict"));
  CHECK_THAT(message("Nios\nsystem\n"), Contains("at byte 3") && Contains("0x69"));
  for (const std::string& name :
       {global("os", "systemStorage"), global("torch", "FloatStorage.x"),
        global("torch.x", "FloatStorage"), global("builtins", "eval"),
        global("numpy.core.multiarray", "_reconstruct"), global("torch.serialization", "load"),
        raw("U\2osU\6system\x93")}) {
    CHECK_THAT(message(name), Contains("which weights do not need"));
  }
  CHECK_THAT(message(global("o\x1B[31ms", "x\xFFy")), Contains("o?[31ms.x?y"));
}

TEST_CASE("pickles that break the machine's rules are refused") {
  const std::string sized = global("torch", "Size");
  const std::string deep(2000, '(');
  for (const std::string& body : {raw(""),
                                  raw("0"),
                                  raw("2N"),
                                  raw("I1\n"),
                                  raw("P1\n"),
                                  raw("\x82\1"),
                                  raw("\x8A\xFF") + std::string(255, 'a'),
                                  raw("\x8A\x09") + std::string(9, '\0'),
                                  raw("J\1\2\3"),
                                  raw("X\xFF\xFF\xFF\xFF"
                                      "a"),
                                  raw("\x8D\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
                                  raw("U\1\xFF"),
                                  raw("U\2\xC0\x80"),
                                  raw("NN"),
                                  raw("(N"),
                                  raw("("),
                                  raw("t"),
                                  raw("\x85"),
                                  raw("N\x86"),
                                  raw("(\x85"),
                                  raw(")Na"),
                                  raw("]N(b"),
                                  raw("NNa"),
                                  raw("}(U\1au"),
                                  raw("}(Nu"),
                                  raw("}NNs"),
                                  raw("}]Ns"),
                                  raw("]U\1aNs"),
                                  raw("q\0"),
                                  raw("(q\0N"),
                                  raw("h\0"),
                                  raw("Nr\xFF\xFF\xFF\xFF"),
                                  raw("Nq\0"
                                      "0j\1\0\0\0"),
                                  raw("N)R"),
                                  raw("NNb"),
                                  raw("]Nb"),
                                  raw("N)\x81"),
                                  sized + "NR",
                                  sized + ")R",
                                  sized + ")\x81",
                                  sized + "))\x86R",
                                  global("torch", "FloatStorage") + ")R",
                                  global("torch.nn.parameter", "Parameter") + ")R",
                                  global("torch.nn.parameter", "Parameter") + "N\x85\x81",
                                  global("torch.nn.parameter", "Parameter") + ")\x81NbNb",
                                  global("collections", "OrderedDict") + "N\x85R",
                                  global("collections", "OrderedDict") + "]N"
                                                                         "a\x85R",
                                  global("collections", "OrderedDict") + "](](NNee\x85R",
                                  std::string("ctorch"),
                                  std::string("ctorch\nSize"),
                                  raw("NN\x93"),
                                  raw("\x95\0\1\0\0\0\0\0\0N"),
                                  raw("\x95\3\0\0\0\0\0\0\0X\1\0\0\0a"),
                                  raw("\x95\x0A\0\0\0\0\0\0\0\x95\0\0\0\0\0\0\0\0N"),
                                  deep}) {
    INFO(Catch::Detail::stringify(body));
    CHECK_THROWS_AS(parse(pickle(body)), FormatError);
  }
  for (const std::string& file : {raw(""), raw("\x80"), raw("\x80\1N."), raw("\x80\6N."), raw("N."),
                                  raw("\x80\2N"), raw("(lp0\n.")}) {
    INFO(Catch::Detail::stringify(file));
    CHECK_THROWS_AS(parse(file), FormatError);
  }
}

TEST_CASE("pickles that ask for more than they hold end soon") {
  CHECK_THROWS_WITH(parse(pickle(std::string(500'001, 'N'))), Contains("500000"));
  // A list of pairs, turned into a dict again and again.
  std::string laughs = "](";
  for (int i = 0; i < 2000; ++i) laughs += raw("U\1aN\x86");
  laughs += "e" + raw("q\0") + global("collections", "OrderedDict") + raw("q\1");
  for (int i = 0; i < 1000; ++i) laughs += raw("h\1h\0\x85R");
  CHECK_THROWS_WITH(parse(pickle(laughs)), Contains("500000"));
  // Deep nesting is no trouble, neither to read nor to take down.
  const Parsed nested = parse(pickle(")" + std::string(499'999, '\x85')));
  CHECK(nested.document.values.size() == 500'000);
}

TEST_CASE("UTF-8 is told from what is not") {
  for (const std::string& good :
       {raw(""), raw("a\0z"), raw("\xC2\x80"), raw("\xE0\xA0\x80"), raw("\xED\x9F\xBF"),
        raw("\xF0\x90\x80\x80"), raw("\xF4\x8F\xBF\xBF"), raw("重み")}) {
    CHECK(is_utf8(good));
  }
  for (const std::string& bad :
       {raw("\x80"), raw("\xC1\xBF"), raw("\xC2"), raw("\xC2\x7F"), raw("\xE0\x9F\xBF"),
        raw("\xED\xA0\x80"), raw("\xEF\xBF"), raw("\xF0\x8F\xBF\xBF"), raw("\xF4\x90\x80\x80"),
        raw("\xF5\x80\x80\x80"), raw("\xFF"), raw("a\xE9")}) {
    CHECK_FALSE(is_utf8(bad));
  }
}
