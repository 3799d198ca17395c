#include "zoo/checkpoints/npy.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "tests/zoo/test_files.h"
#include "zoo/checkpoints/dtype.h"

using namespace cameo;
using namespace cameo::zoo;
using Catch::Matchers::Contains;

namespace {

Bytes npy(std::string header, std::string_view data, char version = 1) {
  header += '\n';
  std::string file = "\x93NUMPY";
  file += version;
  file += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
    file += static_cast<char>(header.size() >> (8 * i));
  }
  return to_bytes(file + header + std::string(data));
}

std::string header(std::string_view descr, std::string_view shape,
                   std::string_view fortran = "False") {
  return joined(
      {"{'descr': '", descr, "', 'fortran_order': ", fortran, ", 'shape': ", shape, ", }"});
}

std::vector<float> decoded(std::string_view descr, std::string_view data) {
  const auto count = std::to_string(data.size() / static_cast<std::size_t>(descr.back() - '0'));
  const Tensor tensor = decode_npy(npy(header(descr, joined({"(", count, ",)"})), data), "a");
  return {tensor.data().begin(), tensor.data().end()};
}

template <std::size_t N>
std::string_view raw(const char (&text)[N]) {
  return {text, N - 1};
}

}  // namespace

TEST_CASE("npy arrays of every type and byte order become float32") {
  using Floats = std::vector<float>;
  CHECK(decoded("|b1", raw("\0\1\2")) == Floats{0, 1, 1});
  CHECK(decoded("|u1", raw("\0\xFF")) == Floats{0, 255});
  CHECK(decoded("|i1", raw("\x80\x7F")) == Floats{-128, 127});
  CHECK(decoded("<u2", raw("\1\0\xFF\xFF")) == Floats{1, 65535});
  CHECK(decoded(">i2", raw("\0\1\xFF\xFE")) == Floats{1, -2});
  CHECK(decoded("<u4", raw("\1\0\0\0")) == Floats{1});
  CHECK(decoded(">i4", raw("\xFF\xFF\xFF\xFF")) == Floats{-1});
  CHECK(decoded("<u8", raw("\0\0\0\0\0\0\0\x80")) == Floats{9223372036854775808.0F});
  CHECK(decoded("=i8", raw("\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF")) == Floats{-2});
  CHECK(decoded("<f4", raw("\0\0\x80\x3F")) == Floats{1});
  CHECK(decoded(">f4", raw("\x3F\x80\0\0")) == Floats{1});
  CHECK(decoded(">f8", raw("\x40\x09\x21\xFB\x54\x44\x2D\x18")) == Floats{3.14159265F});
}

TEST_CASE("half precision covers subnormals, infinities and NaN") {
  const auto values =
      decoded("<f2", raw("\0\x3C\0\xC0\1\0\1\x80\xFF\3\xFF\x7B\0\x7C\0\xFC\0\x7E\0\x80"));
  CHECK(values[0] == 1.0F);
  CHECK(values[1] == -2.0F);
  CHECK(values[2] == std::ldexp(1.0F, -24));
  CHECK(values[3] == -std::ldexp(1.0F, -24));
  CHECK(values[4] == std::ldexp(1023.0F, -24));
  CHECK(values[5] == 65504.0F);
  CHECK(values[6] == std::numeric_limits<float>::infinity());
  CHECK(values[7] == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(values[8]));
  CHECK((values[9] == 0.0F && std::signbit(values[9])));
}

TEST_CASE("npy headers in the forms that NumPy versions wrote") {
  const auto data = raw("\1\2\3\4\5\6");
  for (const std::string& text :
       {header("|u1", "(2, 3)"), header("|u1", "(2L, 3L)"),
        std::string("{\"shape\":(2,3,),\"descr\":\"|u1\",\"fortran_order\":False}"),
        std::string("  { 'descr' : '|u1' , 'fortran_order' : False , 'shape' : ( 2 , 3 ) }   ")}) {
    INFO(text);
    for (const char version : {'\1', '\2', '\3'}) {
      const Tensor tensor = decode_npy(npy(text, data, version), "a");
      CHECK(tensor.shape() == Shape{2, 3});
      CHECK(tensor.data()[4] == 5.0F);
    }
  }
  const Tensor fortran = decode_npy(npy(header("|u1", "(2, 3)", "True"), data), "a");
  CHECK(std::vector<float>(fortran.data().begin(), fortran.data().end()) ==
        std::vector<float>{1, 3, 5, 2, 4, 6});
  const Int64Array cube = decode_npy_int64(npy(header("|u1", "(1, 2, 3)", "True"), data), "a");
  CHECK(cube.values == std::vector<std::int64_t>{1, 3, 5, 2, 4, 6});
  CHECK(decode_npy(npy(header("<f4", "(0, 7)", "True"), ""), "a").shape() == Shape{0, 7});
  CHECK(decode_npy(npy(header("|u1", "()"), "x and more"), "a").data()[0] == 'x');
}

TEST_CASE("npy files that break the rules are refused") {
  const std::vector<std::string> bad_headers = {
      header("|O", "(2,)"),
      header("<U4", "(2,)"),
      header("|V4", "(2,)"),
      header("<c8", "(1,)"),
      header("<f3", "(1,)"),
      header("|f4", "(1,)"),
      header("f4", "(1,)"),
      header("<f16", "(1,)"),
      header("", "(1,)"),
      header("|u1", "(-4,)"),
      header("|u1", "(4)"),
      header("|u1", "4"),
      header("|u1", "[4]"),
      header("|u1", "(9223372036854775808,)"),
      header("|u1", "(4.0,)"),
      header("<f8", "(4611686018427387904, 4)"),
      header("|u1", "(3037000500, 3037000500, 0, 9)"),
      header("|u1", "(9,)"),
      header("|u1", "(2 2)"),
      header("|u1", "(4,)", "0"),
      header("|u1", "(4,)", "true"),
      header("|u1", "(4,)") + " x",
      header("|u1", "(4,)") + "{}",
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '|u1', 'fortran_order': False}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), 'more': '1'}",
      "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (4,)}",
      "{'descr': '|u1, 'fortran_order': False, 'shape': (4,)}",
      "{",
      "",
      "[]"};
  for (const std::string& text : bad_headers) {
    INFO(text);
    CHECK_THROWS_AS(decode_npy(npy(text, "12345678"), "a.npy"), FormatError);
  }
  std::string deep = "(";
  for (int i = 0; i < 65; ++i) deep += "1,";
  CHECK_THROWS_AS(decode_npy(npy(header("|u1", deep + ")"), "1"), "a.npy"), FormatError);
  CHECK_THROWS_AS(decode_npy(npy(header("|u1", "(1,)"), "1", 4), "a.npy"), FormatError);
  CHECK_THROWS_WITH(decode_npy(ByteView{}, "a.npy"), Contains("a.npy") && Contains("empty"));
  CHECK_THROWS_WITH(decode_npy_int64(npy(header("<f4", "(1,)"), "1234"), "a.npy"),
                    Contains("whole numbers"));

  const Bytes good = encode_npy(Tensor({2, 3}, 1.0F));
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK_THROWS_AS(decode_npy(ByteView(good).first(length), "a.npy"), FormatError);
  }
}

TEST_CASE("npy arrays survive a round trip") {
  const TemporaryFolder folder;
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{0}, Shape{2, 3, 4, 5}}) {
    Tensor tensor(shape);
    std::iota(tensor.mutable_data().begin(), tensor.mutable_data().end(), -1.5F);
    write_npy(folder / "a.npy", tensor);
    const Tensor back = read_npy(folder / "a.npy");
    CHECK(back.shape() == shape);
    CHECK(std::equal(back.data().begin(), back.data().end(), tensor.data().begin()));
    CHECK(std::filesystem::file_size(folder / "a.npy") % 64 == tensor.data().size_bytes() % 64);
  }
  const std::vector<std::int64_t> values = {std::numeric_limits<std::int64_t>::min(), 0, 7};
  write_npy(folder / "b.npy", {3, 1}, values);
  const Int64Array back = read_npy_int64(folder / "b.npy");
  CHECK(back.shape == Shape{3, 1});
  CHECK(back.values == values);
  CHECK_THROWS_AS(write_npy(folder / "c.npy", {2}, values), ShapeError);
  CHECK_THROWS_AS(read_npy(folder / "c.npy"), FileError);
  CHECK_THROWS_AS(write_npy(folder / "none" / "c.npy", {3}, values), FileError);
  CHECK_THROWS_AS(write_npy("/dev/full", {3}, values), RunError);
  CHECK(folder.names().size() == 2);
}
